import { BucketLock } from '../bucket-lock.ts';
import { COMMITTED, FULL, GIVEN_UP, LAST_FILE, TAKEOVERS, WAYS, type BudgetMemory } from './budget-memory.ts';
import type { BudgetPlace } from './budget-place.ts';
import { BudgetTable, NONE } from './budget-table.ts';

/** The largest amount there is: beyond it numbers are not exact. */
export const MICROS_MAX = 2 ** 53;

/** What stands in an account. */
export interface Standing {
  /** Spent and reserved. */
  readonly committed: number;
  readonly reserved: number;
}

export interface Take {
  readonly micros: number;
  readonly limitMicros: number;
  readonly nowMs: number;
}

export interface Settlement {
  /** What was reserved for it and is not any more. */
  readonly held: number;
  readonly spent: number;
}

export interface BudgetStats {
  readonly slots: number;
  /** How often there was no slot; anything but 0 means that the memory is too small. */
  readonly full: number;
  /** Slots lost to threads that died while they made one. */
  readonly givenUp: number;
  /** Locks taken from threads that died while they held them. */
  readonly takeovers: number;
}

/** An argument so that tests can do without: accounts must be exact though a lock was lost. */
type Lock = Pick<BucketLock, 'acquire' | 'release'>;

const NOTHING: Standing = { committed: 0, reserved: 0 };

/**
 * One thread's way to the shared accounts. What an account has committed changes in one atomic step, and all else only
 * says how much of it is reserved and by whom. So a thread that dies anywhere, or stands still until its lock is taken
 * over, makes no account hold less than it must; what a dead thread had reserved is spent as soon as nobody claims it.
 */
export class BudgetAccounts {
  readonly #table: BudgetTable;
  readonly #lock: Lock;
  readonly #owner: number;

  constructor(memory: BudgetMemory, owner: number, lock?: Lock) {
    if (!(owner < memory.owners)) throw new RangeError(`owner ${owner} is not in 0 to ${memory.owners - 1}`);
    this.#table = new BudgetTable(memory);
    this.#lock = lock ?? new BucketLock(this.#table.ints, { owner, takeoversAt: TAKEOVERS, patienceSteps: 50 });
    this.#owner = owner;
  }

  /** Reserves when it fits. Undefined when there is no slot. */
  take(place: BudgetPlace, { micros, limitMicros, nowMs }: Take): (Standing & { readonly fits: boolean }) | undefined {
    const bucket = this.#table.bucketOf(place);
    const held = this.#lock.acquire(this.#table.lockAt(bucket));
    try {
      const slot = this.#table.findOrMake(bucket, place, { held, nowMs });
      if (slot === NONE) return undefined;
      const fits = this.#commit(slot, micros, limitMicros);
      if (fits) this.#reserve(slot, micros);
      return { fits, ...this.#standing(slot) };
    } finally {
      this.#lock.release(this.#table.lockAt(bucket), held);
    }
  }

  /** In this order, so that a thread that dies in between has settled, and its slot stays until it has. */
  settle(place: BudgetPlace, change: Settlement): void {
    const bucket = this.#table.bucketOf(place);
    const held = this.#lock.acquire(this.#table.lockAt(bucket));
    try {
      const slot = this.#table.findOrMake(bucket, place, { held, nowMs: 0 });
      if (slot === NONE) return;
      const by = change.spent - change.held;
      const full = Number(Atomics.load(this.#table.committed, slot + COMMITTED)) >= MICROS_MAX;
      if (by < 0 || !full) Atomics.add(this.#table.committed, slot + COMMITTED, BigInt(by));
      this.#reserve(slot, -change.held);
    } finally {
      this.#lock.release(this.#table.lockAt(bucket), held);
    }
  }

  look(place: BudgetPlace): Standing {
    const bucket = this.#table.bucketOf(place);
    const held = this.#lock.acquire(this.#table.lockAt(bucket));
    try {
      const slot = this.#table.find(bucket, place);
      return slot === NONE ? NOTHING : this.#standing(slot);
    } finally {
      this.#lock.release(this.#table.lockAt(bucket), held);
    }
  }

  /** Raises an account to `micros`. False when there is no slot. */
  restore(place: BudgetPlace, micros: number): boolean {
    const { committed } = this.look(place);
    const taken = this.take(place, { micros: 0, limitMicros: MICROS_MAX, nowMs: 0 });
    this.settle(place, { held: 0, spent: Math.max(0, micros - committed) });
    return taken !== undefined;
  }

  /** Counts as spent what a dead thread had reserved, and says how much that was. Only that thread wrote those cells. */
  settleDead(owner: number): number {
    let micros = 0;
    for (let bucket = 0; bucket < this.#table.buckets; bucket++) {
      for (const slot of this.#table.occupied(bucket)) {
        micros += this.#table.reservedBy(slot, owner);
        this.#table.setReserved(slot, owner, 0);
      }
    }
    return micros;
  }

  stats(): BudgetStats {
    const count = (at: number): number => Atomics.load(this.#table.ints, at);
    const slots = this.#table.buckets * WAYS;
    return { slots, full: count(FULL), givenUp: count(GIVEN_UP), takeovers: count(TAKEOVERS) };
  }

  /** Numbers of journal files must be above all that were ever used. */
  continueFilesAfter(number: number): void {
    Atomics.store(this.#table.ints, LAST_FILE, number);
  }

  #commit(slot: number, micros: number, limitMicros: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#table.committed, slot + COMMITTED);
      const committed = Number(seen);
      if (micros > limitMicros - committed) return false; // a sum could be rounded
      const next = BigInt(committed + micros);
      if (Atomics.compareExchange(this.#table.committed, slot + COMMITTED, seen, next) === seen) return true;
    }
  }

  #reserve(slot: number, micros: number): void {
    if (micros !== 0) this.#table.setReserved(slot, this.#owner, this.#table.reservedBy(slot, this.#owner) + micros);
  }

  #standing(slot: number): Standing {
    const committed = Number(Atomics.load(this.#table.committed, slot + COMMITTED));
    return { committed, reserved: this.#table.reserved(slot) };
  }
}
