import { BucketLock } from '@gatehouse/counters';
import type { Hash64 } from '@gatehouse/kernel';
import { SHARD_WORDS, SLOT_WORDS, tableBytes, WAYS, type CacheMemory } from '../cache-memory.ts';
import { entryBytes, Ring, type RingEntry } from './ring.ts';

export interface Kept {
  readonly key: Buffer;
  /** What is looked through when entries are taken out by what they are. */
  readonly label: Buffer;
  readonly value: Buffer;
}

const LOCK = 0;
const TAKEOVERS = 1;
/** 64-bit cells of the head. */
const CELLS = { smallHead: 4, smallTail: 5, mainHead: 6, mainTail: 7 };

/** Words of a slot; the position is a 64-bit cell of the last two. */
const HIGH = 0;
const LOW = 1;
const STATE = 2;
const LENGTH = 3;
const USES = 4;
const POSITION = 3;

const EMPTY = 0;
const IN_SMALL = 1;
const IN_MAIN = 2;
/** It was there not long ago: who comes back is worth a place among those who stay. */
const GHOST = 3;
const USES_MAX = 3;

/**
 * So much may stay in the main ring for one entry that is put; then even what was asked for leaves. Otherwise one caller
 * would copy all of a ring, in which everything was asked for, while it holds the lock.
 */
const STAY_BYTES_MAX = 1024 ** 2;
const STAY_ENTRIES_MAX = 256;

/**
 * One part of the store, under one lock: a table of slots and two rings. What is new goes into the small ring; what is
 * asked for while it is there moves to the main one when it leaves, everything else is gone with it. So a thousand
 * replies that are asked for once push out nothing that is asked for often (S3-FIFO: Yang et al., SOSP 2023).
 */
export class Shard {
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  readonly #buckets: number;
  readonly #lock: BucketLock;
  readonly #small: Ring;
  readonly #main: Ring;
  /** What has stayed for the entry that is being put. */
  #stayedBytes = 0;
  #stayedEntries = 0;

  constructor(memory: CacheMemory, index: number, owner: number) {
    const { store, buckets, smallBytes, mainBytes } = memory;
    const table = tableBytes(buckets);
    const start = index * (table + smallBytes + mainBytes);
    this.#buckets = buckets;
    this.#words = new Int32Array(store, start, table / 4);
    this.#cells = new Float64Array(store, start, table / 8);
    this.#lock = new BucketLock(this.#words, { owner, takeoversAt: TAKEOVERS });
    const small = Buffer.from(store, start + table, smallBytes);
    const main = Buffer.from(store, start + table + smallBytes, mainBytes);
    this.#small = new Ring(small, this.#cells, { head: CELLS.smallHead, tail: CELLS.smallTail });
    this.#main = new Ring(main, this.#cells, { head: CELLS.mainHead, tail: CELLS.mainTail });
  }

  /** A copy of the value. */
  get(hash: Hash64, key: Buffer): Buffer | undefined {
    return this.#locked(() => {
      const at = this.#find(hash);
      if (at === undefined || !this.#isLive(at)) return undefined;
      const kept = this.#entryOf(at);
      if (!kept.key.equals(key)) return undefined;
      this.#words[at + USES] = Math.min(USES_MAX, this.#word(at + USES) + 1);
      return Buffer.from(kept.value);
    });
  }

  /**
   * False when it is too large for this store, or when what is there is not `instead`: those bytes, or nothing for null.
   */
  put(hash: Hash64, { key, label, value }: Kept, instead?: Buffer | null): boolean {
    const parts = [key, label, value];
    const bytes = entryBytes(parts);
    if (bytes > this.#main.size / 2) return false;
    return this.#locked(() => {
      const known = this.#find(hash);
      if (instead !== undefined && !this.#holds(known, key, instead)) return false;
      const returns = known !== undefined && this.#word(known + STATE) === GHOST;
      const at = known ?? this.#spare(hash);
      this.#words[at + STATE] = EMPTY;
      const ring = returns || bytes > this.#small.size / 2 ? this.#main : this.#small;
      this.#stayedBytes = 0;
      this.#stayedEntries = 0;
      this.#makeRoom(ring, bytes);
      this.#claim(at, hash, { ring, position: ring.append(at, parts), length: value.length });
      return true;
    });
  }

  #holds(at: number | undefined, key: Buffer, value: Buffer | null): boolean {
    const kept = at === undefined || !this.#isLive(at) ? undefined : this.#entryOf(at);
    if (kept === undefined || !kept.key.equals(key)) return value === null;
    return value !== null && kept.value.equals(value);
  }

  #claim(at: number, hash: Hash64, entry: { ring: Ring; position: number; length: number }): void {
    this.#words[at + HIGH] = hash.high;
    this.#words[at + LOW] = hash.low;
    this.#words[at + LENGTH] = entry.length;
    this.#words[at + USES] = 0;
    this.#cells[at / 2 + POSITION] = entry.position;
    this.#words[at + STATE] = entry.ring === this.#small ? IN_SMALL : IN_MAIN;
  }

  remove(hash: Hash64, key: Buffer): boolean {
    return this.#locked(() => {
      const at = this.#find(hash);
      if (at === undefined || !this.#isLive(at) || !this.#entryOf(at).key.equals(key)) return false;
      this.#words[at + STATE] = EMPTY;
      return true;
    });
  }

  /** Takes out all entries that `test` says so of; a step at a time, so that nobody waits for long. */
  removeWhere(test: (kept: Kept) => boolean): number {
    let count = 0;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      count += this.#locked(() => {
        let removed = 0;
        for (const at of this.#slotsOf(bucket)) {
          if (!this.#isLive(at) || !test(this.#entryOf(at))) continue;
          this.#words[at + STATE] = EMPTY;
          removed++;
        }
        return removed;
      });
    }
    return count;
  }

  stats(): { readonly entries: number; readonly bytes: number } {
    let entries = 0;
    let bytes = 0;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      for (const at of this.#slotsOf(bucket)) {
        if (!this.#isLive(at)) continue;
        entries++;
        bytes += this.#word(at + LENGTH);
      }
    }
    return { entries, bytes };
  }

  ownerDied(owner: number): void {
    this.#lock.freeOf(LOCK, owner);
  }

  #locked<Result>(step: () => Result): Result {
    const held = this.#lock.acquire(LOCK);
    try {
      return step();
    } finally {
      this.#lock.release(LOCK, held);
    }
  }

  #word(index: number): number {
    return this.#words[index] ?? 0;
  }

  #isLive(at: number): boolean {
    const state = this.#word(at + STATE);
    return state === IN_SMALL || state === IN_MAIN;
  }

  #entryOf(at: number): Kept {
    const ring = this.#word(at + STATE) === IN_SMALL ? this.#small : this.#main;
    return ring.read(this.#positionOf(at), this.#word(at + LENGTH));
  }

  #positionOf(at: number): number {
    return this.#cells[at / 2 + POSITION] ?? 0;
  }

  #firstSlot(bucket: number): number {
    return SHARD_WORDS + bucket * WAYS * SLOT_WORDS;
  }

  #slotsOf(bucket: number): readonly number[] {
    return Array.from({ length: WAYS }, (_, way) => this.#firstSlot(bucket) + way * SLOT_WORDS);
  }

  #find({ high, low }: Hash64): number | undefined {
    const first = this.#firstSlot((low >>> 0) % this.#buckets);
    for (let at = first; at < first + WAYS * SLOT_WORDS; at += SLOT_WORDS) {
      if (this.#word(at + STATE) !== EMPTY && this.#word(at + HIGH) === high && this.#word(at + LOW) === low) return at;
    }
    return undefined;
  }

  /** An empty slot of the hash's bucket, else that of a ghost, else that of whoever is used least. */
  #spare({ low }: Hash64): number {
    const slots = this.#slotsOf((low >>> 0) % this.#buckets);
    const rank = (at: number): number => {
      const state = this.#word(at + STATE);
      if (state === EMPTY) return -2;
      return state === GHOST ? -1 : this.#word(at + USES);
    };
    return slots.reduce((best, at) => (rank(at) < rank(best) ? at : best));
  }

  #makeRoom(ring: Ring, bytes: number): void {
    while (!ring.fits(bytes)) {
      const oldest = ring.oldest();
      if (oldest === undefined) return;
      if (ring === this.#small) this.#leaveSmall(oldest);
      else this.#leaveMain(oldest);
    }
  }

  /** The slot of an entry that leaves, if it is still the one that stands there. */
  #slotFor({ slot, position }: RingEntry, state: number): number | undefined {
    if (slot === undefined || this.#word(slot + STATE) !== state || this.#positionOf(slot) !== position)
      return undefined;
    return slot;
  }

  #leaveSmall(entry: RingEntry): void {
    const at = this.#slotFor(entry, IN_SMALL);
    if (at !== undefined) {
      if (this.#word(at + USES) > 0) this.#move(at, entry);
      else this.#words[at + STATE] = GHOST;
    }
    this.#small.drop(entry);
  }

  /** Once more round for each time that it was asked for. */
  #leaveMain(entry: RingEntry): void {
    const at = this.#slotFor(entry, IN_MAIN);
    const uses = at === undefined ? 0 : this.#word(at + USES);
    if (at !== undefined) this.#words[at + STATE] = EMPTY;
    this.#main.drop(entry);
    if (at === undefined || uses === 0 || !this.#mayStay(entry)) return;
    if (this.#main.fits(entry.bytes)) {
      this.#nowInMain(at, this.#main.again(entry), uses - 1);
      return;
    }
    // It meets the end of the ring, where more is needed than it took.
    const { key, label, value } = this.#main.read(entry.position, this.#word(at + LENGTH));
    const parts = [Buffer.from(key), Buffer.from(label), Buffer.from(value)];
    this.#makeRoom(this.#main, entry.bytes);
    this.#nowInMain(at, this.#main.append(at, parts), uses - 1);
  }

  #mayStay({ bytes }: RingEntry): boolean {
    if (this.#stayedBytes >= STAY_BYTES_MAX || this.#stayedEntries >= STAY_ENTRIES_MAX) return false;
    this.#stayedBytes += bytes;
    this.#stayedEntries++;
    return true;
  }

  #move(at: number, entry: RingEntry): void {
    this.#makeRoom(this.#main, entry.bytes);
    const { key, label, value } = this.#entryOf(at);
    this.#nowInMain(at, this.#main.append(at, [key, label, value]), 0);
  }

  #nowInMain(at: number, position: number, uses: number): void {
    // Never a position of one ring in an entry of the other, wherever this thread may end.
    this.#words[at + STATE] = EMPTY;
    this.#cells[at / 2 + POSITION] = position;
    this.#words[at + USES] = uses;
    this.#words[at + STATE] = IN_MAIN;
  }
}
