/** Made once by the main thread and handed to every worker; plain data that can be posted. */
export interface CacheMemory {
  readonly store: SharedArrayBuffer;
  readonly flights: SharedArrayBuffer;
  /** One 64-bit word: when something was purged last, ms. */
  readonly purged: SharedArrayBuffer;
  readonly buckets: number;
  readonly smallBytes: number;
  readonly mainBytes: number;
}

export interface CacheMemoryOptions {
  /** For all replies together. */
  readonly bytes?: number;
  /** How many can be kept at once. */
  readonly entries?: number;
}

/** Each has a lock of its own, so that workers seldom wait for each other. */
export const SHARDS = 4;
/** Slots of a bucket. */
export const WAYS = 8;
/** 32-bit words of a slot. */
export const SLOT_WORDS = 8;
/** Words of a shard's head: lock, take-overs, then four 64-bit cells from word 8 on. */
export const SHARD_WORDS = 16;
/** Entries begin at multiples of this. */
export const BLOCK_BYTES = 64;

const DEFAULT_BYTES = 64 * 1024 ** 2;
const DEFAULT_ENTRIES = 32_768;
/** Share of the bytes in which new entries must show that they are asked for again. */
const SMALL_SHARE = 0.1;

export const FLIGHTS = 1024;
export const FLIGHT_WORDS = 8;
/** One line for the lock. */
export const FLIGHT_HEAD_WORDS = 16;

/** Pages that nobody touches cost nothing. */
export function createCacheMemory({
  bytes = DEFAULT_BYTES,
  entries = DEFAULT_ENTRIES,
}: CacheMemoryOptions = {}): CacheMemory {
  if (!(bytes >= 1024) || !(entries >= 1)) throw new RangeError('a cache needs 1024 bytes and one entry at least');
  const each = bytes / SHARDS;
  const smallBytes = blocks(each * SMALL_SHARE);
  const mainBytes = blocks(each - smallBytes);
  const buckets = Math.ceil(entries / SHARDS / WAYS);
  const shardBytes = tableBytes(buckets) + smallBytes + mainBytes;
  return {
    store: new SharedArrayBuffer(shardBytes * SHARDS),
    purged: new SharedArrayBuffer(8),
    flights: new SharedArrayBuffer((FLIGHT_HEAD_WORDS + FLIGHTS * FLIGHT_WORDS) * 4),
    buckets,
    smallBytes,
    mainBytes,
  };
}

function blocks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

/** Of a shard's head and table, in front of its rings. */
export function tableBytes(buckets: number): number {
  return (SHARD_WORDS + buckets * WAYS * SLOT_WORDS) * 4;
}
