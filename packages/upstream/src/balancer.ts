import type { Endpoint } from './endpoint.ts';
import type { Outcome } from './outcome.ts';

export interface PickHint {
  /** Requests with the same key go to the same endpoint under `consistent-hash`; others ignore it. */
  readonly hashKey?: string | undefined;
  /** Monotonic. */
  readonly nowMs: number;
}

/** Pure and synchronous. `ready` is already filtered by health and has only positive weights; in-flight counts are the caller's. */
export interface Balancer {
  /** One of `ready`; undefined only when there is none. */
  pick(ready: readonly Endpoint[], hint: PickHint): Endpoint | undefined;
  /** Hears of every outcome that its estimates may want. */
  observe?(endpoint: Endpoint, outcome: Outcome): void;
}

/** Fractions in [0, 1). */
export type Random = () => number;
