/** Of the time of a worker, what redacting may take on average, and at once. */
const SHARE = 0.2;
const LEFT_MS_MAX = 100;

/** Keeps redacting from taking a worker's time away from its calls: of a flood of bodies some are not kept. */
export class TimeShare {
  #leftMs = LEFT_MS_MAX;
  #atMs = 0;

  /** Whether there is some left; the last to ask may take more than that, and all wait for it to come back. */
  isLeft(nowMs: number): boolean {
    this.#leftMs = Math.min(LEFT_MS_MAX, this.#leftMs + (nowMs - this.#atMs) * SHARE);
    this.#atMs = nowMs;
    return this.#leftMs > 0;
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }
}
