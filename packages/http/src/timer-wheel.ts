import { item } from '@gatehouse/kernel';

/** Something with a deadline. Owned by one connection or exchange; armed again and again without cost. */
export class Timer {
  /** Wheel time at which it is due; Infinity when it is off. */
  deadlineMs = Infinity;
  /** Wheel time of the bucket it hangs in; Infinity when it hangs in none. */
  bucketMs = Infinity;
  readonly onExpire: () => void;

  constructor(onExpire: () => void) {
    this.onExpire = onExpire;
  }
}

export interface WheelOptions {
  readonly tickMs: number;
  readonly monotonic: () => number;
}

/**
 * One coarse clock for all timeouts of a thread. Arming an already armed timer only writes its deadline: the bucket
 * that it hangs in looks again when it comes round. So a connection that is re-armed on every message costs nothing.
 */
export class TimerWheel {
  readonly #tickMs: number;
  readonly #monotonic: () => number;
  readonly #buckets: Timer[][];
  #cursor: number;
  /** Time of the last tick. */
  #nowMs: number;
  #interval: NodeJS.Timeout | undefined;
  #armed = 0;

  constructor(options: WheelOptions) {
    this.#tickMs = options.tickMs;
    this.#monotonic = options.monotonic;
    this.#buckets = Array.from({ length: 512 }, () => []);
    this.#nowMs = options.monotonic();
    this.#cursor = this.#tickOf(this.#nowMs);
  }

  /** Due in `ms`, at the earliest; up to two ticks later. Reads no clock: the last tick's time is near enough. */
  arm(timer: Timer, ms: number): void {
    if (this.#interval === undefined) this.#start();
    timer.deadlineMs = this.#nowMs + this.#tickMs + ms;
    if (timer.bucketMs > timer.deadlineMs) this.#hang(timer, this.#nowMs);
  }

  disarm(timer: Timer): void {
    timer.deadlineMs = Infinity;
  }

  /** Timers that hang in the wheel, armed or not; for tests and metrics. */
  get size(): number {
    return this.#armed;
  }

  close(): void {
    clearInterval(this.#interval);
    this.#interval = undefined;
  }

  /** Runs everything that is due; called by the interval, and by tests with a virtual clock. */
  tick(): void {
    const now = this.#monotonic();
    this.#nowMs = now;
    const target = this.#tickOf(now);
    while (this.#cursor < target) {
      this.#cursor++;
      const index = this.#cursor % this.#buckets.length;
      const due = item(this.#buckets, index);
      if (due.length === 0) continue;
      this.#buckets[index] = [];
      this.#armed -= due.length;
      for (const timer of due) this.#fire(timer, now);
    }
    if (this.#armed === 0) this.close();
  }

  #fire(timer: Timer, now: number): void {
    // Hung again in an earlier bucket since, or still hanging far ahead: not this bucket's business.
    if (this.#tickOf(timer.bucketMs) > this.#cursor) return;
    timer.bucketMs = Infinity;
    if (timer.deadlineMs === Infinity) return;
    if (timer.deadlineMs > now) {
      this.#hang(timer, now);
      return;
    }
    timer.deadlineMs = Infinity;
    timer.onExpire();
  }

  #hang(timer: Timer, now: number): void {
    const furthest = now + (this.#buckets.length - 2) * this.#tickMs;
    timer.bucketMs = Math.min(timer.deadlineMs, furthest);
    // Never a whole turn ahead of the cursor, which lags behind `now` while a stall is caught up with: the bucket
    // would come round, and be emptied, before its time.
    const wanted = Math.max(this.#tickOf(timer.bucketMs) + 1, this.#cursor + 1);
    const tick = Math.min(wanted, this.#cursor + this.#buckets.length - 1);
    timer.bucketMs = tick * this.#tickMs;
    item(this.#buckets, tick % this.#buckets.length).push(timer);
    this.#armed++;
  }

  #tickOf(ms: number): number {
    return Math.floor(ms / this.#tickMs);
  }

  #start(): void {
    this.#nowMs = this.#monotonic();
    this.#cursor = this.#tickOf(this.#nowMs);
    this.#interval = setInterval(() => this.tick(), this.#tickMs);
    this.#interval.unref();
  }
}
