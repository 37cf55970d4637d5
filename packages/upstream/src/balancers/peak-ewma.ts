import type { Balancer, PickHint, Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';
import { type Outcome, penaltyMs } from '../outcome.ts';
import { lighterOfTwo } from './draw-two.ts';

const SEED_MS = 30;
const MEDIAN_EVERY_MS = 1000;

/**
 * Of two drawn endpoints the one with the smaller load: expected latency × (in flight + 1) / weight. Failures count as
 * a penalty in place of their latency, or an endpoint that fails fast would attract everything.
 */
export class PeakEwma implements Balancer {
  readonly #random: Random;
  readonly #load: (endpoint: Endpoint) => number;
  #medianMs = SEED_MS;
  #medianAtMs = Number.NEGATIVE_INFINITY;
  #nowMs = 0;

  constructor(random: Random) {
    this.#random = random;
    // Made once: a closure for every pick would be garbage on the hot path.
    this.#load = (endpoint) =>
      (endpoint.state.latency.projectedMs(this.#nowMs, this.#medianMs) * (endpoint.inFlight + 1)) / endpoint.weight;
  }

  pick(ready: readonly Endpoint[], hint: PickHint): Endpoint | undefined {
    this.#nowMs = hint.nowMs;
    if (hint.nowMs - this.#medianAtMs >= MEDIAN_EVERY_MS) {
      this.#medianMs = medianOf(ready);
      this.#medianAtMs = hint.nowMs;
    }
    return lighterOfTwo(ready, this.#random, this.#load);
  }

  observe(endpoint: Endpoint, outcome: Outcome): void {
    const { latency } = endpoint.state;
    if (outcome.kind === 'cancelled') latency.recordAtLeast(outcome.latencyMs, outcome.nowMs);
    else latency.record(Math.max(outcome.latencyMs, penaltyMs(outcome)), outcome.nowMs);
  }
}

/** The lower of two in the middle, so that of a pair the slow one fades to the fast one. */
function medianOf(ready: readonly Endpoint[]): number {
  const known = ready.filter(({ state }) => state.latency.known).map(({ state }) => state.latency.valueMs);
  return known.toSorted((a, b) => a - b)[Math.floor((known.length - 1) / 2)] ?? SEED_MS;
}
