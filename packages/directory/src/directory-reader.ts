import {
  EXPIRES_AT,
  GONE,
  HASH_BYTES,
  NAME_AT,
  NAME_LENGTH_AT,
  NOTHING,
  OWNER_AT,
  SLOT_WORDS,
  startOf,
  tagOf,
  TEXT_AT,
  UNIT_BYTES,
  type DirectoryMemory,
} from './directory-memory.ts';

/** A credential as it was when it was found; `holds` says whether it still is. */
export interface FoundCredential {
  /** Where it and its application were found; for `holds` and `applicationText` only. */
  readonly slot: number;
  readonly record: number;
  readonly number: number;
  /** The same for the same application as long as it is unchanged. */
  readonly application: number;
  readonly name: string;
  /** ms since the epoch. */
  readonly expiresMs: number | undefined;
}

/** Finds callers by the hash of their key; for any thread. */
export class DirectoryReader {
  readonly #index: Int32Array;
  readonly #applications: Int32Array;
  readonly #count: Int32Array;
  readonly #heap: SharedArrayBuffer;
  /** Without a length, so that it grows with the heap. */
  readonly #view: DataView;
  readonly #mask: number;

  constructor({ index, applications, count, heap }: DirectoryMemory) {
    this.#count = new Int32Array(count);
    this.#index = new Int32Array(index);
    this.#applications = new Int32Array(applications);
    this.#heap = heap;
    this.#view = new DataView(heap);
    this.#mask = this.#index.length / SLOT_WORDS - 1;
  }

  /** How many keys are good. */
  get credentials(): number {
    return Atomics.load(this.#count, 0);
  }

  /** `hash`: SHA-256 of the key. Undefined: nobody's key, or its application has no calls any more. */
  find(hash: Uint8Array): FoundCredential | undefined {
    const slot = this.slotOf(hash);
    if (slot === undefined) return undefined;
    const record = Atomics.load(this.#index, slot + 1);
    // Between the search and here it may have gone.
    if (record === GONE || record === NOTHING) return undefined;
    const at = (record >>> 0) * UNIT_BYTES;
    const number = this.#view.getUint32(at + OWNER_AT, true);
    const application = Atomics.load(this.#applications, number);
    if (application === NOTHING) return undefined;
    const expiresMs = this.#view.getFloat64(at + EXPIRES_AT, true);
    const nameBytes = this.#view.getUint32(at + NAME_LENGTH_AT, true);
    const name = this.#textAt(at + NAME_AT, nameBytes);
    return { slot, record, number, application, name, expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs };
  }

  /** False when the key was taken back, or anything of its application has changed. */
  holds({ slot, record, number, application }: FoundCredential): boolean {
    return Atomics.load(this.#index, slot + 1) === record && Atomics.load(this.#applications, number) === application;
  }

  /** What was written for the application. */
  applicationText({ application }: FoundCredential): string {
    const at = (application >>> 0) * UNIT_BYTES;
    const bytes = this.#view.getUint32(at, true);
    return this.#textAt(at + TEXT_AT, bytes);
  }

  #textAt(at: number, bytes: number): string {
    return Buffer.from(this.#heap, at, bytes).toString('utf8');
  }

  /** Where the index has the hash; for the writer, too. */
  slotOf(hash: Uint8Array): number | undefined {
    const tag = tagOf(hash);
    for (let at = startOf(hash, this.#mask), left = this.#mask; left >= 0; left--, at = (at + 1) & this.#mask) {
      const slot = at * SLOT_WORDS;
      const record = Atomics.load(this.#index, slot + 1);
      if (record === NOTHING) return undefined;
      if (record !== GONE && this.#index[slot] === tag && this.#isOf(record, hash)) return slot;
    }
    return undefined;
  }

  #isOf(record: number, hash: Uint8Array): boolean {
    const at = (record >>> 0) * UNIT_BYTES;
    for (let i = 0; i < HASH_BYTES; i++) if (this.#view.getUint8(at + i) !== hash[i]) return false;
    return true;
  }
}
