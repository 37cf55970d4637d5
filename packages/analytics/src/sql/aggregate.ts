import type { Dimension } from '../query/dimensions.ts';
import { percentileOf, TIMINGS, type Metric, type Timing } from '../query/metrics.ts';
import type { AggregateRow, Aggregation, Period } from '../query/query.ts';
import { cubeFor, LEVELS, type Cube, type Fitting } from '../rollup/cubes.ts';
import { segmentsOf, type Rolled, type Segment } from '../rollup/segments.ts';
import { OF_RECORDS, ofRecord, ofRollUp, ofRollUps, quoted, SUMMED, timeOf, typed, type Summed } from './columns.ts';
import { bucketSql, valueSql } from './latency-bucket.ts';
import { conditionsSql, within } from './conditions.ts';
import type { SqlDialect } from './dialect.ts';
import { Parameters } from './parameters.ts';
import { spreadTable, sumsTable } from './roll-up-tables.ts';
import { textOf, type Row } from './rows.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: Parameters;
  readonly source: Segment['from'];
}

export interface StatementOf {
  readonly dialect: SqlDialect;
  /** Tables that hold the records of a period. */
  readonly tables: (period: Period) => readonly string[];
  readonly rolled: (levels: Fitting['levels']) => Rolled;
}

/**
 * One statement for an aggregation. Each part of the period is summed by itself, of roll-ups where they can answer and of
 * records where not; then the parts are added up. Percentiles come from the sum of the distributions.
 */
export function aggregateStatement(asked: Aggregation, of: StatementOf): Statement {
  return new Builder(asked, of).statement();
}

class Builder {
  readonly #asked: Aggregation;
  readonly #of: StatementOf;
  readonly #parameters: Parameters;
  readonly #timings: readonly Timing[];
  /** Nothing else is summed. */
  readonly #summed: readonly Summed[];

  constructor(asked: Aggregation, of: StatementOf) {
    this.#asked = asked;
    this.#of = of;
    this.#parameters = new Parameters(of.dialect.parameter);
    this.#summed = summedFor(asked.metrics);
    this.#timings = TIMINGS.filter((timing) => asked.metrics.some((metric) => percentileOf(metric)?.timing === timing));
  }

  statement(): Statement {
    const { by, where, scope, stepMs, period, metrics, top } = this.#asked;
    const dimensions = [...by, ...where.map(({ dimension }) => dimension), ...(scope === undefined ? [] : SCOPED)];
    const fitting = cubeFor({ dimensions, timings: this.#timings });
    const cube = fitting?.cube;
    const segments = segmentsOf(period, this.#of.rolled(fitting?.levels ?? []), stepMs);
    const keys = [...(stepMs === undefined ? [] : ['since']), ...by.map(quoted)];
    const sums = this.#sums(segments, cube);
    const values = metrics.map((metric) => `${this.#metric(metric)} AS ${quoted(metric)}`);
    const join = this.#timings.length === 0 ? '' : joined(keys);
    const order =
      top === undefined
        ? ` ORDER BY ${[...keys.map((key) => `sums.${key}`), '1'].join(', ')}`
        : ` ORDER BY ${quoted(top.by)} DESC NULLS LAST${keys.map((key) => `, sums.${key}`).join('')} LIMIT ${top.limit}`;
    const percentiles =
      this.#timings.length === 0 ? '' : `, percentiles AS (${this.#percentiles(segments, { cube, keys })})`;
    const select = [...keys.map((key) => `sums.${key}`), ...values].join(', ');
    const sql = `WITH sums AS (${sums})${percentiles} SELECT ${select} FROM sums${join}${order}`;
    const source = LEVELS.find((level) => segments.some(({ from }) => from === level)) ?? 'records';
    return { sql, parameters: this.#parameters, source };
  }

  #sums(segments: readonly Segment[], cube: Cube | undefined): string {
    const parts = segments.flatMap((segment) => this.#sumsOf(segment, cube));
    const { by, stepMs } = this.#asked;
    const keys = [...(stepMs === undefined ? [] : ['since']), ...by.map(quoted)];
    const total = this.#summed.map((name) => `sum(${quoted(name)}) AS ${quoted(name)}`);
    const all = parts.length === 0 ? nothing(keys) : parts.join(' UNION ALL ');
    const group = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
    return `SELECT ${[...keys, ...total].join(', ')} FROM (${all})${group}`;
  }

  #sumsOf(segment: Segment, cube: Cube | undefined): readonly string[] {
    if (segment.from !== 'records' && cube !== undefined) {
      const sums = this.#summed.map((name) => typed(name, ofRollUps(name)));
      return [this.#group(sumsTable(cube, segment.from), { segment, sums, of: ofRollUp, column: 'since' })];
    }
    const sums = this.#summed.map((name) => typed(name, OF_RECORDS[name]));
    const of = ofRecord;
    return this.#of.tables(segment).map((table) => this.#group(table, { segment, sums, of, column: 'time' }));
  }

  #group(table: string, { segment, sums, of, column, only = 'true' }: Grouping): string {
    const { by, stepMs } = this.#asked;
    const at = stepMs === undefined ? [] : [`${this.#of.dialect.floorTo(column, stepMs)} AS since`];
    const keys = by.map((name) => `${of(name)} AS ${quoted(name)}`);
    const filter = conditionsSql(this.#asked, { of, parameters: this.#parameters, dialect: this.#of.dialect });
    return `SELECT ${[...at, ...keys, ...sums].join(', ')} FROM ${table} WHERE ${within(segment, column)} AND ${only}${filter} GROUP BY ALL`;
  }

  /** The smallest value that so many calls are not above (nearest rank), out of the buckets. */
  #percentiles(
    segments: readonly Segment[],
    { cube, keys }: { cube: Cube | undefined; keys: readonly string[] },
  ): string {
    const parts = segments.flatMap((segment) => this.#spreadOf(segment, cube));
    const all = parts.length === 0 ? nothing([...keys, 'timing', 'bucket', 'calls']) : parts.join(' UNION ALL ');
    const part = [...keys, 'timing'].join(', ');
    const group = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
    const columns = this.#asked.metrics.flatMap((metric) => {
      const percentile = percentileOf(metric);
      if (percentile === undefined) return [];
      const { timing, at } = percentile;
      return [`min(value) FILTER (WHERE timing = '${timing}' AND upTo >= ceil(${at} * whole)) AS ${quoted(metric)}`];
    });
    return `SELECT ${[...keys, ...columns].join(', ')} FROM (SELECT *, ${valueSql('bucket')} AS value, sum(calls) OVER (PARTITION BY ${part} ORDER BY bucket) AS upTo, sum(calls) OVER (PARTITION BY ${part}) AS whole FROM (SELECT ${part}, bucket, sum(calls) AS calls FROM (${all}) GROUP BY ${part}, bucket))${group}`;
  }

  #spreadOf(segment: Segment, cube: Cube | undefined): readonly string[] {
    return this.#timings.flatMap((timing) => {
      if (segment.from !== 'records' && cube !== undefined) {
        const sums = ['timing', 'bucket', typed('calls', ofRollUps('calls'))];
        const only = `timing = '${timing}'`;
        return [this.#group(spreadTable(cube, segment.from), { segment, sums, of: ofRollUp, column: 'since', only })];
      }
      const time = timeOf(timing);
      const sums = [`'${timing}' AS timing`, `${bucketSql(time)} AS bucket`, typed('calls', OF_RECORDS.calls)];
      const grouping = { segment, sums, of: ofRecord, column: 'time', only: `${time} IS NOT NULL` } as const;
      return this.#of.tables(segment).map((table) => this.#group(table, grouping));
    });
  }

  #metric(metric: Metric): string {
    if (percentileOf(metric) !== undefined) return `percentiles.${quoted(metric)}`;
    const { period, stepMs } = this.#asked;
    const seconds = (stepMs ?? period.toMs - period.fromMs) / 1000;
    if (metric === 'rate') return `sums.calls / ${seconds}`;
    const ratio = RATIOS_OF[metric];
    if (ratio !== undefined) return `${ratio.scale} * sums.${quoted(ratio.of)} / nullif(sums.${quoted(ratio.in)}, 0)`;
    return `coalesce(sums.${quoted(metric)}, 0)`;
  }
}

/** Calls are there in any case, so that there is a row for each. */
function summedFor(metrics: readonly Metric[]): readonly Summed[] {
  const needed = new Set<string>(['calls']);
  for (const metric of metrics) {
    const ratio = RATIOS_OF[metric];
    if (ratio === undefined) needed.add(metric);
    else for (const part of [ratio.of, ratio.in]) needed.add(part);
  }
  return SUMMED.filter((name) => needed.has(name));
}

interface Quotient {
  readonly of: Summed;
  readonly in: Summed;
  readonly scale: number;
}

/** Null where the sum below is nothing. */
const RATIOS_OF: Readonly<Partial<Record<Metric, Quotient>>> = {
  errorRate: { of: 'errors', in: 'calls', scale: 1 },
  cacheHitRate: { of: 'cacheHits', in: 'calls', scale: 1 },
  tokensPerSecond: { of: 'streamedTokens', in: 'streamedMs', scale: 1000 },
  'duration.mean': { of: 'durationMs', in: 'calls', scale: 1 },
  'gateway.mean': { of: 'gatewayMs', in: 'calls', scale: 1 },
  'upstream.mean': { of: 'upstreamMs', in: 'calls', scale: 1 },
  'firstToken.mean': { of: 'firstTokenMs', in: 'firstTokenCount', scale: 1 },
};

interface Grouping {
  readonly segment: Segment;
  readonly sums: readonly string[];
  readonly of: (dimension: Dimension) => string;
  readonly column: 'since' | 'time';
  /** One more condition. */
  readonly only?: string;
}

const SCOPED: readonly Dimension[] = ['api', 'application'];

/** Without keys both are one row. */
function joined(keys: readonly string[]): string {
  if (keys.length === 0) return ' CROSS JOIN percentiles';
  return ` LEFT JOIN percentiles ON ${keys.map((key) => `sums.${key} = percentiles.${key}`).join(' AND ')}`;
}

/** Something to sum that has no rows. */
function nothing(keys: readonly string[]): string {
  return `SELECT ${[...keys, ...SUMMED.map(quoted)].map((name) => `NULL AS ${name}`).join(', ')} WHERE false`;
}

export function rowOf(row: Row, { by, metrics, stepMs }: Aggregation): AggregateRow {
  const key = Object.fromEntries(by.map((name) => [name, textOf(row, name)]));
  const values = Object.fromEntries(metrics.map((metric) => [metric, numberOrNull(row[metric])]));
  return stepMs === undefined ? { key, values } : { atMs: Number(row['since']), key, values };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
