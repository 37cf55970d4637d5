import { slot } from '@gatehouse/kernel';

const SLICES = 20;

/**
 * The sum over a window that slides in slices. It covers the whole window and up to one slice more, so what is kept
 * below a limit by it is below in every window of that length.
 */
export class SlidingSum {
  readonly #sliceMs: number;
  readonly #sums = new Float64Array(SLICES + 1);
  /** Which slice a place belongs to. */
  readonly #stamps = new Float64Array(SLICES + 1).fill(Number.NEGATIVE_INFINITY);

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  add(value: number, nowMs: number): void {
    const stamp = Math.floor(nowMs / this.#sliceMs);
    const index = stamp % this.#sums.length;
    if (slot(this.#stamps, index) !== stamp) {
      this.#stamps[index] = stamp;
      this.#sums[index] = 0;
    }
    this.#sums[index] = slot(this.#sums, index) + value;
  }

  /** Takes back what was added then, if it still counts. */
  remove(value: number, addedMs: number): void {
    const stamp = Math.floor(addedMs / this.#sliceMs);
    const index = stamp % this.#sums.length;
    if (slot(this.#stamps, index) === stamp) this.#sums[index] = slot(this.#sums, index) - value;
  }

  sum(nowMs: number): number {
    const oldest = this.#oldest(nowMs);
    let total = 0;
    for (let i = 0; i < this.#sums.length; i++) if (slot(this.#stamps, i) >= oldest) total += slot(this.#sums, i);
    return total;
  }

  /** When the sum will be down to `most` if nothing is added, and not before now. */
  downToAtMs(most: number, nowMs: number): number {
    let left = this.sum(nowMs);
    let atMs = nowMs;
    for (let stamp = this.#oldest(nowMs); left > most && stamp <= Math.floor(nowMs / this.#sliceMs); stamp++) {
      const index = ((stamp % this.#sums.length) + this.#sums.length) % this.#sums.length;
      if (slot(this.#stamps, index) === stamp) left -= slot(this.#sums, index);
      atMs = (stamp + this.#sums.length) * this.#sliceMs;
    }
    return atMs;
  }

  #oldest(nowMs: number): number {
    return Math.floor(nowMs / this.#sliceMs) - SLICES;
  }
}
