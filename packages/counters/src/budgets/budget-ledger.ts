import { item, type Hash64 } from '@gatehouse/kernel';
import { BudgetAccounts, MICROS_MAX, type BudgetStats } from './budget-accounts.ts';
import { BudgetHold, type HeldPart } from './budget-hold.ts';
import type { BudgetJournal } from './budget-journal.ts';
import type { BudgetMemory } from './budget-memory.ts';
import { budgetSpan, type BudgetPeriod, type BudgetSpan } from './budget-period.ts';
import type { BudgetPlace } from './budget-place.ts';
import { budgetVerdict, limitOf, wholeMicros } from './budget-verdict.ts';
import { BudgetWriter, type Ending } from './budget-writer.ts';
import type { Budget, BudgetEntry, BudgetTaking, BudgetVerdict } from './budget.ts';
import type { CallNote } from './call-note.ts';

export interface BudgetLedgerOptions {
  /** Number of this thread, below the memory's `owners`, and nobody else's meanwhile. */
  readonly owner: number;
  /** Without one, a restart begins all budgets anew. */
  readonly journal?: BudgetJournal;
}

/** Opens the shared accounts in this thread. */
export function openBudgetLedger(memory: BudgetMemory, options: BudgetLedgerOptions): BudgetLedger {
  return new BudgetLedger(memory, options);
}

export interface Reservation {
  readonly micros: number;
  readonly nowMs: number;
  /** What is written together with it; asked for when no budget refuses. */
  readonly note?: () => CallNote;
}

/** How one reservation of a call ends. */
export interface HoldEnd {
  readonly hold: BudgetHold;
  /** What it did cost. */
  readonly micros: number;
}

/** What is asked of one budget. */
interface Ask {
  readonly micros: number;
  readonly nowMs: number;
  /** By budgets of the same call: what they have reserved in the same account is not reserved again. */
  readonly taken: readonly Taken[];
}

interface Taken {
  readonly verdict: BudgetVerdict;
  /** Nothing where it is the part of another. */
  readonly part: HeldPart | undefined;
}

/**
 * Budgets that every thread of the process shares. What a call may cost at most is reserved before it is sent, and
 * settled with what it did cost once that is known. What was spent and what is reserved stay within a limit together,
 * unless a call costs more than was reserved for it.
 */
export class BudgetLedger {
  readonly #accounts: BudgetAccounts;
  readonly #writer: BudgetWriter;
  readonly #spans = new Map<BudgetPeriod, BudgetSpan>();
  #calls = 0;

  constructor(memory: BudgetMemory, { owner, journal }: BudgetLedgerOptions) {
    this.#accounts = new BudgetAccounts(memory, owner);
    this.#writer = new BudgetWriter(this.#accounts, journal);
  }

  /** A number for a call of this thread, under which the journal keeps what it would be recorded as. */
  newCall(): number {
    return ++this.#calls;
  }

  /** Reserves `micros`, rounded up, in all of the budgets or, when one of them refuses, in none. */
  reserve(entries: readonly BudgetEntry[], { micros, nowMs, note }: Reservation): BudgetTaking {
    const taken: Taken[] = [];
    const ask = { micros: wholeMicros(micros), nowMs, taken };
    for (const entry of entries) {
      const next = this.#take(entry, ask);
      taken.push(next);
      if (!next.verdict.allowed) return this.#giveBack(taken, taken.length - 1);
    }
    const parts = taken.flatMap(({ part }) => part ?? []);
    const journaled = this.#writer.open(parts, note);
    const hard = entries.findIndex(({ budget }) => budget.warning !== true);
    if (!journaled && hard >= 0) return this.#giveBack(taken, hard);
    return { allowed: true, verdicts: taken.map(({ verdict }) => verdict), hold: new BudgetHold(parts, journaled) };
  }

  /**
   * Ends a reservation with what it did cost, in the period in which it was made. More than was reserved counts in full;
   * what is no amount counts as what was reserved.
   */
  settle(hold: BudgetHold, actualMicros: number, note?: CallNote): void {
    this.end([{ hold, micros: actualMicros }], note);
  }

  /**
   * Ends reservations of one call in one step. False when the note was not taken over: then whoever calls records the
   * call, if it is over. A note that was taken over is recorded when it is written.
   */
  end(ends: readonly HoldEnd[], note?: CallNote): boolean {
    return this.#writer.end(
      ends.flatMap(({ hold, micros }) => (hold.end() ? endingsOf(hold, micros) : [])),
      note,
    );
  }

  /** Ends the reservation of a call that cost nothing. */
  release(hold: BudgetHold, note?: CallNote): void {
    this.settle(hold, 0, note);
  }

  /** Counts what was spent without a reservation, and refuses nothing. */
  add(entries: readonly BudgetEntry[], micros: number, nowMs: number): void {
    const spent = wholeMicros(micros);
    if (spent === Infinity) throw new RangeError(`${micros} is no amount of micros`);
    this.#writer.end(
      entries.map(({ key, budget }) => ({
        place: placeOf(key, this.#span(budget.per, nowMs)),
        opened: 0,
        held: 0,
        spent,
      })),
    );
  }

  /** How a budget stands. Takes nothing; `allowed` says whether it would let the smallest amount pass. */
  look(key: Hash64, budget: Budget, nowMs: number): BudgetVerdict {
    const span = this.#span(budget.per, nowMs);
    const standing = this.#accounts.look(placeOf(key, span));
    const exceeded = standing.committed >= limitOf(budget);
    const refuses = exceeded && budget.warning !== true;
    return budgetVerdict(budget, { exceeded, ...(refuses && { refusal: 'exhausted' }), standing, span, nowMs });
  }

  /**
   * Counts as spent what a thread had reserved that died, since its calls may have been sent, and says how much that was.
   * For the main thread, before another thread gets the number.
   */
  settleDead(owner: number): number {
    return this.#accounts.settleDead(owner);
  }

  /** Tries once more to write down what a full disk would not take; says whether nothing is left of it. */
  flush(): boolean {
    return this.#writer.flush();
  }

  stats(): BudgetStats {
    return this.#accounts.stats();
  }

  /** Brings back what was spent before a restart, while no other thread uses the memory yet. */
  restore(place: BudgetPlace, spentMicros: number): void {
    if (!this.#accounts.restore(place, spentMicros))
      throw new RangeError('the memory for budgets has fewer slots than there are budgets on the disk');
  }

  /** Makes the numbers of journal files go on behind those that were used before a restart. */
  continueFilesAfter(number: number): void {
    this.#accounts.continueFilesAfter(number);
  }

  /** The budget at `at` refuses: nothing stays reserved. */
  #giveBack(taken: readonly Taken[], at: number): BudgetTaking {
    for (const { part } of taken)
      if (part !== undefined && part.micros > 0) this.#accounts.settle(part.place, { held: part.micros, spent: 0 });
    const { verdict } = item(taken, at);
    const refused: BudgetVerdict = verdict.allowed ? { ...verdict, allowed: false, refusal: 'journal' } : verdict;
    const verdicts = taken.map(({ verdict: each }, index) => (index === at ? refused : each));
    return { allowed: false, verdicts, refused, at };
  }

  #take({ key, budget }: BudgetEntry, { micros, nowMs, taken }: Ask): Taken {
    const span = this.#span(budget.per, nowMs);
    const place = placeOf(key, span);
    const warns = budget.warning === true;
    const limitMicros = warns ? MICROS_MAX : limitOf(budget);
    const before = taken.find(({ part }) => part !== undefined && isSame(part.place, place))?.part;
    const more = before === undefined ? micros : 0;
    const standing = this.#accounts.take(place, { micros: more, limitMicros, nowMs });
    if (standing === undefined) {
      const outcome = { exceeded: false, standing: { committed: 0, reserved: 0 }, span, nowMs };
      const verdict = budgetVerdict(budget, { ...outcome, ...(!warns && { refusal: 'memory' }) });
      return { verdict, part: { place, micros: 0 } };
    }
    const held = standing.fits ? more : 0;
    const exceeded = micros > limitOf(budget) - (standing.committed - (before?.micros ?? held));
    const refuses = !standing.fits && !warns;
    const verdict = budgetVerdict(budget, {
      exceeded,
      ...(refuses && { refusal: 'exhausted' }),
      standing,
      span,
      nowMs,
    });
    return { verdict, part: before === undefined ? { place, micros: held } : undefined };
  }

  #span(per: BudgetPeriod, nowMs: number): BudgetSpan {
    const last = this.#spans.get(per);
    if (last !== undefined && nowMs >= last.startMs && nowMs < last.endMs) return last;
    const span = budgetSpan(per, nowMs);
    this.#spans.set(per, span);
    return span;
  }
}

function placeOf({ high, low }: Hash64, { kind }: BudgetSpan): BudgetPlace {
  return { high, low, kind };
}

function isSame(a: BudgetPlace, b: BudgetPlace): boolean {
  return a.high === b.high && a.low === b.low && a.kind === b.kind;
}

function endingsOf(hold: BudgetHold, micros: number): Ending[] {
  const actual = wholeMicros(micros);
  return hold.parts.map((part) => {
    const spent = actual === Infinity ? part.micros : actual;
    return { place: part.place, opened: hold.journaled ? part.micros : 0, held: part.micros, spent };
  });
}
