import type { BudgetAccounts } from './budget-accounts.ts';
import type { HeldPart } from './budget-hold.ts';
import type { BudgetJournal, JournalPiece } from './budget-journal.ts';
import { placeName, type BudgetPlace } from './budget-place.ts';
import type { CallNote } from './call-note.ts';
import type { JournalEntry } from './journal-entry.ts';

/** A change to an account: what is not reserved any more, by the journal and in memory, and what was spent. */
export interface Ending {
  readonly place: BudgetPlace;
  readonly opened: number;
  readonly held: number;
  readonly spent: number;
}

/** Of calls whose ends wait; beyond it they are recorded before they are written down. */
const LATE_NOTES_MAX = 4096;

/**
 * Keeps memory, journal and records in step: memory always shows as much as the journal or more, and a call is recorded
 * only when the journal says the same of it. A reservation is in memory before it is written; its end is written before
 * it is in memory. An end that cannot be written waits, so that nobody gets its room and then is killed together with it.
 */
export class BudgetWriter {
  readonly #accounts: BudgetAccounts;
  readonly #journal: BudgetJournal | undefined;
  /** Ends that wait, summed by account: with many calls there are no more of them than budgets. */
  readonly #late = new Map<string, Ending>();
  readonly #lateNotes = new Map<number, CallNote>();

  constructor(accounts: BudgetAccounts, journal: BudgetJournal | undefined) {
    this.#accounts = accounts;
    this.#journal = journal;
  }

  /** False when the reservations cannot be written down. */
  open(parts: readonly HeldPart[], note: (() => CallNote) | undefined): boolean {
    if (this.#journal === undefined) return true;
    const entries = parts.map(({ place, micros }) => entryOf(place, { open: micros, spent: 0 }));
    return this.#write({ entries, notes: note === undefined ? [] : [note()] });
  }

  /** False when the note is left to whoever called: it stands nowhere, and never will. */
  end(endings: readonly Ending[], note?: CallNote): boolean {
    const entries = endings.map(({ place, opened, spent }) => entryOf(place, { open: -opened, spent }));
    if (this.#write({ entries, notes: note === undefined ? [] : [note] })) {
      for (const ending of endings) this.#apply(ending);
      return this.#journal !== undefined;
    }
    for (const ending of endings) this.#postpone(ending);
    return note !== undefined && this.#postponeNote(note, endings.length > 0);
  }

  /** Tries once more to write what waits; says whether nothing waits any more. */
  flush(): boolean {
    return this.#write({ entries: [], notes: [] });
  }

  /** In front of the piece goes what waits. */
  #write(piece: JournalPiece): boolean {
    const isLate = this.#late.size + this.#lateNotes.size > 0;
    if (this.#journal === undefined || (!isLate && piece.entries.length + piece.notes.length === 0)) return true;
    if (!isLate) return this.#journal.append(piece);
    const late = [...this.#late.values()];
    const entries = late.map(({ place, opened, spent }) => entryOf(place, { open: -opened, spent }));
    if (!this.#journal.append({ entries, notes: [...this.#lateNotes.values()] }, piece)) return false;
    this.#late.clear();
    this.#lateNotes.clear();
    for (const ending of late) this.#apply(ending);
    return true;
  }

  #apply({ place, held, spent }: Ending): void {
    this.#accounts.settle(place, { held, spent });
  }

  #postpone(ending: Ending): void {
    const name = placeName(ending.place);
    const { opened, held, spent } = this.#late.get(name) ?? { opened: 0, held: 0, spent: 0 };
    this.#late.set(name, {
      place: ending.place,
      opened: opened + ending.opened,
      held: held + ending.held,
      spent: spent + ending.spent,
    });
  }

  /** A call that no budget knows of has nothing to be in step with. */
  #postponeNote(note: CallNote, hasEndings: boolean): boolean {
    const { call } = note;
    const waits = this.#lateNotes.has(call);
    const isKnown = hasEndings || waits || this.#journal?.calls.isOpen(call) === true;
    if (!isKnown || (!waits && this.#lateNotes.size >= LATE_NOTES_MAX)) return false;
    this.#lateNotes.set(call, note);
    return true;
  }
}

function entryOf({ high, low, kind }: BudgetPlace, { open, spent }: { open: number; spent: number }): JournalEntry {
  return { high, low, kind, open, spent };
}
