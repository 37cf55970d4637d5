import type { BreakerSpec } from '@gatehouse/config';
import { isServerFailure, type Outcome } from './outcome.ts';
import { SecondsRing } from './seconds-ring.ts';

/** `closed`: requests pass. `open`: none do. `half-open`: a few pass as probes. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * The circuit breaker of one upstream as a whole: where most requests fail, further ones are refused at once, which
 * spares callers the wait and the upstream the load. Every request is admitted once and told of once.
 */
export class Breaker {
  readonly spec: BreakerSpec;
  readonly #requests: SecondsRing;
  readonly #failures: SecondsRing;
  #state: BreakerState = 'closed';
  #openUntilMs = 0;
  /** Since when what begins is a probe. */
  #probesFromMs = 0;
  #probing = 0;
  #passed = 0;

  constructor(spec: BreakerSpec) {
    const seconds = Math.max(1, Math.ceil(spec.windowMs / 1000));
    this.spec = spec;
    this.#requests = new SecondsRing(seconds);
    this.#failures = new SecondsRing(seconds);
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a request may begin now; where it may, it has begun. */
  admit(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'open') {
      if (nowMs < this.#openUntilMs) return false;
      this.#state = 'half-open';
      this.#probesFromMs = nowMs;
      this.#probing = 0;
      this.#passed = 0;
    }
    if (this.#probing >= this.spec.probes) return false;
    this.#probing++;
    return true;
  }

  /** When to come again, at least a second, because `Retry-After` knows nothing shorter. */
  retryAfterMs(nowMs: number): number {
    return Math.max(1000, this.#state === 'open' ? this.#openUntilMs - nowMs : 0);
  }

  record(outcome: Outcome): void {
    if (this.#state === 'closed') this.#count(outcome);
    else if (this.#state === 'half-open') this.#judge(outcome);
    // While it is open, only requests end that began before: they say nothing new.
  }

  #count(outcome: Outcome): void {
    if (outcome.kind === 'cancelled') return;
    this.#requests.add(1, outcome.nowMs);
    if (!isServerFailure(outcome)) return;
    this.#failures.add(1, outcome.nowMs);
    const requests = this.#requests.sum(outcome.nowMs);
    const failures = this.#failures.sum(outcome.nowMs);
    if (requests >= this.spec.minRequests && failures >= requests * this.spec.errorShare) this.#open(outcome.nowMs);
  }

  #judge(outcome: Outcome): void {
    if ((outcome.begunMs ?? outcome.nowMs - outcome.latencyMs) < this.#probesFromMs) return;
    if (this.#probing > 0) this.#probing--;
    if (outcome.kind === 'cancelled') return;
    if (isServerFailure(outcome)) this.#open(outcome.nowMs);
    else if (++this.#passed >= this.spec.probes) this.#state = 'closed';
  }

  #open(nowMs: number): void {
    this.#state = 'open';
    this.#openUntilMs = nowMs + this.spec.openMs;
    this.#requests.clear();
    this.#failures.clear();
  }
}
