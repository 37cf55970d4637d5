import { dimensionOf, matches, type KeptRecord } from '../query/matches.ts';
import { percentileOf, type Metric } from '../query/metrics.ts';
import type { AggregateRow, Aggregation } from '../query/query.ts';

/** What an aggregation has to come to, worked out record by record; percentiles are exact ones (nearest rank). */
export function plainAggregate(records: readonly KeptRecord[], asked: Aggregation): readonly AggregateRow[] {
  const groups = new Map<string, { readonly row: Omit<AggregateRow, 'values'>; readonly of: KeptRecord[] }>();
  for (const record of records.filter((each) => isAsked(each, asked))) {
    const key = Object.fromEntries(asked.by.map((name) => [name, dimensionOf(record, name)]));
    const at = asked.stepMs === undefined ? {} : { atMs: Math.floor(record.time / asked.stepMs) * asked.stepMs };
    const row = { ...at, key };
    const known = groups.get(JSON.stringify(row));
    if (known === undefined) groups.set(JSON.stringify(row), { row, of: [record] });
    else known.of.push(record);
  }
  if (groups.size === 0 && asked.by.length === 0 && asked.stepMs === undefined)
    groups.set('', { row: { key: {} }, of: [] });
  return [...groups.values()].map(({ row, of }) => ({
    ...row,
    values: Object.fromEntries(asked.metrics.map((metric) => [metric, metricOf(of, metric, asked)])),
  }));
}

function isAsked(record: KeptRecord, asked: Aggregation): boolean {
  const { fromMs, toMs } = asked.period;
  return record.time >= fromMs && record.time < toMs && matches(record, asked);
}

function metricOf(of: readonly KeptRecord[], metric: Metric, { stepMs, period }: Aggregation): number | null {
  const percentile = percentileOf(metric);
  if (percentile !== undefined) return exact(timesOf(of, percentile.timing), percentile.at);
  const [timing, isMean] = metric.split('.');
  if (isMean === 'mean') return mean(timesOf(of, timing));
  const sum = (value: (record: KeptRecord) => number | undefined): number =>
    of.reduce((total, record) => total + (value(record) ?? 0), 0);
  const count = (holds: (record: KeptRecord) => boolean): number => of.filter(holds).length;
  const streamed = of.filter(
    (each) => each.aiStream === true && each.aiFirstTokenMs !== undefined && (each.aiOutputTokens ?? 0) > 0,
  );
  const isHit = (record: KeptRecord): boolean => dimensionOf(record, 'cache') === 'hit';
  const tokens = streamed.reduce((total, { aiOutputTokens = 0 }) => total + aiOutputTokens, 0);
  const ms = streamed.reduce((total, { durationMs, aiFirstTokenMs = 0 }) => total + durationMs - aiFirstTokenMs, 0);
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  const errors = count(({ status }) => status >= 500);
  const values: Readonly<Partial<Record<Metric, number | null>>> = {
    calls: of.length,
    errors,
    clientErrors: count(({ status }) => status >= 400 && status < 500),
    refused: count(({ status, code }) => code !== undefined && status >= 400 && status < 499),
    cacheHits: count(isHit),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    inputTokens: sum(({ aiInputTokens }) => aiInputTokens),
    cachedTokens: sum(({ aiCachedTokens }) => aiCachedTokens),
    outputTokens: sum(({ aiOutputTokens }) => aiOutputTokens),
    reasoningTokens: sum(({ aiReasoningTokens }) => aiReasoningTokens),
    costMicroUsd: sum(({ aiCostMicroUsd }) => aiCostMicroUsd),
    rate: of.length / ((stepMs ?? period.toMs - period.fromMs) / 1000),
    errorRate: share(errors, of.length),
    cacheHitRate: share(count(isHit), of.length),
    tokensPerSecond: share(tokens * 1000, ms),
  };
  const value = values[metric];
  if (value === undefined) throw new Error(`no plain answer for ${metric}`);
  return value;
}

function timesOf(of: readonly KeptRecord[], timing: string | undefined): readonly number[] {
  return of.flatMap((record) => timeOf(record, timing) ?? []).toSorted((a, b) => a - b);
}

function timeOf({ durationMs, gatewayMs, aiFirstTokenMs }: KeptRecord, timing: string | undefined): number | undefined {
  if (timing === 'gateway') return gatewayMs;
  if (timing === 'upstream') return Math.max(0, durationMs - gatewayMs);
  return timing === 'firstToken' ? aiFirstTokenMs : durationMs;
}

function exact(times: readonly number[], at: number): number | null {
  return times[Math.max(0, Math.ceil(at * times.length) - 1)] ?? null;
}

function mean(times: readonly number[]): number | null {
  return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length;
}
