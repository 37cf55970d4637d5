import type { ApiKeyLimitSpec } from '@gatehouse/config';
import type { KeyMeter, KeyNeed } from './key-meter.ts';
import { SlidingSum } from './sliding-sum.ts';

/** The meter of a key that nobody else uses. */
export class KeyUse implements KeyMeter {
  readonly #requests: SlidingSum;
  readonly #tokens: SlidingSum;

  constructor(windowMs: number) {
    this.#requests = new SlidingSum(windowMs);
    this.#tokens = new SlidingSum(windowMs);
  }

  readyAtMs({ requests, tokens }: ApiKeyLimitSpec, need: KeyNeed): number {
    const { nowMs } = need;
    return Math.max(
      requests === undefined ? nowMs : this.#requests.downToAtMs(requests - 1, nowMs),
      // A call that is larger than the limit alone passes alone.
      tokens === undefined ? nowMs : this.#tokens.downToAtMs(Math.max(0, tokens - sizeOf(need)), nowMs),
    );
  }

  take(limits: ApiKeyLimitSpec, need: KeyNeed): boolean {
    if (this.readyAtMs(limits, need) > need.nowMs) return false;
    this.#requests.add(1, need.nowMs);
    this.#tokens.add(sizeOf(need), need.nowMs);
    return true;
  }

  takeMore(_limits: ApiKeyLimitSpec, { tokens, nowMs }: KeyNeed): void {
    if (tokens > 0) this.#tokens.add(tokens, nowMs);
  }

  giveBack(_limits: ApiKeyLimitSpec, taken: KeyNeed): void {
    this.#requests.remove(1, taken.nowMs);
    this.#tokens.remove(sizeOf(taken), taken.nowMs);
  }
}

/** A call of which nobody knows the size counts as the smallest. */
function sizeOf({ tokens }: KeyNeed): number {
  return Math.max(1, tokens);
}
