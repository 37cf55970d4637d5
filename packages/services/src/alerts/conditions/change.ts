import type { AggregateRow, Metric } from '@gatehouse/analytics';
import type { AlertRule } from '../rule.ts';
import { metricOf } from '../rule.ts';
import { keyOf, type Reading, type Readings } from '../reading.ts';
import { KEYS_ASKED_MAX, labelsOf, lastSeconds, rowsOf, shown, valueOf, type Look } from './look.ts';

export type Change = NonNullable<AlertRule['condition']['change']>;

const DAY_S = 86_400;
/** How far back the other window lies, in seconds. */
const BACK_S: Readonly<Record<Change['against'], (windowSeconds: number) => number>> = {
  before: (windowSeconds) => windowSeconds,
  day: () => DAY_S,
  week: () => 7 * DAY_S,
};

/** A number differs from that of another window by so many percent. */
export async function readChange(look: Look, change: Change): Promise<Readings> {
  const { windowSeconds, against } = change;
  const metric = metricOf(change.metric);
  const metrics = [...new Set([metric, 'calls' as const])];
  const backMs = BACK_S[against](windowSeconds) * 1000;
  const now = await rowsOf(look, { period: lastSeconds(look.toMs, windowSeconds), metrics });
  const then = await rowsOf(look, { period: lastSeconds(look.toMs - backMs, windowSeconds), metrics });
  const byKey = (rows: readonly AggregateRow[]): ReadonlyMap<string, AggregateRow> =>
    new Map(rows.map((row) => [keyOf(labelsOf(row)), row]));
  const [present, past] = [byKey(now), byKey(then)];
  // Whoever calls no more has fallen to nothing: both windows say which keys there are.
  const rows = new Map([...past, ...present]);
  const items = [...rows].map(([key, row]): Reading => {
    const pair = { now: present.get(key), earlier: past.get(key) };
    return { labels: labelsOf(row), ...compared(pair, { metric, change }) };
  });
  return { items, isCut: Math.max(now.length, then.length) >= KEYS_ASKED_MAX };
}

interface Pair {
  readonly now: AggregateRow | undefined;
  readonly earlier: AggregateRow | undefined;
}

/** What no row has is 0 where it is counted; a ratio of nothing is unknown, and so are times, such as `duration.p95`. */
const RATIOS: ReadonlySet<string> = new Set(['errorRate', 'cacheHitRate', 'tokensPerSecond']);
const isCounted = (metric: Metric): boolean => !RATIOS.has(metric) && !metric.includes('.');

function compared(
  { now, earlier }: Pair,
  { metric, change }: { readonly metric: Metric; readonly change: Change },
): Omit<Reading, 'labels'> {
  const number = (row: AggregateRow | undefined): number | null =>
    row === undefined && isCounted(metric) ? 0 : valueOf(row, metric);
  const [value, before] = [number(now), number(earlier)];
  const percent = percentOf(value, before);
  const calls = Math.max(valueOf(now, 'calls') ?? 0, valueOf(earlier, 'calls') ?? 0);
  const isBreached = calls >= (change.leastCalls ?? 0) && percent !== undefined && isEnough(percent, change);
  const said = percent === undefined ? 'nothing to compare' : `${percent > 0 ? '+' : ''}${shown(percent)} %`;
  const was = before === null ? 'unknown' : shown(before);
  return { value, isBreached, note: `${metric} ${value === null ? 'unknown' : shown(value)}, was ${was}: ${said}` };
}

function percentOf(value: number | null, before: number | null): number | undefined {
  if (value === null || before === null || before === 0) return undefined;
  return ((value - before) / Math.abs(before)) * 100;
}

function isEnough(percent: number, { direction = 'either', percent: limit }: Change): boolean {
  if (direction === 'rise') return percent >= limit;
  if (direction === 'fall') return -percent >= limit;
  return Math.abs(percent) >= limit;
}
