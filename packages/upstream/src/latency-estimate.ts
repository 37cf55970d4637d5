const DECAY_MS = 10_000;
/** A clock that did not tick must not make an endpoint look infinitely fast. */
const SAMPLE_MS_MIN = 0.01;

/**
 * Peak-sensitive moving average of one endpoint's latency: a slower sample counts at once, faster ones win it back
 * with the time constant `DECAY_MS`.
 */
export class LatencyEstimate {
  #valueMs = 0;
  #updatedAtMs = 0;

  /** Whether there was a sample yet; until then the pool's median stands in. */
  get known(): boolean {
    return this.#valueMs > 0;
  }

  /** As of the last sample. */
  get valueMs(): number {
    return this.#valueMs;
  }

  record(sampleMs: number, nowMs: number): void {
    const sample = Math.max(sampleMs, SAMPLE_MS_MIN);
    const weight = sample >= this.#valueMs ? 0 : keptAfter(nowMs - this.#updatedAtMs);
    this.#valueMs = this.#valueMs * weight + sample * (1 - weight);
    this.#updatedAtMs = nowMs;
  }

  /** At least `sampleMs`: a try that was given up has told no more. */
  recordAtLeast(sampleMs: number, nowMs: number): void {
    if (sampleMs > this.#valueMs) this.record(sampleMs, nowMs);
  }

  /**
   * What to expect now, without writing. An endpoint that has not been asked for long fades to the median of its pool
   * and gets another chance; if it faded to 0 instead, all traffic would fall on it at once.
   */
  projectedMs(nowMs: number, medianMs: number): number {
    if (!this.known) return medianMs;
    if (this.#valueMs <= medianMs) return this.#valueMs;
    return medianMs + (this.#valueMs - medianMs) * keptAfter(nowMs - this.#updatedAtMs);
  }
}

function keptAfter(elapsedMs: number): number {
  return Math.exp(-Math.max(0, elapsedMs) / DECAY_MS);
}
