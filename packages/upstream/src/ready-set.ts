import type { ChangeCount } from './endpoint-registry.ts';
import type { Endpoint } from './endpoint.ts';
import type { HealthView } from './health-table.ts';

/** Below this share of endpoints ready, passive ejection is ignored: better a doubtful endpoint than a last one crushed. */
const PANIC_SHARE = 0.5;

/**
 * The endpoints of one upstream that may be given a request. The list is kept and made anew only when active health,
 * passive health or the end of an ejection changes it.
 */
export class ReadySet {
  readonly #endpoints: readonly Endpoint[];
  readonly #health: HealthView;
  readonly #changes: ChangeCount;
  #ready: readonly Endpoint[] = [];
  #generation = -1;
  #changeCount = -1;
  /** When the next ejection ends. */
  #reviewAtMs = Infinity;

  constructor(endpoints: readonly Endpoint[], health: HealthView, changes: ChangeCount) {
    this.#endpoints = endpoints;
    this.#health = health;
    this.#changes = changes;
  }

  at(nowMs: number): readonly Endpoint[] {
    const generation = this.#health.generation();
    if (generation !== this.#generation || this.#changes.count !== this.#changeCount || nowMs >= this.#reviewAtMs) {
      // Read before the states are, so that a change meanwhile leads to another look.
      this.#generation = generation;
      this.#ready = this.#find(nowMs);
      this.#changeCount = this.#changes.count;
    }
    return this.#ready;
  }

  /** Those that active checks call down never get traffic, not even when they are all that is left. */
  #find(nowMs: number): readonly Endpoint[] {
    const up = this.#endpoints.filter((endpoint) => this.#isUp(endpoint, nowMs));
    const ready = up.filter(({ state }) => state.ejection.isReady(nowMs));
    const ends = this.#endpoints.map(({ state }) => state.ejection.probeAtMs).filter((endMs) => endMs > nowMs);
    this.#reviewAtMs = Math.min(...ends);
    return ready.length < this.#endpoints.length * PANIC_SHARE ? up : ready;
  }

  /** An active check that passes again is newer evidence than the requests that led to an ejection. */
  #isUp(endpoint: Endpoint, nowMs: number): boolean {
    const healthy = this.#health.isHealthy(endpoint.key);
    const { state } = endpoint;
    if (healthy && !state.wasHealthy && state.ejection.isOut) {
      state.ejection.restore(nowMs);
      this.#changes.count++;
    }
    state.wasHealthy = healthy;
    return healthy;
  }
}
