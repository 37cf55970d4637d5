/**
 * Callers and their keys in memory that all threads share: paid once, changed in place, seen by everybody at once. One
 * thread writes.
 *
 * - `index`: an open hash table. A slot is two words, 32 bits of the key's hash and where its record begins.
 * - `applications`: where the record of each application begins, by its number.
 * - `heap`: records, 8 bytes aligned. One that has been written is never changed: what changes is where words point to.
 *   A word is written behind its record, so whoever reads the word finds the record whole.
 */
export interface DirectoryMemory {
  readonly index: SharedArrayBuffer;
  readonly applications: SharedArrayBuffer;
  /** How many keys are good. */
  readonly count: SharedArrayBuffer;
  /** Grows; views without a length grow with it. */
  readonly heap: SharedArrayBuffer;
}

export interface DirectorySize {
  /** A power of two. */
  readonly slots: number;
  readonly applications: number;
  readonly heapBytes: number;
}

/** Of a slot. */
export const SLOT_WORDS = 2;
/** What a word holds where there is no record, and where there was one: a search goes on behind it. */
export const NOTHING = 0;
export const GONE = -1;
/** Records are found in units of it, so that 32 bits are enough. */
export const UNIT_BYTES = 8;
const HEAP_BYTES_MAX = 4 * 1024 ** 3;

export const SMALLEST: DirectorySize = { slots: 1024, applications: 256, heapBytes: 64 * 1024 };

export function createDirectoryMemory({ slots, applications, heapBytes }: DirectorySize = SMALLEST): DirectoryMemory {
  return {
    index: new SharedArrayBuffer(slots * SLOT_WORDS * Int32Array.BYTES_PER_ELEMENT),
    applications: new SharedArrayBuffer(applications * Int32Array.BYTES_PER_ELEMENT),
    count: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    heap: new SharedArrayBuffer(heapBytes, { maxByteLength: HEAP_BYTES_MAX }),
  };
}

/* A credential: the hash of its key, when it ends, whose it is, its name. */
export const HASH_BYTES = 32;
export const EXPIRES_AT = HASH_BYTES;
export const OWNER_AT = EXPIRES_AT + 8;
export const NAME_LENGTH_AT = OWNER_AT + 4;
export const NAME_AT = NAME_LENGTH_AT + 4;
/* An application: how long its text is, the text. */
export const TEXT_AT = 8;

/** Two words of a hash: in which slot to begin, and what stands in it. SHA-256 needs no more mixing. */
export function startOf(hash: Uint8Array, mask: number): number {
  return word(hash, 0) & mask;
}

export function tagOf(hash: Uint8Array): number {
  return word(hash, 4) | 0;
}

function word(hash: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = hash.subarray(at, at + 4);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
