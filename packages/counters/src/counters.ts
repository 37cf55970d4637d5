import type { Hash64 } from '@gatehouse/kernel';

export type Algorithm = 'sliding-window' | 'gcra';

export interface Limit {
  /** Calls (or cost units) per window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly algorithm: Algorithm;
}

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
  takeQuota(key: Hash64, cost: number, quota: Quota, nowMs: number): Verdict;
}
