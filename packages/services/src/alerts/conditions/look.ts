import type { AggregateRow, Aggregation, Dimension, Metric, Period } from '@gatehouse/analytics';
import type { House } from '../../service-context.ts';
import { queryOf, type AlertRule } from '../rule.ts';
import type { Labels } from '../reading.ts';
import { callsOf, type Tenant } from '../whose-calls.ts';

/** One look at a rule's numbers. */
export interface Look {
  readonly house: House;
  readonly tenant: Tenant;
  readonly rule: AlertRule;
  /** Up to when: a little before now, so that what comes late is in. */
  readonly toMs: number;
}

/** So many keys are asked for, those with the most calls. */
export const KEYS_ASKED_MAX = 1000;

export interface Asked {
  readonly period: Period;
  readonly metrics: readonly Metric[];
  readonly by?: readonly Dimension[];
  /** Besides those of the rule. */
  readonly where?: Aggregation['where'];
}

/** Numbers of the rule's calls over a period. */
export async function rowsOf({ house, tenant, rule }: Look, asked: Asked): Promise<readonly AggregateRow[]> {
  const { analytics, database } = house;
  if (analytics === undefined) throw new Error('there is no analytics here');
  const query = queryOf(rule);
  const calls = await database.read(async (sql) => callsOf(sql, tenant, query.ofCalls));
  const { period, metrics, by = query.by, where = [] } = asked;
  const { rows } = await analytics.aggregate({
    period,
    metrics,
    by,
    where: [...calls.where, ...query.where, ...where],
    scope: calls.scope,
    ...(by.length > 0 && { top: { by: 'calls', limit: KEYS_ASKED_MAX } }),
  });
  return rows;
}

export function valueOf(row: AggregateRow | undefined, metric: Metric): number | null {
  return row?.values[metric] ?? null;
}

/** Calls that have none of a dimension are told apart as `none`. */
export function labelsOf({ key }: AggregateRow): Labels {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value === '' ? 'none' : value]));
}

/** As people read it. */
export function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

export function lastSeconds(toMs: number, seconds: number): Period {
  return { fromMs: toMs - seconds * 1000, toMs };
}
