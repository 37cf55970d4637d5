import type { BudgetAccounts } from './budget-accounts.ts';
import type { HeldPart } from './budget-hold.ts';
import type { BudgetJournal } from './budget-journal.ts';
import { placeName, type BudgetPlace } from './budget-place.ts';
import type { JournalEntry } from './journal-entry.ts';

/** A change to an account: what is not reserved any more, by the journal and in memory, and what was spent. */
export interface Ending {
  readonly place: BudgetPlace;
  readonly opened: number;
  readonly held: number;
  readonly spent: number;
}

/**
 * Keeps memory and journal in step: memory always shows as much as the journal or more. A reservation is in memory before
 * it is written; its end is written before it is in memory. An end that cannot be written waits, so that nobody gets its
 * room and then is killed together with it.
 */
export class BudgetWriter {
  readonly #accounts: BudgetAccounts;
  readonly #journal: BudgetJournal | undefined;
  /** Ends that wait, summed by account: with many calls there are no more of them than budgets. */
  readonly #late = new Map<string, Ending>();

  constructor(accounts: BudgetAccounts, journal: BudgetJournal | undefined) {
    this.#accounts = accounts;
    this.#journal = journal;
  }

  /** False when the reservations cannot be written down. */
  open(parts: readonly HeldPart[]): boolean {
    return this.#write(parts.map(({ place, micros }) => lineOf(place, { open: micros, spent: 0 })));
  }

  end(endings: readonly Ending[]): void {
    const lines = endings.map(({ place, opened, spent }) => lineOf(place, { open: -opened, spent }));
    if (this.#write(lines)) for (const ending of endings) this.#apply(ending);
    else for (const ending of endings) this.#postpone(ending);
  }

  /** Tries once more to write what waits; says whether nothing waits any more. */
  flush(): boolean {
    return this.#write([]);
  }

  /** In front of the lines go those that wait. */
  #write(lines: readonly JournalEntry[]): boolean {
    if (this.#journal === undefined || lines.length + this.#late.size === 0) return true;
    if (this.#late.size === 0) return this.#journal.append(lines);
    const late = [...this.#late.values()];
    const before = late.map(({ place, opened, spent }) => lineOf(place, { open: -opened, spent }));
    if (!this.#journal.append([...before, ...lines])) return false;
    this.#late.clear();
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
}

function lineOf({ high, low, kind }: BudgetPlace, { open, spent }: { open: number; spent: number }): JournalEntry {
  return { high, low, kind, open, spent };
}
