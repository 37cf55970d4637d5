import { SLOT_CELLS } from './cells.ts';

/** Slots of a bucket: a key lives in exactly one bucket, so a look-up reads at most so many tags, under one lock. */
export const WAYS = 16;

const BYTES_PER_INT = 4;
const BYTES_PER_CELL = 8;
/** One cache line for what is counted about the table. */
const HEADER_BYTES = 64;
/** A line for the lock, then the tags of all ways: high halves, low halves, kinds. */
const TAG_INTS = 16 + 3 * WAYS;
const TAG_BYTES = TAG_INTS * BYTES_PER_INT;
const BUCKET_BYTES = TAG_BYTES + WAYS * SLOT_CELLS * BYTES_PER_CELL;

/** As many slots as fit in 16 MiB of address space; pages that nobody touches cost nothing. */
const DEFAULT_SLOTS = Math.floor((16 * 1024 ** 2 - HEADER_BYTES) / BUCKET_BYTES) * WAYS;

/** Made once by the main thread and handed to every worker; plain data that can be posted. */
export interface CounterMemory {
  readonly buffer: SharedArrayBuffer;
  readonly buckets: number;
}

export interface CounterMemoryOptions {
  /** Keys that can be counted at once; rounded up to whole buckets of 16. */
  readonly slots?: number;
}

export function createCounterMemory(options: CounterMemoryOptions = {}): CounterMemory {
  const slots = options.slots ?? DEFAULT_SLOTS;
  if (!Number.isInteger(slots) || slots < 1) throw new RangeError(`slots must be a whole number from 1, not ${slots}`);
  const buckets = Math.ceil(slots / WAYS);
  return { buffer: new SharedArrayBuffer(HEADER_BYTES + buckets * BUCKET_BYTES), buckets };
}

/** Counts about the table, in the header. */
export const EVICTIONS = 0;
export const QUOTA_EVICTIONS = 1;
export const TAKEOVERS = 2;

/** Index, among the 32-bit words, of a bucket's lock. */
export function lockIndex(bucket: number): number {
  return (HEADER_BYTES + bucket * BUCKET_BYTES) / BYTES_PER_INT;
}

/** Index, among the 32-bit words, of what changes whenever a lease of a bucket ends: a word in the lock's own line. */
export function turnIndex(bucket: number): number {
  return lockIndex(bucket) + 1;
}

/** Offsets of the three runs of tags from the bucket's lock. */
export const HIGH = 16;
export const LOW = HIGH + WAYS;
export const KIND = LOW + WAYS;

/** Index, among the 64-bit cells, of a slot's first cell. */
export function cellIndex(bucket: number, way: number): number {
  return (HEADER_BYTES + bucket * BUCKET_BYTES + TAG_BYTES) / BYTES_PER_CELL + way * SLOT_CELLS;
}
