import { isGatewayFailure, isServerFailure, type Outcome } from './outcome.ts';
import { SecondsRing } from './seconds-ring.ts';

const CONSECUTIVE_FAILURES = 5;
const WINDOW_SECONDS = 10;
const WINDOW_REQUESTS_MIN = 50;
const FAILURE_RATIO = 0.85;
const BASE_MS = 30_000;
const CAP_MS = 300_000;
/** For each of these that an endpoint stays in after an ejection, the next one counts one less. */
const FORGIVE_MS = 10_000;

/** `in`: takes traffic. `out`: none until its time is up, then it waits for a probe. `probing`: one request is on its way. */
type State = 'in' | 'out' | 'probing';

/**
 * Passive health of one endpoint, from the requests it was given. It knows nothing of other endpoints: whether it may
 * be ejected at all is its group's decision.
 */
export class Ejection {
  #state: State = 'in';
  #consecutive = 0;
  #times = 0;
  #untilMs = 0;
  #returnedAtMs = 0;
  readonly #requests = new SecondsRing(WINDOW_SECONDS);
  readonly #failures = new SecondsRing(WINDOW_SECONDS);

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
  record(outcome: Outcome): boolean {
    if (outcome.kind === 'cancelled') return false;
    this.#requests.add(1, outcome.nowMs);
    this.#consecutive = isGatewayFailure(outcome) ? this.#consecutive + 1 : 0;
    if (!isServerFailure(outcome)) return false;
    this.#failures.add(1, outcome.nowMs);
    return this.#consecutive >= CONSECUTIVE_FAILURES || this.#failsMostly(outcome.nowMs);
  }

  eject(nowMs: number): void {
    const forgiven = this.#state === 'in' ? Math.floor((nowMs - this.#returnedAtMs) / FORGIVE_MS) : 0;
    this.#times = Math.max(0, this.#times - forgiven) + 1;
    this.#untilMs = nowMs + Math.min(BASE_MS * this.#times, CAP_MS);
    this.#state = 'out';
  }

  /** Well again: what it did before counts no more, except for how long the next ejection lasts. */
  restore(nowMs: number): void {
    this.#state = 'in';
    this.#returnedAtMs = nowMs;
    this.#consecutive = 0;
    this.#requests.clear();
    this.#failures.clear();
  }

  #failsMostly(nowMs: number): boolean {
    const requests = this.#requests.sum(nowMs);
    return requests >= WINDOW_REQUESTS_MIN && this.#failures.sum(nowMs) >= requests * FAILURE_RATIO;
  }
}
