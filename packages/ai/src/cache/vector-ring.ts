/**
 * Vectors of length one, side by side in one array that grows up to `slots` rows; then the oldest makes room. The
 * search looks at every row that it is told to: exact, and fast enough for what one process keeps.
 */
export class VectorRing {
  readonly #dims: number;
  readonly #slots: number;
  #rows: Float32Array;
  #next = 0;

  constructor(dims: number, slots: number) {
    this.#dims = dims;
    this.#slots = Math.max(1, slots);
    this.#rows = new Float32Array(Math.min(this.#slots, FIRST_SLOTS) * dims);
  }

  /** Undefined for what has another number of dimensions, or no direction. */
  normal(vector: ArrayLike<number>): Float32Array | undefined {
    if (vector.length !== this.#dims) return undefined;
    const unit = Float32Array.from(vector);
    const length = Math.sqrt(unit.reduce((sum, x) => sum + x * x, 0));
    return Number.isFinite(length) && length > 0 ? unit.map((x) => x / length) : undefined;
  }

  /** Where it is put from now on; what was there is gone. */
  put(unit: Float32Array): number {
    const slot = this.#next;
    this.#next = (slot + 1) % this.#slots;
    this.replace(slot, unit);
    return slot;
  }

  replace(slot: number, unit: Float32Array): void {
    const end = (slot + 1) * this.#dims;
    if (end > this.#rows.length) this.#grow();
    this.#rows.set(unit, slot * this.#dims);
  }

  /**
   * Calls `found` for each of the slots that is at least so near. Of vectors of length one, the distance squared is
   * `2 - 2 cos`, and it only grows with each dimension: rows that are far are left after a few, which is five times
   * faster than a product of all and as exact.
   */
  search(unit: Float32Array, slots: Iterable<number>, near: Near): void {
    const farthest = 2 - 2 * near.threshold + ROUNDING;
    for (const slot of slots) {
      const distance = distanceUpTo(farthest, { rows: this.#rows, start: slot * this.#dims, unit });
      if (distance <= farthest) near.found(slot, 1 - distance / 2);
    }
  }

  #grow(): void {
    const rows = Math.min(this.#slots, (2 * this.#rows.length) / this.#dims);
    const grown = new Float32Array(rows * this.#dims);
    grown.set(this.#rows);
    this.#rows = grown;
  }
}

export interface Near {
  readonly threshold: number;
  found(slot: number, similarity: number): void;
}

const FIRST_SLOTS = 64;

/** Of a double sum of floats: a vector is as near to itself as can be. */
const ROUNDING = 1e-6;
/** Dimensions between two looks at how far it is already. */
const STRIDE = 16;

interface Pair {
  readonly rows: Float32Array;
  readonly start: number;
  readonly unit: Float32Array;
}

function distanceUpTo(farthest: number, { rows, start, unit }: Pair): number {
  let distance = 0;
  for (let from = 0; from < unit.length && distance <= farthest; from += STRIDE) {
    const to = Math.min(from + STRIDE, unit.length);
    for (let at = from; at < to; at++) {
      const apart = cell(rows, start + at) - cell(unit, at);
      distance += apart * apart;
    }
  }
  return distance;
}

/** Bounds are the callers'; beyond them there is nothing. */
function cell(array: Float32Array, index: number): number {
  return array[index] ?? 0;
}
