import type { Hash64 } from '@gatehouse/kernel';
import { BucketLock } from './bucket-lock.ts';
import {
  adjustCalendarQuota,
  askCalendarQuota,
  quotaCount,
  restoreQuota,
  takeCalendarQuota,
  type QuotaCount,
} from './calendar-quota.ts';
import type { Ask } from './cells.ts';
import {
  EVICTIONS,
  lockIndex,
  QUOTA_EVICTIONS,
  TAKEOVERS,
  turnIndex,
  WAYS,
  type CounterMemory,
} from './counter-memory.ts';
import { CounterTable, KINDS, LEASE, quotaKind, type Wanted } from './counter-table.ts';
import type { Algorithm, Counters, Leasing, Limit, Quota, Take, TakingAll, Verdict, WindowLimit } from './counters.ts';
import { askGcra, takeGcra } from './gcra.ts';
import { dropLeasesOf, releaseLease, takeLease } from './leases.ts';
import { calendarPeriod } from '@gatehouse/kernel';
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
  /** Frees the locks and leases of a thread that has ended, so that nobody waits for it; before another gets its number. */
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

const ASK: Readonly<Record<Algorithm, Step<Limit, Verdict>>> = {
  'sliding-window': askSlidingWindow,
  gcra: askGcra,
};

function kindOf(rule: Limit | Quota): number {
  return KINDS['per' in rule ? rule.per : rule.algorithm];
}

class MemoryCounters implements SharedCounters {
  readonly #owner: number;
  readonly #table: CounterTable;
  readonly #lock: BucketLock;

  constructor(memory: CounterMemory, owner: number) {
    this.#owner = owner;
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

  adjustQuota(key: Hash64, units: number, quota: Quota, nowMs: number): void {
    this.#run(adjustCalendarQuota, { key, kind: KINDS[quota.per], cost: units, rule: quota, nowMs });
  }

  takeAll(takes: readonly Take[], nowMs: number): TakingAll {
    const locks = this.#acquireAll(takes);
    try {
      const asked = takes.map((take) => this.#weigh(take, nowMs, false));
      if (asked.every((verdict) => verdict.allowed)) {
        // Each is looked up anew: where a bucket is full, one of them may have taken the slot of another.
        const verdicts = takes.map((take) => this.#weigh(take, nowMs, true));
        return { allowed: true, verdicts };
      }
      const untaken = (verdict: Verdict, index: number): Verdict =>
        verdict.allowed ? { ...verdict, remaining: verdict.remaining + (takes[index]?.cost ?? 0) } : verdict;
      return { allowed: false, verdicts: asked.map(untaken) };
    } finally {
      for (const [at, held] of locks) this.#lock.release(at, held);
    }
  }

  /** In the order of their places, as every thread does, so that no two wait for each other. */
  #acquireAll(takes: readonly Take[]): readonly (readonly [at: number, held: number])[] {
    const places = new Set(takes.map(({ key }) => lockIndex(this.#table.bucketOf(key))));
    return [...places].toSorted((a, b) => a - b).map((at) => [at, this.#lock.acquire(at)]);
  }

  /** With the bucket locked. */
  #weigh({ key, cost, rule }: Take, nowMs: number, taking: boolean): Verdict {
    const { cells } = this.#table;
    const at = this.#table.slotFor(this.#table.bucketOf(key), { key, kind: kindOf(rule), nowMs });
    if ('per' in rule) return (taking ? takeCalendarQuota : askCalendarQuota)(cells, at, { cost, rule, nowMs });
    return (taking ? TAKE : ASK)[rule.algorithm](cells, at, { cost, rule, nowMs });
  }

  lease(key: Hash64, limit: number, nowMs: number): Leasing {
    const rule = { limit, owner: this.#owner };
    return this.#run((_cells, at, ask) => takeLease(this.#table, at, ask), { key, kind: LEASE, cost: 1, rule, nowMs });
  }

  release(key: Hash64): void {
    const bucket = this.#table.bucketOf(key);
    const lock = lockIndex(bucket);
    const held = this.#lock.acquire(lock);
    try {
      const at = this.#table.find(bucket, { key, kind: LEASE });
      if (at !== undefined) releaseLease(this.#table, at, this.#owner);
    } finally {
      this.#lock.release(lock, held);
    }
    this.#wake(bucket);
  }

  releases(key: Hash64): number {
    return Atomics.load(this.#table.ints, turnIndex(this.#table.bucketOf(key)));
  }

  async whenReleased(key: Hash64, seen: number, timeoutMs: number): Promise<unknown> {
    return Atomics.waitAsync(this.#table.ints, turnIndex(this.#table.bucketOf(key)), seen, timeoutMs).value;
  }

  #wake(bucket: number): void {
    Atomics.add(this.#table.ints, turnIndex(bucket), 1);
    Atomics.notify(this.#table.ints, turnIndex(bucket));
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
    for (let bucket = 0; bucket < this.#table.buckets; bucket++) {
      this.#lock.freeOf(lockIndex(bucket), owner);
      this.#dropLeases(bucket, owner);
    }
  }

  #dropLeases(bucket: number, owner: number): void {
    const leases = [...this.#table.occupied(bucket)].filter(({ kind }) => kind === LEASE);
    if (leases.length === 0) return;
    const held = this.#lock.acquire(lockIndex(bucket));
    // Looked for again: what was read without the lock may have become something else.
    for (const { high, low } of leases) {
      const at = this.#table.find(bucket, { key: { high, low }, kind: LEASE });
      if (at !== undefined) dropLeasesOf(this.#table, at, owner);
    }
    this.#lock.release(lockIndex(bucket), held);
    this.#wake(bucket);
  }

  exportQuotas(): QuotaRow[] {
    const rows: QuotaRow[] = [];
    for (let bucket = 0; bucket < this.#table.buckets; bucket++) this.#exportBucket(bucket, rows);
    return rows;
  }

  importQuotas(rows: readonly QuotaRow[], nowMs: number): void {
    for (const { high, low, per, periodStartMs, count } of rows) {
      if (calendarPeriod(per, nowMs).startMs !== periodStartMs) continue;
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
