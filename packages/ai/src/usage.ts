/**
 * Tokens of one call in classes that do not overlap, whatever the dialect counted: input is `inputUncached + cacheRead +
 * cacheWrite`, output is `outputText + reasoning`. A class that the provider did not report is absent, never 0.
 */
export interface Usage {
  readonly inputUncached: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** Of `cacheWrite`, what is kept for an hour rather than for minutes: the one class inside another. */
  readonly cacheWrite1h?: number;
  readonly outputText: number;
  readonly reasoning?: number;
}

/**
 * `measured`: the provider's final count. `partial`: its last running count before the stream broke off.
 * `missing`: it reported nothing, and whoever bills has to estimate.
 */
export type UsageState = 'measured' | 'partial' | 'missing';
