import type { EjectionSpec } from '@gatehouse/config';
import { isGatewayFailure, isServerFailure, type Outcome } from './outcome.ts';
import { SecondsRing } from './seconds-ring.ts';
import type { Successes } from './success-rates.ts';

const WINDOW_SECONDS = 10;

/** `in`: takes traffic. `out`: none until its time is up, then it waits for a probe. `probing`: one request is on its way. */
type State = 'in' | 'out' | 'probing';

/**
 * Passive health of one endpoint, from the requests it was given. It knows nothing of other endpoints: whether it may
 * be ejected at all is its group's decision. The rules are those of whatever snapshot asks.
 */
export class Ejection {
  #state: State = 'in';
  /**
   * Since the last reply that was no gateway failure: those that were, and tries that brought no reply. They are counted
   * apart, because the way to an endpoint fails for other reasons and at other times than the endpoint does.
   */
  #replied = 0;
  #local = 0;
  #times = 0;
  #untilMs = 0;
  #returnedAtMs = 0;
  readonly #requests = new SecondsRing(WINDOW_SECONDS);
  readonly #failures = new SecondsRing(WINDOW_SECONDS);
  #intervalRequests = 0;
  #intervalSuccesses = 0;

  get isOut(): boolean {
    return this.#state !== 'in';
  }

  get isProbing(): boolean {
    return this.#state === 'probing';
  }

  /** When it may be probed; Infinity while it takes traffic or a probe is on its way. */
  get probeAtMs(): number {
    return this.#state === 'out' ? this.#untilMs : Infinity;
  }

  /** Takes traffic, or may be given the one request that tells whether it is well again. */
  isReady(nowMs: number): boolean {
    return this.#state === 'in' || nowMs >= this.probeAtMs;
  }

  beginProbe(): void {
    this.#state = 'probing';
  }

  /** The probe told nothing, because its caller left: the next request is the probe. */
  abandonProbe(): void {
    this.#state = 'out';
  }

  /** Counts an outcome; true when the endpoint deserves to be ejected. */
  record(outcome: Outcome, spec: EjectionSpec): boolean {
    if (outcome.kind === 'cancelled') return false;
    this.#requests.add(1, outcome.nowMs);
    this.#intervalRequests++;
    if (outcome.kind !== 'reply') this.#local++;
    else if (isGatewayFailure(outcome)) this.#replied++;
    else {
      this.#local = 0;
      this.#replied = 0;
    }
    if (!isServerFailure(outcome)) {
      this.#intervalSuccesses++;
      return false;
    }
    this.#failures.add(1, outcome.nowMs);
    const { consecutive, consecutiveLocal } = spec;
    return (
      (consecutive > 0 && this.#replied >= consecutive) ||
      (consecutiveLocal > 0 && this.#local >= consecutiveLocal) ||
      this.#failsMostly(outcome.nowMs, spec)
    );
  }

  /** How it did since the last time that this was asked. */
  takeInterval(): Successes {
    const taken = { requests: this.#intervalRequests, successes: this.#intervalSuccesses };
    this.#intervalRequests = 0;
    this.#intervalSuccesses = 0;
    return taken;
  }

  /** For each interval that an endpoint stayed in after an ejection, this one counts one less. */
  eject(nowMs: number, { intervalMs, baseMs, maxMs }: EjectionSpec): void {
    const forgiven = this.#state === 'in' ? Math.floor((nowMs - this.#returnedAtMs) / intervalMs) : 0;
    this.#times = Math.max(0, this.#times - forgiven) + 1;
    this.#untilMs = nowMs + Math.min(baseMs * this.#times, maxMs);
    this.#state = 'out';
  }

  /** Well again: what it did before counts no more, except for how long the next ejection lasts. */
  restore(nowMs: number): void {
    this.#state = 'in';
    this.#returnedAtMs = nowMs;
    this.#replied = 0;
    this.#local = 0;
    this.takeInterval();
    this.#requests.clear();
    this.#failures.clear();
  }

  #failsMostly(nowMs: number, { failures: { share, minRequests } }: EjectionSpec): boolean {
    const requests = this.#requests.sum(nowMs);
    return requests >= minRequests && this.#failures.sum(nowMs) >= requests * share;
  }
}
