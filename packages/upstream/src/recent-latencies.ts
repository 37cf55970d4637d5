import { slot } from '@gatehouse/kernel';

const BUCKETS = 96;
const FIRST_MS = 0.1;
/** Each bucket reaches so much further than the one before: the last ends at 14 minutes. */
const GROWTH = 1.18;
const SPAN_MS = 30_000;
/** Of fewer, a high quantile says nothing. */
const SAMPLES_MIN = 20;

/**
 * Quantiles of what was measured in the last half to whole minute, to within 18 %: counts by size, in two spans of time
 * that take turns.
 */
export class RecentLatencies {
  #now = new Float64Array(BUCKETS);
  #before = new Float64Array(BUCKETS);
  #samples = 0;
  #endMs = Number.NEGATIVE_INFINITY;

  record(latencyMs: number, nowMs: number): void {
    this.#turn(nowMs);
    const index = Math.ceil(Math.log(Math.max(latencyMs, FIRST_MS) / FIRST_MS) / Math.log(GROWTH));
    const bucket = Math.min(BUCKETS - 1, Math.max(0, index));
    this.#now[bucket] = slot(this.#now, bucket) + 1;
    this.#samples++;
  }

  /** Undefined until enough is known. */
  quantileMs(quantile: number, nowMs: number): number | undefined {
    this.#turn(nowMs);
    if (this.#samples < SAMPLES_MIN) return undefined;
    let left = this.#samples * quantile;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= slot(this.#now, bucket) + slot(this.#before, bucket);
      if (left <= 0) return FIRST_MS * GROWTH ** bucket;
    }
    return FIRST_MS * GROWTH ** (BUCKETS - 1);
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#endMs) return;
    const idle = nowMs >= this.#endMs + SPAN_MS;
    const old = this.#before;
    this.#before = idle ? new Float64Array(BUCKETS) : this.#now;
    this.#now = old.fill(0);
    this.#samples = this.#before.reduce((sum, count) => sum + count, 0);
    this.#endMs = nowMs + SPAN_MS;
  }
}
