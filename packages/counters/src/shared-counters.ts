import type { Hash64 } from '@gatehouse/kernel';
import { BucketLock } from './bucket-lock.ts';
import { quotaCount, restoreQuota, takeCalendarQuota, type QuotaCount } from './calendar-quota.ts';
import type { Ask } from './cells.ts';
import { EVICTIONS, lockIndex, QUOTA_EVICTIONS, TAKEOVERS, WAYS, type CounterMemory } from './counter-memory.ts';
import { CounterTable, KINDS, quotaKind, type Wanted } from './counter-table.ts';
import type { Algorithm, Counters, Limit, Quota, Verdict, WindowLimit } from './counters.ts';
import { takeGcra } from './gcra.ts';
import { quotaPeriod } from './period.ts';
import { adjustSlidingWindow, askSlidingWindow, takeSlidingWindow } from './sliding-window.ts';

/** What a quota had counted, as plain JSON. */
export interface QuotaRow extends QuotaCount {
  /** Halves of the key's hash. */
  readonly high: number;
  readonly low: number;
}

export interface CounterStats {
  readonly slots: number;
  /** Live limits that were forgotten because their bucket was full: their callers start anew. */
  readonly evictions: number;
  /** The same for quotas; anything but 0 means that the memory is too small. */
  readonly quotaEvictions: number;
  /** Locks taken from threads that died while they held them. */
  readonly takeovers: number;
}

export interface SharedCounters extends Counters {
  stats(): CounterStats;
  /** Frees what a thread held that has ended, so that nobody waits for it; before another gets its number. */
  ownerDied(owner: number): void;
  /** Every quota that has counted something, for the disk. */
  exportQuotas(): QuotaRow[];
  /** Brings back the counts that belong to the present period; a count never falls, so doing it twice changes nothing. */
  importQuotas(rows: readonly QuotaRow[], nowMs: number): void;
}

/** Opens the shared memory in this thread. `owner` is the thread's number, below `THREADS_MAX`, and nobody else's meanwhile. */
export function openCounters(memory: CounterMemory, owner: number): SharedCounters {
  return new MemoryCounters(memory, owner);
}

/** One step over the slot that is asked for, with its bucket locked. */
type Step<Rule, Result> = (cells: Float64Array, at: number, ask: Ask<Rule>) => Result;

interface Call<Rule> extends Ask<Rule>, Wanted {}

const TAKE: Readonly<Record<Algorithm, Step<Limit, Verdict>>> = {
  'sliding-window': takeSlidingWindow,
  gcra: takeGcra,
};

class MemoryCounters implements SharedCounters {
  readonly #table: CounterTable;
  readonly #lock: BucketLock;

  constructor(memory: CounterMemory, owner: number) {
    this.#table = new CounterTable(memory);
    this.#lock = new BucketLock(this.#table.ints, { owner, takeoversAt: TAKEOVERS });
  }

  take(key: Hash64, cost: number, limit: Limit, nowMs: number): Verdict {
    return this.#run(TAKE[limit.algorithm], { key, kind: KINDS[limit.algorithm], cost, rule: limit, nowMs });
  }

  ask(key: Hash64, cost: number, limit: WindowLimit, nowMs: number): Verdict {
    return this.#run(askSlidingWindow, { key, kind: KINDS[limit.algorithm], cost, rule: limit, nowMs });
  }

  adjust(key: Hash64, units: number, limit: WindowLimit, nowMs: number): void {
    this.#run(adjustSlidingWindow, { key, kind: KINDS[limit.algorithm], cost: units, rule: limit, nowMs });
  }

  takeQuota(key: Hash64, cost: number, quota: Quota, nowMs: number): Verdict {
    return this.#run(takeCalendarQuota, { key, kind: KINDS[quota.per], cost, rule: quota, nowMs });
  }

  stats(): CounterStats {
    const { ints, buckets } = this.#table;
    return {
      slots: buckets * WAYS,
      evictions: Atomics.load(ints, EVICTIONS),
      quotaEvictions: Atomics.load(ints, QUOTA_EVICTIONS),
      takeovers: Atomics.load(ints, TAKEOVERS),
    };
  }

  ownerDied(owner: number): void {
    for (let bucket = 0; bucket < this.#table.buckets; bucket++) this.#lock.freeOf(lockIndex(bucket), owner);
  }

  exportQuotas(): QuotaRow[] {
    const rows: QuotaRow[] = [];
    for (let bucket = 0; bucket < this.#table.buckets; bucket++) this.#exportBucket(bucket, rows);
    return rows;
  }

  importQuotas(rows: readonly QuotaRow[], nowMs: number): void {
    for (const { high, low, per, periodStartMs, count } of rows) {
      if (quotaPeriod(per, nowMs).startMs !== periodStartMs) continue;
      this.#run(restoreQuota, { key: { high, low }, kind: KINDS[per], cost: count, rule: per, nowMs });
    }
  }

  #run<Rule, Result>(step: Step<Rule, Result>, call: Call<Rule>): Result {
    const bucket = this.#table.bucketOf(call.key);
    const lock = lockIndex(bucket);
    const held = this.#lock.acquire(lock);
    try {
      return step(this.#table.cells, this.#table.slotFor(bucket, call), call);
    } finally {
      this.#lock.release(lock, held);
    }
  }

  #exportBucket(bucket: number, rows: QuotaRow[]): void {
    const lock = lockIndex(bucket);
    const held = this.#lock.acquire(lock);
    try {
      for (const { high, low, kind, at } of this.#table.occupied(bucket)) {
        const per = quotaKind(kind);
        if (per === undefined) continue;
        const counted = quotaCount(this.#table.cells, at, per);
        if (counted.count > 0) rows.push({ high, low, ...counted });
      }
    } finally {
      this.#lock.release(lock, held);
    }
  }
}
