import type { CalendarUnit } from '@gatehouse/kernel';
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

export type QuotaPeriod = CalendarUnit;

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

/** One of several counts that are taken together. */
export interface Take {
  readonly key: Hash64;
  readonly cost: number;
  readonly rule: Limit | Quota;
}

export interface TakingAll {
  /** All were taken; else none was. */
  readonly allowed: boolean;
  /** In the order asked. Where another one refused, `remaining` says what is left without this call. */
  readonly verdicts: readonly Verdict[];
}

export interface Leasing {
  readonly allowed: boolean;
  /** By all threads together, this one included. */
  readonly held: number;
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
  /** As `adjust` does, in the period of `nowMs`. */
  adjustQuota(key: Hash64, units: number, quota: Quota, nowMs: number): void;
  /** All or nothing, in one atomic step. */
  takeAll(takes: readonly Take[], nowMs: number): TakingAll;
  /** One of `limit` places, until it is released or this thread dies. */
  lease(key: Hash64, limit: number, nowMs: number): Leasing;
  release(key: Hash64): void;
  /** Changes whenever a place of the key may have become free; for `whenReleased`. */
  releases(key: Hash64): number;
  /** Settles when `releases(key)` is no longer `seen`, or after so many ms. */
  whenReleased(key: Hash64, seen: number, timeoutMs: number): Promise<unknown>;
}
