import type { ExchangeRecord } from '@gatehouse/record';
import type { Dimension } from '../query/dimensions.ts';
import { percentileOf, type Metric, type Timing } from '../query/metrics.ts';
import type { AggregateRow, Aggregation } from '../query/query.ts';

export interface Kept extends ExchangeRecord {
  readonly node: string;
}

/** What an aggregation has to come to, worked out record by record; percentiles are exact ones (nearest rank). */
export function plainAggregate(records: readonly Kept[], asked: Aggregation): readonly AggregateRow[] {
  const groups = new Map<string, { readonly row: Omit<AggregateRow, 'values'>; readonly of: Kept[] }>();
  for (const record of records.filter((each) => matches(each, asked))) {
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

function matches(record: Kept, { period, where, scope }: Aggregation): boolean {
  if (record.time < period.fromMs || record.time >= period.toMs) return false;
  const holds = where.every(
    ({ dimension, values, not = false }) => values.includes(dimensionOf(record, dimension)) !== not,
  );
  if (!holds || scope === undefined) return holds;
  const names = [dimensionOf(record, 'api'), dimensionOf(record, 'application')] as const;
  const isIn =
    scope.apis.includes(names[0]) ||
    scope.applications.includes(names[1]) ||
    scope.prefixes.some((prefix) => names.some((name) => name.startsWith(prefix)));
  return isIn && !(scope.except ?? []).some((prefix) => names.some((name) => name.startsWith(prefix)));
}

export function dimensionOf(record: Kept, name: Dimension): string {
  switch (name) {
    case 'status':
      return `${record.status}`;
    case 'statusClass':
      return `${Math.floor(record.status / 100)}xx`;
    case 'cache':
      return cacheOf(record.cacheStatus);
    case 'provider':
      return record.aiProvider ?? '';
    case 'model':
      return record.aiModel ?? record.aiModelAsked ?? '';
    default:
      return record[name] ?? '';
  }
}

function cacheOf(text: string | undefined): string {
  if (text === undefined || !text.includes(';')) return text ?? '';
  return text.includes('; hit') ? 'hit' : 'miss';
}

function metricOf(of: readonly Kept[], metric: Metric, { stepMs, period }: Aggregation): number | null {
  const percentile = percentileOf(metric);
  if (percentile !== undefined) return exact(timesOf(of, percentile.timing), percentile.at);
  const [timing, isMean] = metric.split('.');
  if (isMean === 'mean') return mean(timesOf(of, timing));
  const sum = (value: (record: Kept) => number | undefined): number =>
    of.reduce((total, record) => total + (value(record) ?? 0), 0);
  const count = (holds: (record: Kept) => boolean): number => of.filter(holds).length;
  const streamed = of.filter(
    (each) => each.aiStream === true && each.aiFirstTokenMs !== undefined && (each.aiOutputTokens ?? 0) > 0,
  );
  const isHit = (record: Kept): boolean => dimensionOf(record, 'cache') === 'hit';
  switch (metric) {
    case 'calls':
      return of.length;
    case 'errors':
      return count(({ status }) => status >= 500);
    case 'clientErrors':
      return count(({ status }) => status >= 400 && status < 500);
    case 'refused':
      return count(({ status, code }) => code !== undefined && status >= 400 && status < 499);
    case 'cacheHits':
      return count(isHit);
    case 'bytesIn':
    case 'bytesOut':
      return sum((record) => record[metric]);
    case 'inputTokens':
      return sum(({ aiInputTokens }) => aiInputTokens);
    case 'cachedTokens':
      return sum(({ aiCachedTokens }) => aiCachedTokens);
    case 'outputTokens':
      return sum(({ aiOutputTokens }) => aiOutputTokens);
    case 'reasoningTokens':
      return sum(({ aiReasoningTokens }) => aiReasoningTokens);
    case 'costMicroUsd':
      return sum(({ aiCostMicroUsd }) => aiCostMicroUsd);
    case 'rate':
      return of.length / ((stepMs ?? period.toMs - period.fromMs) / 1000);
    case 'errorRate':
      return of.length === 0 ? null : count(({ status }) => status >= 500) / of.length;
    case 'cacheHitRate':
      return of.length === 0 ? null : count(isHit) / of.length;
    case 'tokensPerSecond': {
      const tokens = streamed.reduce((total, { aiOutputTokens = 0 }) => total + aiOutputTokens, 0);
      const ms = streamed.reduce((total, { durationMs, aiFirstTokenMs = 0 }) => total + durationMs - aiFirstTokenMs, 0);
      return ms === 0 ? null : (tokens / ms) * 1000;
    }
    default:
      throw new Error(`no plain answer for ${metric}`);
  }
}

function timesOf(of: readonly Kept[], timing: string | undefined): readonly number[] {
  return of.flatMap((record) => timeOf(record, timing) ?? []).toSorted((a, b) => a - b);
}

function timeOf(
  { durationMs, gatewayMs, aiFirstTokenMs }: Kept,
  timing: Timing | string | undefined,
): number | undefined {
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
