/** A point of a distribution: the share `at` of calls took at most `ms`. */
export interface Quantile {
  readonly at: number;
  readonly ms: number | null;
}

/**
 * The share of calls that took less than a time, as far as quantiles tell: exact at each of them, a straight line in
 * between, so that it is never further off than the two around it are apart. Above the highest, all.
 */
export function shareBelow(quantiles: readonly Quantile[], thresholdMs: number): number {
  let before = { at: 0, ms: 0 };
  for (const { at, ms } of quantiles) {
    // There is nothing to tell of: nothing was slow.
    if (ms === null) return 1;
    if (ms > thresholdMs) {
      const width = ms - before.ms;
      return width <= 0 ? before.at : before.at + ((at - before.at) * (thresholdMs - before.ms)) / width;
    }
    before = { at, ms };
  }
  return 1;
}
