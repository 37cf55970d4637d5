import type { AlertRule } from '../rule.ts';
import { metricOf } from '../rule.ts';
import type { Reading, Readings } from '../reading.ts';
import { KEYS_ASKED_MAX, labelsOf, lastSeconds, rowsOf, shown, valueOf, type Look } from './look.ts';

export type Threshold = NonNullable<AlertRule['condition']['threshold']>;

/** A number is above or below a limit. Where there is no number, as with a percentile of no calls, it is neither. */
export async function readThreshold(look: Look, threshold: Threshold): Promise<Readings> {
  const metric = metricOf(threshold.metric);
  const period = lastSeconds(look.toMs, threshold.windowSeconds);
  const rows = await rowsOf(look, { period, metrics: [...new Set([metric, 'calls' as const])] });
  const items = rows.map((row): Reading => {
    const value = valueOf(row, metric);
    const isEnough = (valueOf(row, 'calls') ?? 0) >= (threshold.leastCalls ?? 0);
    return {
      labels: labelsOf(row),
      value,
      isBreached: isEnough && isBeyond(value, threshold),
      note: noteOf(value, threshold),
    };
  });
  return { items, isCut: rows.length >= KEYS_ASKED_MAX };
}

function isBeyond(value: number | null, { above, below }: Threshold): boolean {
  if (value === null) return false;
  return above === undefined ? below !== undefined && value < below : value > above;
}

function noteOf(value: number | null, { metric, above, below }: Threshold): string {
  const limit = above === undefined ? `limit: below ${shown(below ?? 0)}` : `limit: above ${shown(above)}`;
  return `${metric} ${value === null ? 'unknown' : shown(value)} (${limit})`;
}
