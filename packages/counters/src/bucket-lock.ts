import { THREADS_MAX } from '@gatehouse/kernel';

/** Low bits of a lock word: who holds it, plus one; 0 when free. The bits above count acquisitions. */
const OWNER_MASK = THREADS_MAX;
const NEXT_TURN = OWNER_MASK + 1;

/** A section is a few dozen reads and writes, so its end is near unless the system took the holder off its core. */
const SPINS = 64;
/**
 * A thread that was terminated inside a section never lets go: who learns of its end frees its locks. Should nobody,
 * a lock is taken over after so many steps of 1 ms, more than the system keeps a living thread off its core.
 */
const PATIENCE_STEPS = 5000;
const STEP_MS = 1;

export interface BucketLockOptions {
  /** Number of this thread, below `THREADS_MAX`. */
  readonly owner: number;
  /** Index of the counter of take-overs. */
  readonly takeoversAt: number;
  /** Of 1 ms each, before a lock is taken over whose holder has not moved. */
  readonly patienceSteps?: number;
}

/**
 * Spin locks on words of shared memory. Every acquisition changes the word, so that a waiter can tell one holder who
 * never lets go from many who come and go, and a holder who was thought dead cannot release what is not its own any more.
 * Nobody is notified on release: that would cost every caller more than the rare waiter's 1 ms.
 */
export class BucketLock {
  readonly #words: Int32Array;
  readonly #holder: number;
  readonly #takeoversAt: number;
  readonly #patienceSteps: number;

  constructor(words: Int32Array, options: BucketLockOptions) {
    if (!Number.isInteger(options.owner) || options.owner < 0 || options.owner >= OWNER_MASK)
      throw new RangeError(`owner ${options.owner} is not in 0 to ${OWNER_MASK - 1}`);
    this.#words = words;
    this.#holder = options.owner + 1;
    this.#takeoversAt = options.takeoversAt;
    this.#patienceSteps = options.patienceSteps ?? PATIENCE_STEPS;
  }

  /** Waits until the word at `at` is ours and returns it, for `release`. */
  acquire(at: number): number {
    const seen = Atomics.load(this.#words, at);
    const mine = this.#turnAfter(seen);
    if ((seen & OWNER_MASK) === 0 && Atomics.compareExchange(this.#words, at, seen, mine) === seen) return mine;
    return this.#acquireSlowly(at);
  }

  release(at: number, held: number): void {
    Atomics.compareExchange(this.#words, at, held, held & ~OWNER_MASK);
  }

  /** Frees the word at `at` if it is held by a thread that has ended; says whether it was. */
  freeOf(at: number, owner: number): boolean {
    const seen = Atomics.load(this.#words, at);
    if ((seen & OWNER_MASK) !== owner + 1) return false;
    return Atomics.compareExchange(this.#words, at, seen, seen & ~OWNER_MASK) === seen;
  }

  #turnAfter(word: number): number {
    return ((word & ~OWNER_MASK) + NEXT_TURN) | this.#holder;
  }

  #acquireSlowly(at: number): number {
    let watched = Atomics.load(this.#words, at);
    let steps = 0;
    for (let tries = 0; ; tries++) {
      const seen = Atomics.load(this.#words, at);
      const free = (seen & OWNER_MASK) === 0;
      if (seen !== watched) steps = 0;
      watched = seen;
      if (free || steps >= this.#patienceSteps) {
        const mine = this.#turnAfter(seen);
        if (Atomics.compareExchange(this.#words, at, seen, mine) !== seen) continue;
        if (!free) Atomics.add(this.#words, this.#takeoversAt, 1);
        return mine;
      }
      if (tries < SPINS) Atomics.pause();
      else if (Atomics.wait(this.#words, at, seen, STEP_MS) === 'timed-out') steps++;
    }
  }
}
