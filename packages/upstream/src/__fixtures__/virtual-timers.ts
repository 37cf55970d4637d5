import type { Timers } from '../health-watch.ts';

interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that passes when the test says so. */
export class VirtualTimers implements Timers {
  nowMs = 0;
  readonly #entries = new Set<Entry>();

  after(delayMs: number, run: () => void): () => void {
    const entry = { atMs: this.nowMs + delayMs, run };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  get pending(): number {
    return this.#entries.size;
  }

  /** Runs what falls due, one after another, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (let entry = this.#next(endMs); entry !== undefined; entry = this.#next(endMs)) {
      this.#entries.delete(entry);
      this.nowMs = entry.atMs;
      entry.run();
      await settled();
    }
    this.nowMs = endMs;
  }

  #next(endMs: number): Entry | undefined {
    return [...this.#entries].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
  }
}

/** All promise reactions that are due, and theirs, have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
