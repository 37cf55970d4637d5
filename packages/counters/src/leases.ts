import { THREADS_MAX } from '@gatehouse/kernel';
import { EXPIRES, OWN, SLOT_CELLS, TOUCHED, type Ask } from './cells.ts';
import type { CounterTable } from './counter-table.ts';
import type { Leasing } from './counters.ts';

export interface LeaseRule {
  readonly limit: number;
  /** The thread that asks. */
  readonly owner: number;
}

/** Words a slot: as many threads can hold places of one key at once. */
export const HOLDERS_MAX = (SLOT_CELLS - OWN) * 2;
/** A word is a thread's number plus one, below how many places it holds; 0 when nobody has it. */
const OWNER_MASK = THREADS_MAX;
const HELD_SHIFT = 10;
const ONE = 1 << HELD_SHIFT;
const HELD_MAX = 2 ** 20;

/**
 * Places that threads hold, counted thread by thread, so that those of one that died can be told from the others'. The
 * words are 32-bit views of the slot's own cells.
 */
export function takeLease({ ints, cells }: CounterTable, at: number, ask: Ask<LeaseRule>): Leasing {
  const { limit, owner } = ask.rule;
  const first = firstWord(at);
  let held = 0;
  let mine = -1;
  let empty = -1;
  for (let index = first; index < first + HOLDERS_MAX; index++) {
    const word = ints[index] ?? 0;
    held += word >>> HELD_SHIFT;
    if ((word & OWNER_MASK) === owner + 1) mine = index;
    else if (word === 0 && empty < 0) empty = index;
  }
  if (mine < 0) mine = empty;
  cells[at + TOUCHED] = ask.nowMs;
  if (held >= Math.min(limit, HELD_MAX) || mine < 0) return { allowed: false, held };
  ints[mine] = ((ints[mine] ?? 0) & ~OWNER_MASK) + ONE + owner + 1;
  cells[at + EXPIRES] = Infinity;
  return { allowed: true, held: held + 1 };
}

export function releaseLease(table: CounterTable, at: number, owner: number): void {
  const first = firstWord(at);
  for (let index = first; index < first + HOLDERS_MAX; index++) {
    const word = table.ints[index] ?? 0;
    if ((word & OWNER_MASK) !== owner + 1) continue;
    table.ints[index] = word >>> HELD_SHIFT > 1 ? word - ONE : 0;
    break;
  }
  letGoIfNone(table, at);
}

export function dropLeasesOf(table: CounterTable, at: number, owner: number): void {
  const first = firstWord(at);
  for (let index = first; index < first + HOLDERS_MAX; index++) {
    if (((table.ints[index] ?? 0) & OWNER_MASK) === owner + 1) table.ints[index] = 0;
  }
  letGoIfNone(table, at);
}

/** A slot that nobody holds a place of may be used for another key at once. */
function letGoIfNone({ ints, cells }: CounterTable, at: number): void {
  const first = firstWord(at);
  for (let index = first; index < first + HOLDERS_MAX; index++) if (ints[index] !== 0) return;
  cells[at + EXPIRES] = 0;
}

function firstWord(at: number): number {
  return (at + OWN) * 2;
}
