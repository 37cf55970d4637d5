import { setImmediate as turn } from 'node:timers/promises';

/** Turns of the loop, and ms, without a word from anybody: then all wait for the clock. */
const QUIET_TURNS = 12;
const QUIET_MS = 2;
const STEP_MS = 100;

/**
 * The clock of a gate in the thread of the test. While something is awaited it is put forward whenever nothing has
 * moved for a moment, so that waits of minutes take no time, and take it in the order in which they end.
 */
export class PutForward {
  #advance: (ms: number) => void = () => {};
  #aheadMs = 0;
  #movements = 0;
  readonly #later = new Map<() => void, number>();

  /** The gate comes after its vendors, whose addresses it has to know. */
  drives(advance: (ms: number) => void): void {
    this.#advance = advance;
  }

  get nowMs(): number {
    return performance.now() + this.#aheadMs;
  }

  /** A caller or a vendor has heard something. */
  moved(): void {
    this.#movements++;
  }

  after(ms: number, run: () => void): void {
    this.#later.set(run, this.nowMs + ms);
  }

  pass(ms: number): void {
    this.#aheadMs += ms;
    this.#advance(ms);
    for (const [run, dueMs] of this.#later) {
      if (dueMs > this.nowMs) continue;
      this.#later.delete(run);
      run();
    }
  }

  /** Everybody waits for the clock, which is left as it is. */
  async still(): Promise<void> {
    return this.#quiet(() => false);
  }

  async until<Result>(result: Promise<Result>): Promise<Result> {
    const call = { settled: false };
    const settle = (): void => void (call.settled = true);
    result.then(settle, settle);
    while (!call.settled) {
      await this.#quiet(() => call.settled);
      if (!call.settled) this.pass(STEP_MS);
    }
    return result;
  }

  async #quiet(isSettled: () => boolean): Promise<void> {
    let movements = this.#movements;
    let sinceMs = performance.now();
    for (let turns = 0; turns < QUIET_TURNS || performance.now() - sinceMs < QUIET_MS; turns++) {
      await turn();
      if (isSettled()) return;
      if (movements === this.#movements) continue;
      movements = this.#movements;
      sinceMs = performance.now();
      turns = 0;
    }
  }
}
