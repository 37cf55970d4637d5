import { GatehouseError } from '@gatehouse/kernel';

/** Endpoints with active checks in one process. */
export const HEALTH_SLOTS_MAX = 8192;

/** What active checks have found, as a worker reads it. */
export interface HealthView {
  /** By endpoint key. An endpoint that nobody probes is healthy. */
  isHealthy(key: string): boolean;
  /** Changes whenever any answer of `isHealthy` may have. */
  generation(): number;
}

const GENERATION = 0;
const FIRST_SLOT = 1;
/** Zero, so that fresh memory says healthy. */
const HEALTHY = 0;
const UNHEALTHY = 1;

/**
 * One cell per probed endpoint in memory that all threads share. The main thread assigns slots and writes; workers get
 * the buffer once and the slots with each snapshot.
 */
export class HealthTable {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;
  #slots = new Map<string, number>();
  #nextFresh = FIRST_SLOT;
  /**
   * Given out again only after every fresh slot, the longest free first: a request of an older snapshot may still look
   * at a slot that its endpoint has lost.
   */
  readonly #freed: number[] = [];

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((HEALTH_SLOTS_MAX + FIRST_SLOT) * 4)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** Main thread only. Endpoints keep their slot and what it says; new ones start healthy. Throws before it changes anything. */
  assign(keys: ReadonlySet<string>): Record<string, number> {
    if (keys.size > this.#cells.length - FIRST_SLOT) {
      throw new GatehouseError(
        'config.invalid',
        `more than ${this.#cells.length - FIRST_SLOT} endpoints have health checks`,
      );
    }
    for (const [key, index] of this.#slots) {
      if (keys.has(key)) continue;
      this.#slots.delete(key);
      this.#freed.push(index);
    }
    for (const key of keys) if (!this.#slots.has(key)) this.#slots.set(key, this.#takeSlot());
    return Object.fromEntries(this.#slots);
  }

  /** Main thread only. Nothing happens for an endpoint that has no slot any more. */
  mark(key: string, healthy: boolean): void {
    const index = this.#slots.get(key);
    if (index !== undefined) this.#write(index, healthy ? HEALTHY : UNHEALTHY);
  }

  view(slots: Readonly<Record<string, number>>): HealthView {
    const cells = this.#cells;
    const indices = new Map(Object.entries(slots));
    return {
      isHealthy: (key) => {
        const index = indices.get(key);
        return index === undefined || Atomics.load(cells, index) === HEALTHY;
      },
      generation: () => Atomics.load(cells, GENERATION),
    };
  }

  #takeSlot(): number {
    const index = this.#nextFresh < this.#cells.length ? this.#nextFresh++ : this.#freed.shift();
    if (index === undefined) throw new GatehouseError('gateway.internal', 'health slots are lost');
    this.#write(index, HEALTHY);
    return index;
  }

  /** The cell before the generation: who sees the new generation sees the new cell. */
  #write(index: number, value: number): void {
    if (Atomics.exchange(this.#cells, index, value) !== value) Atomics.add(this.#cells, GENERATION, 1);
  }
}
