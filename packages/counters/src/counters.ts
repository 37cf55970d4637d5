import type { Hash64 } from '@gatehouse/kernel';

export type Algorithm = 'sliding-window' | 'gcra';

export interface Limit {
  /** Calls (or cost units) per window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly algorithm: Algorithm;
}

export interface Verdict {
  readonly allowed: boolean;
  /** Units left right after this call. */
  readonly remaining: number;
  /** ms until at least one more unit is free when refused, until the limit is whole again when allowed. */
  readonly resetMs: number;
}

/**
 * Counts that every thread of the process shares. `take` decides and counts in one atomic step:
 * with n units left, exactly n of any number of concurrent takes are allowed. A refused take costs nothing.
 */
export interface Counters {
  take(key: Hash64, cost: number, limit: Limit, nowMs: number): Verdict;
}
