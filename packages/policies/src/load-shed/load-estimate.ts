import { GradientLimit, type GradientOptions } from './gradient-limit.ts';

export interface EstimateOptions extends GradientOptions {
  /** Samples are gathered for so long, and for so many, before their mean counts as one. */
  readonly windowMs: number;
}

/** Fewer calls say little of a window. */
const WINDOW_SAMPLES_MIN = 10;

/** A call that was let in. */
export interface Admitted {
  readonly sinceMs: number;
  /** From 0 to below 1, drawn once: what would shed the call sheds it at all of its checks or at none. */
  readonly draw: number;
}

/** What one worker knows of one place in the configuration: calls under way, and how many there may be. Outlives snapshots. */
export class LoadEstimate<Call> {
  readonly #limit: GradientLimit;
  readonly #calls = new Map<Call, Admitted>();
  #beganMs = 0;
  #samples = 0;
  #sumMs = 0;
  #most = 0;

  constructor(initial: number) {
    this.#limit = new GradientLimit(initial);
  }

  get limit(): number {
    return this.#limit.limit;
  }

  get underWay(): number {
    return this.#calls.size;
  }

  admitted(call: Call): Admitted | undefined {
    return this.#calls.get(call);
  }

  enter(call: Call, admitted: Admitted): void {
    this.#calls.set(call, admitted);
    if (this.#calls.size > this.#most) this.#most = this.#calls.size;
  }

  /** False when it was not under way. */
  leave(call: Call): boolean {
    return this.#calls.delete(call);
  }

  /** Before the call leaves. */
  sample(latencyMs: number, nowMs: number, options: EstimateOptions): void {
    if (this.#samples === 0) this.#beganMs = nowMs;
    this.#samples++;
    this.#sumMs += latencyMs;
    if (this.#samples < WINDOW_SAMPLES_MIN || nowMs - this.#beganMs < options.windowMs) return;
    this.#limit.update(this.#sumMs / this.#samples, this.#most, options);
    this.#samples = 0;
    this.#sumMs = 0;
    this.#most = this.#calls.size;
  }
}
