import { BucketLock } from '@gatehouse/counters';
import { hash64, type Hash64 } from '@gatehouse/kernel';
import { FLIGHT_HEAD_WORDS, FLIGHT_WORDS, FLIGHTS, type CacheMemory } from '../cache-memory.ts';

export type Flight =
  /** Ask, and say when it is over. */
  | { readonly kind: 'lead'; readonly ticket: Ticket }
  /** Somebody is asking; resolves when that is over, or has taken long enough. */
  | { readonly kind: 'wait'; readonly over: Promise<void> }
  /** Ask by yourself: what comes of it is not for sharing, or there are too many at once. */
  | { readonly kind: 'alone' };

export interface Ticket {
  readonly slot: number;
  readonly number: number;
}

const LOCK = 0;
const TAKEOVERS = 1;
const NUMBERS = 2;

/** Words of a slot; the time is a 64-bit cell of the last two. */
const HIGH = 0;
const LOW = 1;
/** 0 when nobody asks, else the thread's number plus one. */
const OWNER = 2;
const NUMBER = 3;
/** Changes when a flight is over: what waiters wait on. */
const TURN = 4;
const TIME = 3;

/** Slots that a key may stand in. */
const PROBES = 8;
/** Who asks for longer than this no longer keeps others from asking. */
const AGE_MS_MAX = 5_000;

/** Who is asking for what, over all workers: of many callers who want the same at once, one asks. */
export class Flights {
  readonly #owner: number;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  readonly #lock: BucketLock;

  constructor({ flights }: CacheMemory, owner: number) {
    this.#owner = owner;
    this.#words = new Int32Array(flights);
    this.#cells = new Float64Array(flights);
    this.#lock = new BucketLock(this.#words, { owner, takeoversAt: TAKEOVERS });
  }

  /** `nowMs` of the wall clock, which all threads share. */
  begin(key: string, nowMs: number, waitMsMax: number): Flight {
    const hash = hash64(key);
    return this.#locked((): Flight => {
      const known = this.#find(hash);
      if (known === undefined) {
        const spare = this.#spare(hash, nowMs);
        return spare === undefined ? { kind: 'alone' } : this.#lead(spare, hash, nowMs);
      }
      const timeMs = this.#timeOf(known);
      if (this.#word(known + OWNER) === 0) return nowMs < timeMs ? { kind: 'alone' } : this.#lead(known, hash, nowMs);
      if (nowMs - timeMs > AGE_MS_MAX) return this.#lead(known, hash, nowMs);
      return { kind: 'wait', over: this.#turn(known, Math.min(waitMsMax, AGE_MS_MAX)) };
    });
  }

  #lead(slot: number, { high, low }: Hash64, nowMs: number): Flight {
    // Whoever waits here still waits for another key, or for a leader that was too slow.
    if (this.#word(slot + OWNER) !== 0 && !this.#isOf(slot, { high, low })) this.#free(slot, 0);
    const number = (this.#words[NUMBERS] = (this.#word(NUMBERS) + 1) | 0);
    this.#words[slot + HIGH] = high;
    this.#words[slot + LOW] = low;
    this.#words[slot + NUMBER] = number;
    this.#cells[slot / 2 + TIME] = nowMs;
    this.#words[slot + OWNER] = this.#owner + 1;
    return { kind: 'lead', ticket: { slot, number } };
  }

  async #turn(slot: number, waitMs: number): Promise<void> {
    const wait = Atomics.waitAsync(this.#words, slot + TURN, this.#word(slot + TURN), waitMs);
    if (wait.async) await wait.value;
  }

  /**
   * It is over. Until `aloneUntilMs` others ask by themselves at once: what cannot be shared must not make them wait
   * for each other.
   */
  end({ slot, number }: Ticket, aloneUntilMs = 0): void {
    this.#locked(() => {
      if (this.#word(slot + NUMBER) !== number || this.#word(slot + OWNER) !== this.#owner + 1) return;
      this.#free(slot, aloneUntilMs);
    });
  }

  #free(slot: number, aloneUntilMs: number): void {
    this.#cells[slot / 2 + TIME] = aloneUntilMs;
    this.#words[slot + OWNER] = 0;
    Atomics.add(this.#words, slot + TURN, 1);
    Atomics.notify(this.#words, slot + TURN);
  }

  ownerDied(owner: number): void {
    this.#lock.freeOf(LOCK, owner);
    this.#locked(() => {
      for (let index = 0; index < FLIGHTS; index++) {
        const slot = FLIGHT_HEAD_WORDS + index * FLIGHT_WORDS;
        if (this.#word(slot + OWNER) === owner + 1) this.#free(slot, 0);
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

  #timeOf(slot: number): number {
    return this.#cells[slot / 2 + TIME] ?? 0;
  }

  #slotAt({ low }: Hash64, probe: number): number {
    return FLIGHT_HEAD_WORDS + (((low >>> 0) + probe) % FLIGHTS) * FLIGHT_WORDS;
  }

  #find(hash: Hash64): number | undefined {
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = this.#slotAt(hash, probe);
      if (this.#isOf(slot, hash)) return slot;
    }
    return undefined;
  }

  #isOf(slot: number, { high, low }: Hash64): boolean {
    return this.#word(slot + HIGH) === high && this.#word(slot + LOW) === low;
  }

  /** One that nobody is asking in or only for too long; best one that keeps nobody alone. */
  #spare(hash: Hash64, nowMs: number): number | undefined {
    let alone: number | undefined;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = this.#slotAt(hash, probe);
      const asking = this.#word(slot + OWNER) !== 0;
      if (asking && nowMs - this.#timeOf(slot) <= AGE_MS_MAX) continue;
      if (!asking && this.#timeOf(slot) <= nowMs) return slot;
      alone ??= slot;
    }
    return alone;
  }
}
