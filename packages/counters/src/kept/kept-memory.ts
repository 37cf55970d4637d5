/** Made once by the main thread and handed to every worker; plain data that can be posted. */
export interface KeptMemory {
  readonly buffer: SharedArrayBuffer;
  readonly buckets: number;
  /** Of the ring of replies behind the table. */
  readonly ringBytes: number;
}

export interface KeptMemoryOptions {
  /** Keys that can be known at once; rounded up to whole buckets. */
  readonly entries?: number;
  /** For all replies together; rounded up to whole blocks. */
  readonly bytes?: number;
}

/** Slots of a bucket. */
export const WAYS = 16;
/** 32-bit words of a slot: one cache line. */
export const SLOT_WORDS = 16;
/** Replies begin at multiples of this. */
export const BLOCK_BYTES = 64;
/** One line for the lock, the counts, and how far the ring was written. */
export const HEADER_WORDS = 16;

const DEFAULT_ENTRIES = 16_384;
const DEFAULT_BYTES = 32 * 1024 ** 2;

/** Pages that nobody touches cost nothing. */
export function createKeptMemory({
  entries = DEFAULT_ENTRIES,
  bytes = DEFAULT_BYTES,
}: KeptMemoryOptions = {}): KeptMemory {
  if (!(entries >= 1) || !(bytes >= 1)) throw new RangeError('entries and bytes must be at least 1');
  const buckets = Math.ceil(entries / WAYS);
  const ringBytes = Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  return { buffer: new SharedArrayBuffer(ringStart(buckets) + ringBytes), buckets, ringBytes };
}

/** Byte at which the ring begins. */
export function ringStart(buckets: number): number {
  return (HEADER_WORDS + buckets * WAYS * SLOT_WORDS) * 4;
}
