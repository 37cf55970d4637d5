import { THREADS_MAX } from '@gatehouse/kernel';

/** Slots of a bucket, as in the memory of counters. */
export const WAYS = 16;

const BYTES_PER_INT = 4;
const BYTES_PER_CELL = 8;
const HEADER_BYTES = 64;
/** A line for the lock, then the tags of all ways: high halves, low halves, kinds. */
const TAG_BYTES = (16 + 3 * WAYS) * BYTES_PER_INT;
const DEFAULT_SLOTS = 131_072;

/** Made once by the main thread and handed to every worker; plain data that can be posted. */
export interface BudgetMemory {
  readonly buffer: SharedArrayBuffer;
  readonly buckets: number;
  /** Threads that may open it, numbered from 0. */
  readonly owners: number;
}

export interface BudgetMemoryOptions {
  readonly owners: number;
  /**
   * Periods of budgets that can be kept at once, rounded up to whole buckets of 16. A period that is not over is never
   * given up, so a bucket that is full refuses: four times as many slots as budgets, and eight times as many as hourly
   * ones, keep that from happening. Slots that nobody touches cost nothing.
   */
  readonly slots?: number;
}

export function createBudgetMemory({ owners, slots = DEFAULT_SLOTS }: BudgetMemoryOptions): BudgetMemory {
  if (!Number.isInteger(slots) || slots < 1) throw new RangeError(`slots must be a whole number from 1, not ${slots}`);
  if (!Number.isInteger(owners) || owners < 1 || owners > THREADS_MAX)
    throw new RangeError(`owners must be a whole number from 1 to ${THREADS_MAX}, not ${owners}`);
  const buckets = Math.ceil(slots / WAYS);
  return { buffer: new SharedArrayBuffer(HEADER_BYTES + buckets * bucketBytes(owners)), buckets, owners };
}

/** Counts about the table, in the header, as 32-bit words. */
export const FULL = 0;
export const GIVEN_UP = 1;
export const TAKEOVERS = 2;
/** Number of the journal file that was made last, by whichever thread. */
export const LAST_FILE = 3;

/** Offsets of the three runs of tags from the bucket's lock. */
export const HIGH = 16;
export const LOW = HIGH + WAYS;
export const KIND = LOW + WAYS;

/** Cells of a slot: what is spent and reserved together, then what each owner has reserved. */
export const COMMITTED = 0;
export const RESERVED = 1;

function bucketBytes(owners: number): number {
  return TAG_BYTES + WAYS * slotCells(owners) * BYTES_PER_CELL;
}

export function slotCells(owners: number): number {
  return RESERVED + owners;
}

/** Index, among the 32-bit words, of a bucket's lock. */
export function lockIndex(memory: BudgetMemory, bucket: number): number {
  return (HEADER_BYTES + bucket * bucketBytes(memory.owners)) / BYTES_PER_INT;
}

/** Index, among the 64-bit cells, of a bucket's first cell. */
export function cellsIndex(memory: BudgetMemory, bucket: number): number {
  return (HEADER_BYTES + bucket * bucketBytes(memory.owners) + TAG_BYTES) / BYTES_PER_CELL;
}
