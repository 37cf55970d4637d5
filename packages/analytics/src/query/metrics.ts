/** Times of which distributions are kept. `upstream` is all that was not the gate's own. */
export const TIMINGS = ['duration', 'gateway', 'upstream', 'firstToken'] as const;
export type Timing = (typeof TIMINGS)[number];

/** What is summed over calls. */
export const SUMS = [
  'calls',
  /** Answered with 5xx. */
  'errors',
  /** Answered with 4xx. */
  'clientErrors',
  /** Not let through by the gate itself, for whatever reason. */
  'refused',
  'bytesIn',
  'bytesOut',
  'cacheHits',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'costMicroUsd',
] as const;
export type Sum = (typeof SUMS)[number];

/** Of sums: between 0 and 1, `rate` in calls a second, `tokensPerSecond` of output while it came. */
export const RATIOS = ['rate', 'errorRate', 'cacheHitRate', 'tokensPerSecond'] as const;
export type Ratio = (typeof RATIOS)[number];

const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
export type Percentile = keyof typeof PERCENTILES;

/** `duration.p99`, `gateway.mean`: in ms. */
export type Statistic = `${Timing}.${Percentile | 'mean'}`;
export type Metric = Sum | Ratio | Statistic;

const STATISTICS = TIMINGS.flatMap((timing) =>
  ['mean', ...Object.keys(PERCENTILES)].map((name) => `${timing}.${name}`),
);
export const METRICS: readonly string[] = [...SUMS, ...RATIOS, ...STATISTICS];

export function isMetric(name: string): name is Metric {
  return METRICS.includes(name);
}

/** Undefined for what is no percentile. */
export function percentileOf(metric: Metric): { readonly timing: Timing; readonly at: number } | undefined {
  const [timing, name = ''] = metric.split('.');
  const known = TIMINGS.find((each) => each === timing);
  const at = Object.entries(PERCENTILES).find(([key]) => key === name)?.[1];
  return known === undefined || at === undefined ? undefined : { timing: known, at };
}
