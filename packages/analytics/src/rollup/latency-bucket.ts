/**
 * Times are counted in buckets whose bounds grow by a hundredth, so that any two counts can be added and a percentile of
 * the sum is within half a percent of the exact one, at any zoom (the sketch of Masson, Rim and Lee, VLDB 2019, with
 * relative accuracy (γ − 1) / (γ + 1)). Unit: microseconds, which is what records hold; less than one is bucket 0.
 */
export const GAMMA = 1.01;

export function bucketOf(ms: number): number {
  return ms < 0.001 ? 0 : 1 + Math.ceil(Math.log(ms * 1000) / Math.log(GAMMA));
}

/** In ms: what is in the bucket is at most half a percent more or less. */
export function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GAMMA ** (bucket - 1)) / (GAMMA + 1) / 1000;
}
