import { BucketLock } from '../bucket-lock.ts';
import { BLOCK_BYTES, HEADER_WORDS, ringStart, SLOT_WORDS, WAYS, type KeptMemory } from './kept-memory.ts';

export type Beginning =
  /** Nobody has made this call: make it, and `keep` its reply or `forget` it. */
  | { readonly kind: 'begun' }
  /** Somebody is making it. */
  | { readonly kind: 'under-way' }
  /** The key stands for another request. */
  | { readonly kind: 'another' }
  | { readonly kind: 'kept'; readonly reply: Buffer }
  /** It was made, and its reply is not there any more. */
  | { readonly kind: 'lost' }
  /** There is no room for one more that is under way. */
  | { readonly kind: 'full' };

/** Digests, of which 16 bytes count; nobody can find two texts with the same. */
export interface KeptKey {
  readonly key: Buffer;
  readonly request: Buffer;
}

export interface KeptReplies {
  begin(call: KeptKey, nowMs: number): Beginning;
  /** `reply` undefined: it was made, and cannot be kept. */
  keep(key: Buffer, reply: Buffer | undefined, expiresMs: number): void;
  /** The call has come to nothing, and may be made anew. */
  forget(key: Buffer): void;
  /** Forgets what a thread was doing that has ended, and frees its lock; before another gets its number. */
  ownerDied(owner: number): void;
}

/** Opens the shared memory in this thread; `owner` as with `openCounters`. */
export function openKeptReplies(memory: KeptMemory, owner: number): KeptReplies {
  return new SharedReplies(memory, owner);
}

const LOCK = 0;
const TAKEOVERS = 1;
/** 64-bit cell: bytes that were ever written to the ring. */
const WRITTEN = 1;

/** Words of a slot: the key, the request, then these; the last six are three 64-bit cells. */
const REQUEST = 4;
const STATE = 8;
const LENGTH = 9;
const POSITION = 5;
const EXPIRES = 6;
const BEGUN = 7;

const EMPTY = 0;
const KEPT = 1;
/** And above: under way, in the thread of that number. */
const UNDER_WAY = 2;
const LOST = -1;

/**
 * Replies of calls that must not be made twice, for all threads: a table of keys, and a ring of bytes in which the
 * oldest replies are overwritten. Keys outlive their replies: better to refuse a call that was made than to make it again.
 * One lock for all: a call asks once before it begins and once at its end, and what happens under it is a few words or a
 * copy of what a reply has.
 */
class SharedReplies implements KeptReplies {
  readonly #owner: number;
  readonly #buckets: number;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  readonly #ring: Uint8Array;
  readonly #lock: BucketLock;

  constructor({ buffer, buckets, ringBytes }: KeptMemory, owner: number) {
    this.#owner = owner;
    this.#buckets = buckets;
    this.#words = new Int32Array(buffer, 0, ringStart(buckets) / 4);
    this.#cells = new Float64Array(buffer, 0, ringStart(buckets) / 8);
    this.#ring = new Uint8Array(buffer, ringStart(buckets), ringBytes);
    this.#lock = new BucketLock(this.#words, { owner, takeoversAt: TAKEOVERS });
  }

  begin({ key, request }: KeptKey, nowMs: number): Beginning {
    return this.#locked(() => {
      const at = this.#find(key);
      if (at === undefined || (this.#word(at + STATE) === KEPT && this.#cell(at, EXPIRES) <= nowMs))
        return this.#claim(at ?? this.#spare(key, nowMs), { key, request }, nowMs);
      if (!this.#is(at + REQUEST, request)) return { kind: 'another' };
      if (this.#word(at + STATE) !== KEPT) return { kind: 'under-way' };
      const reply = this.#replyOf(at);
      return reply === undefined ? { kind: 'lost' } : { kind: 'kept', reply };
    });
  }

  keep(key: Buffer, reply: Buffer | undefined, expiresMs: number): void {
    this.#locked(() => {
      const at = this.#find(key);
      if (at === undefined || this.#word(at + STATE) !== UNDER_WAY + this.#owner) return;
      this.#words[at + LENGTH] = LOST;
      if (reply !== undefined && reply.length <= this.#ring.length / 8) this.#write(at, reply);
      this.#setCell(at, EXPIRES, expiresMs);
      // Last, so that a thread that dies before leaves a call that has come to nothing.
      this.#words[at + STATE] = KEPT;
    });
  }

  forget(key: Buffer): void {
    this.#locked(() => {
      const at = this.#find(key);
      if (at !== undefined && this.#word(at + STATE) === UNDER_WAY + this.#owner) this.#words[at + STATE] = EMPTY;
    });
  }

  ownerDied(owner: number): void {
    this.#lock.freeOf(LOCK, owner);
    this.#locked(() => {
      for (let slot = 0; slot < this.#buckets * WAYS; slot++) {
        const state = HEADER_WORDS + slot * SLOT_WORDS + STATE;
        if (this.#word(state) === UNDER_WAY + owner) this.#words[state] = EMPTY;
      }
    });
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

  /** Of a slot that begins at that word. */
  #cell(at: number, cell: number): number {
    return this.#cells[at / 2 + cell] ?? 0;
  }

  #setCell(at: number, cell: number, value: number): void {
    this.#cells[at / 2 + cell] = value;
  }

  #is(at: number, digest: Buffer): boolean {
    for (let i = 0; i < 4; i++) if (this.#words[at + i] !== digest.readInt32LE(i * 4)) return false;
    return true;
  }

  #firstSlot(key: Buffer): number {
    return HEADER_WORDS + (key.readUInt32LE(0) % this.#buckets) * WAYS * SLOT_WORDS;
  }

  #find(key: Buffer): number | undefined {
    const first = this.#firstSlot(key);
    for (let at = first; at < first + WAYS * SLOT_WORDS; at += SLOT_WORDS)
      if (this.#word(at + STATE) !== EMPTY && this.#is(at, key)) return at;
    return undefined;
  }

  /** An empty or expired slot of the key's bucket, else that of its oldest reply; none where all are under way. */
  #spare(key: Buffer, nowMs: number): number | undefined {
    const first = this.#firstSlot(key);
    let oldest: number | undefined;
    for (let at = first; at < first + WAYS * SLOT_WORDS; at += SLOT_WORDS) {
      const state = this.#word(at + STATE);
      if (state === EMPTY || (state === KEPT && this.#cell(at, EXPIRES) <= nowMs)) return at;
      if (state === KEPT && (oldest === undefined || this.#cell(at, BEGUN) < this.#cell(oldest, BEGUN))) oldest = at;
    }
    return oldest;
  }

  #claim(at: number | undefined, { key, request }: KeptKey, nowMs: number): Beginning {
    if (at === undefined) return { kind: 'full' };
    this.#words[at + STATE] = EMPTY;
    for (let i = 0; i < 4; i++) {
      this.#words[at + i] = key.readInt32LE(i * 4);
      this.#words[at + REQUEST + i] = request.readInt32LE(i * 4);
    }
    this.#setCell(at, BEGUN, nowMs);
    this.#words[at + STATE] = UNDER_WAY + this.#owner;
    return { kind: 'begun' };
  }

  /** In one piece: what would go over the end of the ring begins at its start. */
  #write(at: number, reply: Buffer): void {
    const written = this.#cells[WRITTEN] ?? 0;
    const left = this.#ring.length - (written % this.#ring.length);
    const position = reply.length > left ? written + left : written;
    // First, so that what is overwritten is not there any more even if this thread dies here.
    this.#cells[WRITTEN] = position + Math.ceil(reply.length / BLOCK_BYTES) * BLOCK_BYTES;
    this.#ring.set(reply, position % this.#ring.length);
    this.#setCell(at, POSITION, position);
    this.#words[at + LENGTH] = reply.length;
  }

  #replyOf(at: number): Buffer | undefined {
    const length = this.#word(at + LENGTH);
    const position = this.#cell(at, POSITION);
    if (length === LOST || (this.#cells[WRITTEN] ?? 0) - position > this.#ring.length) return undefined;
    const start = position % this.#ring.length;
    return Buffer.from(this.#ring.subarray(start, start + length));
  }
}
