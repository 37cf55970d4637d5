import type { Hash64 } from '@gatehouse/kernel';

export type Algorithm = 'sliding-window' | 'gcra';

export interface Limit {
  /** Calls (or cost units) per window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly algorithm: Algorithm;
}

/** A limit that can be asked and corrected as well. */
export type WindowLimit = Limit & { readonly algorithm: 'sliding-window' };

export type QuotaPeriod = 'hour' | 'day' | 'week' | 'month' | 'year';

/** So many units per calendar period in UTC; weeks start on Monday. */
export interface Quota {
  readonly limit: number;
  readonly per: QuotaPeriod;
}

export interface Verdict {
  readonly allowed: boolean;
  /** Units left right after this call. */
  readonly remaining: number;
  /** ms until at least one more unit is free when refused, until the limit is whole again when allowed. */
  readonly resetMs: number;
  /**
   * ms until the same call could be allowed if nobody else called: 0 when allowed, Infinity when its cost is above the
   * limit. With a cost above one it is longer than `resetMs`, and it is what Retry-After has to say.
   */
  readonly retryMs: number;
}

/**
 * Counters that every thread of the process shares. A take decides and counts in one atomic step:
 * with n units left, exactly n of any number of concurrent takes are allowed. A refused take costs nothing;
 * a take of cost 0 asks without taking.
 */
export interface Counters {
  take(key: Hash64, cost: number, limit: Limit, nowMs: number): Verdict;
  /** What `take` would say, and nothing is taken. */
  ask(key: Hash64, cost: number, limit: WindowLimit, nowMs: number): Verdict;
  /**
   * Counts units that were used without having been taken, beyond the limit too; below 0, gives some back that were
   * taken and not used. What was counted longest ago goes first then, so that no window holds more than its limit.
   */
  adjust(key: Hash64, units: number, limit: WindowLimit, nowMs: number): void;
  takeQuota(key: Hash64, cost: number, quota: Quota, nowMs: number): Verdict;
}
