import { slot } from '@gatehouse/kernel';

/**
 * An exact sum over the last `seconds` whole seconds, this one included: one bucket for each. Unlike a decaying
 * average it cannot hide a burst of failures that lasted milliseconds.
 */
export class SecondsRing {
  readonly #sums: Float64Array;
  /** Which second a bucket belongs to. */
  readonly #stamps: Float64Array;

  constructor(seconds: number) {
    this.#sums = new Float64Array(seconds);
    this.#stamps = new Float64Array(seconds).fill(Number.NEGATIVE_INFINITY);
  }

  add(value: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const index = second % this.#sums.length;
    if (slot(this.#stamps, index) !== second) {
      this.#stamps[index] = second;
      this.#sums[index] = 0;
    }
    this.#sums[index] = slot(this.#sums, index) + value;
  }

  sum(nowMs: number): number {
    const oldest = Math.floor(nowMs / 1000) - this.#sums.length + 1;
    let total = 0;
    for (let i = 0; i < this.#sums.length; i++) {
      if (slot(this.#stamps, i) >= oldest) total += slot(this.#sums, i);
    }
    return total;
  }

  clear(): void {
    this.#stamps.fill(Number.NEGATIVE_INFINITY);
  }
}
