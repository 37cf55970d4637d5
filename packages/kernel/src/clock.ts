/** Time as an argument, so that tests own it. */
export interface Clock {
  /** Wall time, ms since the epoch. */
  readonly now: () => number;
  /** Monotonic time, ms with fraction; only differences mean anything. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
