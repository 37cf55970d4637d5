import type { ApiKeyLimitSpec } from '@gatehouse/config';
import { SlidingSum } from './sliding-sum.ts';

/** How many workers share what a key may do. */
export interface KeyShare {
  readonly limits: ApiKeyLimitSpec;
  readonly workers: number;
}

export interface KeyNeed {
  readonly tokens: number;
  readonly nowMs: number;
}

/** What one key was used for in the last window of its limits, in this worker. */
export class KeyUse {
  readonly #requests: SlidingSum;
  readonly #tokens: SlidingSum;

  constructor(windowMs: number) {
    this.#requests = new SlidingSum(windowMs);
    this.#tokens = new SlidingSum(windowMs);
  }

  take(tokens: number, nowMs: number): void {
    this.#requests.add(1, nowMs);
    this.#tokens.add(tokens, nowMs);
  }

  /** A call needed more than was taken for it. */
  takeMore(tokens: number, nowMs: number): void {
    if (tokens > 0) this.#tokens.add(tokens, nowMs);
  }

  /** When the limits let such a call pass; now or before when they do already. */
  readyAtMs({ limits: { requests, tokens }, workers }: KeyShare, need: KeyNeed): number {
    const { nowMs } = need;
    const byRequests = requests === undefined ? 0 : Math.max(1, requests / workers) - 1;
    const byTokens = tokens === undefined ? 0 : Math.max(1, tokens / workers);
    return Math.max(
      requests === undefined ? nowMs : this.#requests.downToAtMs(byRequests, nowMs),
      // A call that is larger than the limit alone passes alone.
      tokens === undefined ? nowMs : this.#tokens.downToAtMs(Math.max(0, byTokens - Math.max(1, need.tokens)), nowMs),
    );
  }
}
