export interface GradientOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Calls that may wait at the upstream on top of what it works on. */
  readonly queue: number;
  /** How many times the usual latency is still usual. */
  readonly tolerance: number;
  /** Share of each new estimate that counts at once. */
  readonly smoothing: number;
  /** Samples that the usual latency is an average of. */
  readonly longWindow: number;
}

/** Before so many samples the usual latency is their plain mean. */
const WARM_UP = 10;
const GRADIENT_MIN = 0.5;
/** Usual latency above so many times the present one is a memory of worse times, and is let go of faster. */
const STALE_RATIO = 2;
const STALE_DECAY = 0.95;

/**
 * How many calls may be under way at once, learned from what latency does: "Gradient2" of Netflix's concurrency limits.
 * While latency is as usual, the limit grows by a little; when it rises above, the limit shrinks in proportion. A limit
 * that is not half used does not grow, since nothing is learned of it.
 */
export class GradientLimit {
  #limit: number;
  #longMs = 0;
  #samples = 0;

  constructor(initial: number) {
    this.#limit = initial;
  }

  get limit(): number {
    return this.#limit;
  }

  /** `inFlight`: at most, while the sample was taken. Options may change between samples. */
  update(sampleMs: number, inFlight: number, options: GradientOptions): void {
    const { min, max, queue, tolerance, smoothing } = options;
    // A clock without a fine grain says 0; nothing is that fast.
    const shortMs = Math.max(sampleMs, 0.001);
    const longMs = this.#usual(shortMs, options.longWindow);
    if (longMs / shortMs > STALE_RATIO) this.#longMs *= STALE_DECAY;
    if (inFlight >= this.#limit / 2) {
      const gradient = Math.min(1, Math.max(GRADIENT_MIN, (tolerance * longMs) / shortMs));
      this.#limit = this.#limit * (1 - smoothing) + (this.#limit * gradient + queue) * smoothing;
    }
    this.#limit = Math.min(max, Math.max(min, this.#limit));
  }

  #usual(sampleMs: number, longWindow: number): number {
    this.#samples++;
    const share = this.#samples <= WARM_UP ? 1 / this.#samples : 2 / (longWindow + 1);
    this.#longMs += (sampleMs - this.#longMs) * share;
    return this.#longMs;
  }
}
