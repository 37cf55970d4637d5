const NEWEST_SHARE = 0.3;
/** What was measured longer ago says nothing: such a target is taken to be like the others, and so measured anew. */
const STALE_MS = 60_000;

/** Moving average of the time to the first token. */
export class FirstTokenEstimate {
  #valueMs = 0;
  #measuredAtMs = Number.NEGATIVE_INFINITY;

  record(sampleMs: number, nowMs: number): void {
    const before = this.at(nowMs) ?? sampleMs;
    this.#valueMs = before + NEWEST_SHARE * (sampleMs - before);
    this.#measuredAtMs = nowMs;
  }

  /** No token for so long: a call that was given up has told no more. */
  recordAtLeast(sampleMs: number, nowMs: number): void {
    if (sampleMs > (this.at(nowMs) ?? 0)) this.record(sampleMs, nowMs);
  }

  at(nowMs: number): number | undefined {
    return nowMs - this.#measuredAtMs > STALE_MS ? undefined : this.#valueMs;
  }
}
