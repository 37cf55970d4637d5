/**
 * Times are counted in buckets whose bounds grow by a hundredth, so that any two counts can be added and a percentile of
 * the sum is within half a percent of the exact one, at any zoom (the sketch of Masson, Rim and Lee, VLDB 2019, with
 * relative accuracy (γ − 1) / (γ + 1)). Unit: microseconds, which is what records hold; less than one is bucket 0.
 */
const GAMMA = 1.01;

/** The number of its bucket, of an expression in ms. */
export function bucketSql(ms: string): string {
  return `CAST(CASE WHEN ${ms} < 0.001 THEN 0 ELSE 1 + ceil(ln(${ms} * 1000) / ln(${GAMMA})) END AS SMALLINT)`;
}

/** In ms: what is in the bucket is at most half a percent more or less. */
export function valueSql(bucket: string): string {
  return `CASE WHEN ${bucket} = 0 THEN 0 ELSE 2 * pow(${GAMMA}, ${bucket} - 1) / ${GAMMA + 1} / 1000 END`;
}
