import type { ApiKeyLimitSpec } from '@gatehouse/config';

/** What a call needs of a key. */
export interface KeyNeed {
  readonly tokens: number;
  /** Monotonic ms. */
  readonly nowMs: number;
}

/**
 * What one key was used for in the last window of its limits. Whoever shares the key counts with the same numbers: what
 * `readyAtMs` has seen another may have taken when `take` asks for it.
 */
export interface KeyMeter {
  /** When the limits let such a call pass; now or before when they do already. */
  readyAtMs(limits: ApiKeyLimitSpec, need: KeyNeed): number;
  /** Counts the call if there is room for it. */
  take(limits: ApiKeyLimitSpec, need: KeyNeed): boolean;
  /** A call used so many tokens more than were taken for it; beyond the limit too, for they are used. */
  takeMore(limits: ApiKeyLimitSpec, more: KeyNeed): void;
  /** What was `taken` was not sent, and that is known now. */
  giveBack(limits: ApiKeyLimitSpec, taken: KeyNeed, nowMs: number): void;
}

/** What keys are counted with; `identity` is the key's, whatever the providers are called that use it. */
export type KeyMeterOf = (identity: string, windowMs: number) => KeyMeter;
