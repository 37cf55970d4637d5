import type { AggregateRow, Condition, Metric, Period } from '@gatehouse/analytics';
import type { Entity } from '@gatehouse/store';
import type { Static } from 'typebox';
import { writtenOf } from '../alerts/rule.ts';
import { callsOf, type Tenant } from '../alerts/whose-calls.ts';
import { objectiveSchema } from '../kinds/alert-kinds.ts';
import type { House } from '../service-context.ts';
import type { Counted } from './burn-rate.ts';
import { shareBelow } from './share-below.ts';

export type Objective = Static<typeof objectiveSchema>;

export function objectiveOf(entity: Entity): Objective {
  return writtenOf(objectiveSchema, entity);
}

/** What callers have done wrong is nobody's failure, and no success either. */
const NOT_BY_CALLERS: Condition = { dimension: 'statusClass', values: ['4xx'], not: true };

const QUANTILES: readonly { readonly at: number; readonly metric: Metric }[] = [
  { at: 0.5, metric: 'duration.p50' },
  { at: 0.9, metric: 'duration.p90' },
  { at: 0.95, metric: 'duration.p95' },
  { at: 0.99, metric: 'duration.p99' },
  { at: 0.999, metric: 'duration.p999' },
];

export interface Counting {
  readonly house: Pick<House, 'analytics' | 'database'>;
  readonly tenant: Tenant;
  readonly objective: Objective;
}

export interface CountedStep extends Counted {
  /** Its begin; left out: all of the period. */
  readonly atMs?: number | undefined;
}

/** The calls of an objective over a period, as a whole or in steps. */
export async function countedCalls(
  { house, tenant, objective }: Counting,
  period: Period,
  stepMs?: number,
): Promise<readonly CountedStep[]> {
  const { analytics, database } = house;
  if (analytics === undefined) throw new Error('there is no analytics here');
  const { latencyMs, api, version, plan } = objective;
  const { where, scope } = await database.read(async (sql) => callsOf(sql, tenant, { api, version, plan }));
  const isLatency = latencyMs !== undefined;
  const { rows } = await analytics.aggregate({
    period,
    metrics: isLatency ? ['calls', ...QUANTILES.map(({ metric }) => metric)] : ['calls', 'errors'],
    by: [],
    // Distributions are not kept by status: asked for it, each question would go through all records.
    where: isLatency ? where : [...where, NOT_BY_CALLERS],
    scope,
    stepMs,
  });
  return rows.map((row) => ({ atMs: row.atMs, ...countedIn(row, latencyMs) }));
}

function countedIn({ values }: AggregateRow, latencyMs: number | undefined): Counted {
  const calls = values.calls ?? 0;
  if (latencyMs === undefined) return { calls, bad: values.errors ?? 0 };
  const quantiles = QUANTILES.map(({ at, metric }) => ({ at, ms: values[metric] ?? null }));
  return { calls, bad: calls * (1 - shareBelow(quantiles, latencyMs)) };
}
