import type { Counters } from '@gatehouse/counters';
import type { Hash64 } from '@gatehouse/kernel';

export interface LineOptions {
  readonly counters: Counters;
  /** Of the places that are waited for. */
  readonly places: Hash64;
  readonly limit: number;
  readonly now: () => number;
}

/** Places may become free without a word when a thread dies before anybody knows; so often one looks. */
const LOOK_MS = 1000;

/**
 * The calls of this worker that wait for a place, oldest first. Wakes when any thread gives one back. Between workers
 * there is no order: whoever wakes first takes it.
 */
export class WaitingLine {
  readonly #options: LineOptions;
  readonly #waiting = new Set<() => void>();
  #watching = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** `granted` is called once a place has been taken for it; `leave` before that, and it never is. */
  join(granted: () => void): void {
    this.#waiting.add(granted);
    if (!this.#watching) void this.#watch();
  }

  leave(granted: () => void): void {
    this.#waiting.delete(granted);
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const { counters, places } = this.#options;
    for (;;) {
      // Read before it is tried, so that a place that is given back in between is not missed.
      const seen = counters.releases(places);
      this.#grant();
      if (this.isEmpty) break;
      await counters.whenReleased(places, seen, LOOK_MS);
    }
    this.#watching = false;
  }

  #grant(): void {
    const { counters, places, limit, now } = this.#options;
    for (const granted of this.#waiting) {
      if (!counters.lease(places, limit, now()).allowed) return;
      this.#waiting.delete(granted);
      granted();
    }
  }
}
