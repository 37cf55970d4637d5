import {
  createDirectoryMemory,
  EXPIRES_AT,
  GONE,
  HASH_BYTES,
  NAME_AT,
  NAME_LENGTH_AT,
  NOTHING,
  OWNER_AT,
  SLOT_WORDS,
  SMALLEST,
  startOf,
  tagOf,
  TEXT_AT,
  UNIT_BYTES,
  type DirectoryMemory,
} from './directory-memory.ts';
import { DirectoryReader } from './directory-reader.ts';

export interface CredentialRecord {
  /** Lower-case hex SHA-256 of the key. */
  readonly sha256: string;
  /** The id of its application. */
  readonly application: string;
  readonly name: string;
  /** ms since the epoch. */
  readonly expiresMs: number | undefined;
}

/** What becomes of a caller. */
export type CallerChange =
  /** `text`: for whoever reads it, see `DirectoryReader.applicationText`; undefined: none of its keys is good any more. */
  | { readonly kind: 'application'; readonly id: string; readonly text: string | undefined }
  | ({ readonly kind: 'credential' } & CredentialRecord)
  | { readonly kind: 'no-credential'; readonly sha256: string };

/** Slots that are taken, of all: searches stay short. */
const FULL = 0.6;
/** Of a heap so large that it is worth it, this share of records that nobody finds makes it be written anew. */
const GARBAGE_SHARE = 0.5;
const GARBAGE_BYTES_MIN = 1024 * 1024;

/** The one thread that changes a directory. */
export class DirectoryWriter {
  #memory: DirectoryMemory;
  #index: Int32Array;
  #applications: Int32Array;
  #heap: Buffer;
  #view: DataView;
  #reader: DirectoryReader;
  /** Ids of applications → their numbers, which are theirs for good. */
  readonly #numbers = new Map<string, number>();
  /** Slots that were ever taken. */
  #taken = 0;
  #count: Int32Array;
  /** Record 0 is never written: it stands for none. */
  #end = UNIT_BYTES;
  #garbageBytes = 0;

  constructor(memory: DirectoryMemory = createDirectoryMemory()) {
    this.#memory = memory;
    this.#index = new Int32Array(memory.index);
    this.#applications = new Int32Array(memory.applications);
    this.#heap = Buffer.from(memory.heap);
    this.#view = new DataView(memory.heap);
    this.#reader = new DirectoryReader(memory);
    this.#count = new Int32Array(memory.count);
  }

  /** Another one after a change that had no room: whoever reads has to be given it. */
  get memory(): DirectoryMemory {
    return this.#memory;
  }

  /** Keys that are good. */
  get credentials(): number {
    return this.#reader.credentials;
  }

  get bytes(): number {
    const { index, applications, heap } = this.#memory;
    return index.byteLength + applications.byteLength + heap.byteLength;
  }

  /** Seen by all readers of `memory` when it returns, unless that has become another one. */
  apply(change: CallerChange): void {
    if (change.kind === 'application') this.#setApplication(change.id, change.text);
    else if (change.kind === 'credential') this.#setCredential(change);
    else this.#removeCredential(Buffer.from(change.sha256, 'hex'));
  }

  #setApplication(id: string, text: string | undefined): void {
    const number = this.#numberOf(id);
    const before = this.#applications[number] ?? NOTHING;
    if (before !== NOTHING) this.#garbageBytes += TEXT_AT + this.#view.getUint32((before >>> 0) * UNIT_BYTES, true);
    Atomics.store(this.#applications, number, text === undefined ? NOTHING : this.#writeText(text));
    this.#tidy();
  }

  #numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(id, number);
    if (number >= this.#applications.length) this.#rebuild();
    return number;
  }

  #writeText(text: string): number {
    const bytes = Buffer.byteLength(text);
    const at = this.#room(TEXT_AT + bytes);
    this.#view.setUint32(at, bytes, true);
    this.#heap.write(text, at + TEXT_AT, 'utf8');
    return at / UNIT_BYTES;
  }

  #setCredential({ sha256, application, name, expiresMs = Number.NaN }: CredentialRecord): void {
    const hash = hashOf(sha256);
    const number = this.#numberOf(application);
    const nameBytes = Buffer.byteLength(name);
    const at = this.#room(NAME_AT + nameBytes);
    hash.copy(this.#heap, at);
    this.#view.setFloat64(at + EXPIRES_AT, expiresMs, true);
    this.#view.setUint32(at + OWNER_AT, number, true);
    this.#view.setUint32(at + NAME_LENGTH_AT, nameBytes, true);
    this.#heap.write(name, at + NAME_AT, 'utf8');
    this.#point(hash, at / UNIT_BYTES);
    this.#tidy();
  }

  #point(hash: Uint8Array, record: number): void {
    const known = this.#reader.slotOf(hash);
    if (known !== undefined) {
      this.#garbageBytes += this.#credentialBytes(this.#index[known + 1] ?? NOTHING);
      Atomics.store(this.#index, known + 1, record);
      return;
    }
    const mask = this.#index.length / SLOT_WORDS - 1;
    let at = startOf(hash, mask);
    while (this.#index[at * SLOT_WORDS + 1] !== NOTHING) at = (at + 1) & mask;
    this.#index[at * SLOT_WORDS] = tagOf(hash);
    Atomics.store(this.#index, at * SLOT_WORDS + 1, record);
    this.#taken++;
    Atomics.add(this.#count, 0, 1);
  }

  #removeCredential(hash: Uint8Array): void {
    const slot = this.#reader.slotOf(hash);
    if (slot === undefined) return;
    this.#garbageBytes += this.#credentialBytes(this.#index[slot + 1] ?? NOTHING);
    Atomics.store(this.#index, slot + 1, GONE);
    Atomics.sub(this.#count, 0, 1);
    this.#tidy();
  }

  #credentialBytes(record: number): number {
    return NAME_AT + this.#view.getUint32((record >>> 0) * UNIT_BYTES + NAME_LENGTH_AT, true);
  }

  /** Where a record of so many bytes may be written. */
  #room(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / UNIT_BYTES) * UNIT_BYTES;
    const { heap } = this.#memory;
    if (this.#end > heap.byteLength) {
      heap.grow(Math.max(this.#end, heap.byteLength * 2));
      this.#heap = Buffer.from(heap);
      this.#view = new DataView(heap);
    }
    return at;
  }

  #tidy(): void {
    const isFull = this.#taken > (this.#index.length / SLOT_WORDS) * FULL;
    const isStale = this.#garbageBytes > GARBAGE_BYTES_MIN && this.#garbageBytes > this.#end * GARBAGE_SHARE;
    if (isFull || isStale) this.#rebuild();
  }

  /** All that is good, in memory of its own: readers keep what they have until they are given the new one. */
  #rebuild(): void {
    const next = new DirectoryWriter(
      createDirectoryMemory({
        slots: powerOfTwo(Math.max(SMALLEST.slots, this.credentials * 4)),
        applications: powerOfTwo(Math.max(SMALLEST.applications, this.#numbers.size + 1) * 2 - 1),
        heapBytes: Math.max(SMALLEST.heapBytes, this.#end - this.#garbageBytes),
      }),
    );
    this.#copyTo(next);
    this.#memory = next.#memory;
    this.#index = next.#index;
    this.#applications = next.#applications;
    this.#heap = next.#heap;
    this.#view = next.#view;
    this.#reader = next.#reader;
    this.#count = next.#count;
    this.#taken = next.#taken;
    this.#end = next.#end;
    this.#garbageBytes = 0;
  }

  #copyTo(next: DirectoryWriter): void {
    for (const [number, record] of this.#applications.entries()) {
      if (record === NOTHING) continue;
      const at = (record >>> 0) * UNIT_BYTES;
      const bytes = TEXT_AT + this.#view.getUint32(at, true);
      next.#applications[number] = next.#copied(this.#heap.subarray(at, at + bytes));
    }
    for (let slot = 1; slot < this.#index.length; slot += SLOT_WORDS) {
      const record = this.#index[slot] ?? NOTHING;
      if (record === NOTHING || record === GONE) continue;
      const at = (record >>> 0) * UNIT_BYTES;
      const bytes = this.#heap.subarray(at, at + this.#credentialBytes(record));
      next.#point(bytes.subarray(0, HASH_BYTES), next.#copied(bytes));
    }
  }

  #copied(bytes: Buffer): number {
    const at = this.#room(bytes.length);
    bytes.copy(this.#heap, at);
    return at / UNIT_BYTES;
  }
}

function hashOf(sha256: string): Buffer {
  const hash = Buffer.from(sha256, 'hex');
  if (hash.length !== HASH_BYTES) throw new RangeError('a key is known by its SHA-256 in hex');
  return hash;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
