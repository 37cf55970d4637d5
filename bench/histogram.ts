/** Values below this are counted exactly; above, a power of two is cut into half as many steps. */
const STEPS = 128;
const POWERS = 32;

/** Counts whole numbers (µs here) with an error below 1/64, in constant space. */
export class Histogram {
  readonly #counts = new Float64Array((STEPS / 2) * POWERS);
  #total = 0;
  #max = 0;

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  add(value: number): void {
    const whole = Math.max(0, Math.round(value));
    const index = Math.min(indexOf(whole), this.#counts.length - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total++;
    if (whole > this.#max) this.#max = whole;
  }

  /** The smallest value that at least this share (0 to 1) of all values do not exceed; 0 when there are none. */
  quantile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return Math.min(highestAt(index), this.#max);
    }
    return 0;
  }
}

function indexOf(value: number): number {
  if (value < STEPS) return value;
  const shift = 32 - Math.clz32(value) - Math.log2(STEPS);
  return (STEPS / 2) * shift + (value >>> shift);
}

/** The highest value that is counted at an index. */
function highestAt(index: number): number {
  if (index < STEPS) return index;
  const shift = Math.floor(index / (STEPS / 2)) - 1;
  const step = index - (STEPS / 2) * shift;
  return (step + 1) * 2 ** shift - 1;
}
