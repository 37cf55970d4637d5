import type { EjectionSpec } from '@gatehouse/config';

export interface Successes {
  readonly requests: number;
  readonly successes: number;
}

/**
 * Which of these (by their place) succeed so much less often than all together that it is no chance: below the mean of
 * the rates less `stdevs` standard deviations. Those with few requests are neither counted nor judged.
 */
export function outliersAmong(counts: readonly Successes[], spec: EjectionSpec['successRate']): readonly number[] {
  if (spec.stdevs === 0) return NOBODY;
  const judged = counts
    .map(({ requests, successes }, place) => ({ place, requests, rate: successes / requests }))
    .filter(({ requests }) => requests >= spec.minRequests);
  if (judged.length < spec.minEndpoints) return NOBODY;
  const mean = judged.reduce((sum, { rate }) => sum + rate, 0) / judged.length;
  const variance = judged.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / judged.length;
  const least = mean - spec.stdevs * Math.sqrt(variance);
  return judged.filter(({ rate }) => rate < least).map(({ place }) => place);
}

const NOBODY: readonly never[] = [];
