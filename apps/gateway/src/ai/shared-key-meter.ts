import type { KeyMeter, KeyNeed } from '@gatehouse/ai';
import type { ApiKeyLimitSpec } from '@gatehouse/config';
import type { Counters, WindowLimit } from '@gatehouse/counters';
import { hash64, type Clock, type Hash64 } from '@gatehouse/kernel';

export interface SharedKeyMeterOptions {
  readonly counters: Counters;
  readonly clock: Clock;
  /** Of the key. */
  readonly identity: string;
  readonly windowMs: number;
}

/** What all workers together have used a provider's key for. */
export class SharedKeyMeter implements KeyMeter {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #requests: Hash64;
  readonly #tokens: Hash64;

  constructor({ counters, clock, identity, windowMs }: SharedKeyMeterOptions) {
    this.#counters = counters;
    this.#clock = clock;
    this.#requests = hash64(`key requests\n${identity}\n${windowMs}`);
    this.#tokens = hash64(`key tokens\n${identity}\n${windowMs}`);
  }

  readyAtMs(limits: ApiKeyLimitSpec, { tokens, nowMs }: KeyNeed): number {
    // Monotonic times of threads have nothing in common, so counters go by the clock on the wall.
    const wallMs = this.#clock.now();
    let waitMs = 0;
    if (limits.requests !== undefined) {
      const limit = windowOf(limits.requests, limits);
      waitMs = this.#counters.ask(this.#requests, 1, limit, wallMs).retryMs;
    }
    if (limits.tokens !== undefined) {
      const limit = windowOf(limits.tokens, limits);
      const { retryMs } = this.#counters.ask(this.#tokens, costOf(tokens, limits.tokens), limit, wallMs);
      waitMs = Math.max(waitMs, retryMs);
    }
    return nowMs + waitMs;
  }

  take(limits: ApiKeyLimitSpec, { tokens }: KeyNeed): boolean {
    const wallMs = this.#clock.now();
    const requests = limits.requests === undefined ? undefined : windowOf(limits.requests, limits);
    if (requests !== undefined && !this.#counters.take(this.#requests, 1, requests, wallMs).allowed) return false;
    if (limits.tokens === undefined) return true;
    const limit = windowOf(limits.tokens, limits);
    const cost = costOf(tokens, limits.tokens);
    if (this.#counters.take(this.#tokens, cost, limit, wallMs).allowed) {
      if (tokens > cost) this.#counters.adjust(this.#tokens, tokens - cost, limit, wallMs);
      return true;
    }
    if (requests !== undefined) this.#counters.adjust(this.#requests, -1, requests, wallMs);
    return false;
  }

  takeMore(limits: ApiKeyLimitSpec, { tokens }: KeyNeed): void {
    if (limits.tokens === undefined || tokens <= 0) return;
    this.#counters.adjust(this.#tokens, tokens, windowOf(limits.tokens, limits), this.#clock.now());
  }

  giveBack(limits: ApiKeyLimitSpec, taken: KeyNeed, nowMs: number): void {
    // It has left the window, and what stands there now is others'.
    if (nowMs - taken.nowMs >= limits.windowMs) return;
    const wallMs = this.#clock.now();
    if (limits.requests !== undefined) {
      this.#counters.adjust(this.#requests, -1, windowOf(limits.requests, limits), wallMs);
    }
    if (limits.tokens === undefined) return;
    const tokens = Math.max(taken.tokens, costOf(taken.tokens, limits.tokens));
    this.#counters.adjust(this.#tokens, -tokens, windowOf(limits.tokens, limits), wallMs);
  }
}

/** A call that is larger than the limit alone passes alone; one of which nobody knows the size counts as the smallest. */
function costOf(tokens: number, limit: number): number {
  return Math.min(Math.max(1, tokens), limit);
}

function windowOf(limit: number, { windowMs }: ApiKeyLimitSpec): WindowLimit {
  return { limit, windowMs, algorithm: 'sliding-window' };
}
