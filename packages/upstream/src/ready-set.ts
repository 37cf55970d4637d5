import type { UpstreamSpec } from '@gatehouse/config';
import type { ChangeCount } from './endpoint-registry.ts';
import type { Endpoint } from './endpoint.ts';
import type { HealthView } from './health-table.ts';
import { warmth } from './slow-start.ts';

/** Below this share of endpoints ready, passive ejection is ignored: better a doubtful endpoint than a last one crushed. */
const PANIC_SHARE = 0.5;
/** Weights of endpoints that warm up grow in so many steps, none shorter than that. */
const WARM_STEPS = 50;
const WARM_STEP_MS_MIN = 50;

export interface ReadySetOptions {
  readonly endpoints: readonly Endpoint[];
  readonly health: HealthView;
  readonly changes: ChangeCount;
  readonly spec: Pick<UpstreamSpec, 'panicShare' | 'slowStart'>;
}

/**
 * The endpoints of one upstream that may be given a request. The list is kept and made anew only when active health,
 * passive health, the end of an ejection or an endpoint that warms up changes it.
 */
export class ReadySet {
  readonly #options: ReadySetOptions;
  #ready: readonly Endpoint[] = [];
  #panicking = false;
  #generation = -1;
  #changeCount = -1;
  /** When the next ejection ends, or a weight grows. */
  #reviewAtMs = Infinity;

  constructor(options: ReadySetOptions) {
    this.#options = options;
  }

  at(nowMs: number): readonly Endpoint[] {
    const { health, changes } = this.#options;
    const generation = health.generation();
    if (generation !== this.#generation || changes.count !== this.#changeCount || nowMs >= this.#reviewAtMs) {
      // Read before the states are, so that a change meanwhile leads to another look.
      this.#generation = generation;
      this.#ready = this.#find(nowMs);
      this.#changeCount = changes.count;
    }
    return this.#ready;
  }

  /** So few were well, last time, that health did not count. */
  get panicking(): boolean {
    return this.#panicking;
  }

  #find(nowMs: number): readonly Endpoint[] {
    const { endpoints } = this.#options;
    const up = endpoints.filter((endpoint) => this.#isUp(endpoint, nowMs));
    const ready = up.filter(({ state }) => state.ejection.isReady(nowMs));
    const ends = endpoints.map(({ state }) => state.ejection.probeAtMs).filter((endMs) => endMs > nowMs);
    this.#reviewAtMs = Math.min(this.#warm(nowMs), ...ends);
    const served = this.#inPanic(up, ready);
    this.#panicking = served.length > ready.length;
    return served;
  }

  /** What active checks call down gets no traffic, not even when that is all, unless the configuration asks for it. */
  #inPanic(up: readonly Endpoint[], ready: readonly Endpoint[]): readonly Endpoint[] {
    const { endpoints, spec } = this.#options;
    if (ready.length >= endpoints.length * (spec.panicShare ?? PANIC_SHARE)) return ready;
    return spec.panicShare === undefined ? up : endpoints;
  }

  /** An active check that passes again is newer evidence than the requests that led to an ejection. */
  #isUp(endpoint: Endpoint, nowMs: number): boolean {
    const healthy = this.#options.health.isHealthy(endpoint.key);
    const { state } = endpoint;
    if (healthy && !state.wasHealthy) {
      state.warmSinceMs = nowMs;
      if (state.ejection.isOut) {
        state.ejection.restore(nowMs);
        this.#options.changes.count++;
      }
    }
    state.wasHealthy = healthy;
    return healthy;
  }

  /** Gives each its weight of the moment; returns when the next look is due. */
  #warm(nowMs: number): number {
    const { endpoints, spec } = this.#options;
    let warming = false;
    for (const endpoint of endpoints) {
      const { state } = endpoint;
      if (Number.isNaN(state.warmSinceMs)) state.warmSinceMs = nowMs;
      if (spec.slowStart === undefined) continue;
      const part = warmth(spec.slowStart, nowMs - state.warmSinceMs);
      endpoint.weight = endpoint.spec.weight * part;
      warming ||= part < 1;
    }
    if (!warming || spec.slowStart === undefined) return Infinity;
    return nowMs + Math.max(WARM_STEP_MS_MIN, spec.slowStart.windowMs / WARM_STEPS);
  }
}
