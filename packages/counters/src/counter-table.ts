import type { Hash64 } from '@gatehouse/kernel';
import { cell, EXPIRES, SLOT_CELLS, TOUCHED } from './cells.ts';
import {
  cellIndex,
  EVICTIONS,
  HIGH,
  KIND,
  lockIndex,
  LOW,
  QUOTA_EVICTIONS,
  WAYS,
  type CounterMemory,
} from './counter-memory.ts';
import type { Algorithm, QuotaPeriod } from './counters.ts';

/** What a slot counts is part of its identity: another algorithm under the same key is another counter. */
export const KINDS = {
  'sliding-window': 1,
  gcra: 2,
  hour: 3,
  day: 4,
  week: 5,
  month: 6,
  year: 7,
} as const satisfies Readonly<Record<Algorithm | QuotaPeriod, number>>;

/** Places that are held; see `leases.ts`. */
export const LEASE = 8;
const EMPTY = 0;
const QUOTA_PERIODS: readonly QuotaPeriod[] = ['hour', 'day', 'week', 'month', 'year'];

/** The period that a slot of this kind counts; undefined when it is no quota. */
export function quotaKind(kind: number): QuotaPeriod | undefined {
  return QUOTA_PERIODS.find((per) => KINDS[per] === kind);
}

export interface Wanted {
  readonly key: Hash64;
  readonly kind: number;
  readonly nowMs: number;
}

/** A slot and what it counts. */
export interface Occupied {
  readonly high: number;
  readonly low: number;
  readonly kind: number;
  readonly at: number;
}

/**
 * A hash table in shared memory, as buckets of 16 slots. Everything that concerns a bucket happens under its lock.
 * Buckets rather than a probe across slots with locks of their own: two threads that insert the same key must meet at
 * one lock, or the key would be counted in two slots.
 */
export class CounterTable {
  readonly ints: Int32Array;
  readonly cells: Float64Array;
  readonly buckets: number;

  constructor(memory: CounterMemory) {
    this.ints = new Int32Array(memory.buffer);
    this.cells = new Float64Array(memory.buffer);
    this.buckets = memory.buckets;
  }

  bucketOf(key: Hash64): number {
    return (key.high >>> 0) % this.buckets;
  }

  /** First cell of the slot for `wanted`, which is made when there is none. */
  slotFor(bucket: number, wanted: Wanted): number {
    return this.find(bucket, wanted) ?? this.#claim(bucket, wanted);
  }

  /** The same where there is one. */
  find(bucket: number, wanted: Omit<Wanted, 'nowMs'>): number | undefined {
    const tags = lockIndex(bucket);
    for (let way = 0; way < WAYS; way++) {
      if (
        this.ints[tags + LOW + way] === wanted.key.low &&
        this.ints[tags + HIGH + way] === wanted.key.high &&
        this.ints[tags + KIND + way] === wanted.kind
      )
        return cellIndex(bucket, way);
    }
    return undefined;
  }

  *occupied(bucket: number): Generator<Occupied> {
    const tags = lockIndex(bucket);
    for (let way = 0; way < WAYS; way++) {
      const kind = this.#tag(tags + KIND + way);
      if (kind === EMPTY) continue;
      const [high, low] = [this.#tag(tags + HIGH + way), this.#tag(tags + LOW + way)];
      yield { high, low, kind, at: cellIndex(bucket, way) };
    }
  }

  #tag(index: number): number {
    return this.ints[index] ?? EMPTY;
  }

  /** The kind is written last and taken away first, so that a thread which dies in between leaves an empty slot. */
  #claim(bucket: number, wanted: Wanted): number {
    const way = this.#spare(bucket, wanted.nowMs);
    const tags = lockIndex(bucket);
    const at = cellIndex(bucket, way);
    this.ints[tags + KIND + way] = EMPTY;
    this.cells.fill(0, at, at + SLOT_CELLS);
    this.ints[tags + HIGH + way] = wanted.key.high;
    this.ints[tags + LOW + way] = wanted.key.low;
    this.ints[tags + KIND + way] = wanted.kind;
    return at;
  }

  /** An empty or expired slot, or the one that can be missed most. */
  #spare(bucket: number, nowMs: number): number {
    const tags = lockIndex(bucket);
    let best = 0;
    let bestRank = -Infinity;
    for (let way = 0; way < WAYS; way++) {
      const kind = this.#tag(tags + KIND + way);
      const at = cellIndex(bucket, way);
      if (kind === EMPTY || cell(this.cells, at + EXPIRES) <= nowMs) return way;
      const rank = evictionRank(kind, nowMs - cell(this.cells, at + TOUCHED));
      if (rank > bestRank) [best, bestRank] = [way, rank];
    }
    const evicted = isMissed(this.#tag(tags + KIND + best)) ? QUOTA_EVICTIONS : EVICTIONS;
    Atomics.add(this.ints, evicted, 1);
    return best;
  }
}

/**
 * Idle longest goes first, but a quota, which may stand for a month of calls, or a lease, which stands for calls under
 * way, only when there is nothing else.
 */
function evictionRank(kind: number, idleMs: number): number {
  return isMissed(kind) ? idleMs - Number.MAX_SAFE_INTEGER : idleMs;
}

function isMissed(kind: number): boolean {
  return kind === LEASE || quotaKind(kind) !== undefined;
}
