import { listEntities, type Entity } from '@gatehouse/store';
import type { AggregateRow, Dimension } from '@gatehouse/analytics';
import { dataOf } from '../../json-data.ts';
import { nameAtGates } from '../../publishing/compose-config.ts';
import type { AlertRule } from '../rule.ts';
import { keyOf, type Labels, type Reading, type Readings } from '../reading.ts';
import { apisByEntry, NothingThere } from '../whose-calls.ts';
import { KEYS_ASKED_MAX, labelsOf, rowsOf, shown, valueOf, type Look } from './look.ts';
import { periodOf, type CalendarPeriod } from './calendar-period.ts';

export type Forecast = NonNullable<AlertRule['condition']['forecast']>;

/** Before so much of a period is over, its beginning says nothing of its end. */
const SAYS_NOTHING_SHARE = 0.02;

/** What is used up will reach its limit before its period ends, if it goes on as it has since its beginning. */
export async function readForecast(look: Look, { quota, budget }: Forecast): Promise<Readings> {
  if (quota !== undefined) return readQuota(look, quota);
  return readBudget(look, budget ?? '');
}

interface Limit {
  readonly limit: number;
  readonly period: CalendarPeriod;
  /** What the numbers are, for people. */
  readonly unit: string;
}

async function readQuota(look: Look, name: string): Promise<Readings> {
  const plan = await named(look, 'plan', name);
  const { calls: limit, per } = dataOf(dataOf(plan.data['spec'])['quota']);
  if (typeof limit !== 'number') throw new NothingThere(`the plan ${name} has no quota`);
  const period = periodOf(String(per), look.toMs);
  const rows = await rowsOf(look, {
    period: { fromMs: period.fromMs, toMs: look.toMs },
    metrics: ['calls', 'refused'],
    by: ['application', 'api'],
    where: [{ dimension: 'plan', values: [nameAtGates(look.tenant.name, name)] }],
  });
  const items = (await usedBySubscription(look, rows)).map(({ labels, used }) => ({
    labels: { plan: name, ...labels },
    ...foreseen(used, look.toMs, { limit, period, unit: 'calls' }),
  }));
  return { items, isCut: rows.length >= KEYS_ASKED_MAX };
}

interface Used {
  readonly labels: Labels;
  readonly used: number;
}

/** A quota is that of a subscription: of an application, to all versions of an api. */
async function usedBySubscription(look: Look, rows: readonly AggregateRow[]): Promise<readonly Used[]> {
  const apis = await look.house.database.read(async (sql) => apisByEntry(sql, look.tenant));
  const found = new Map<string, Used>();
  for (const row of rows) {
    const entry = row.key.api ?? '';
    const labels = { ...labelsOf(row), api: apis.get(entry) ?? entry };
    // What was refused used nothing up.
    const used = (valueOf(row, 'calls') ?? 0) - (valueOf(row, 'refused') ?? 0);
    const known = found.get(keyOf(labels))?.used ?? 0;
    found.set(keyOf(labels), { labels, used: known + used });
  }
  return [...found.values()];
}

/** Whose spending is counted, by what budgets call it. */
const OF: Readonly<Record<string, Dimension>> = {
  application: 'application',
  credential: 'credential',
  team: 'team',
  model: 'model',
  provider: 'provider',
};
const MICRO = 1_000_000;

async function readBudget(look: Look, name: string): Promise<Readings> {
  const budget = await named(look, 'budget', name);
  const { of, name: whose, usd, per } = dataOf(budget.data['spec']);
  if (typeof usd !== 'number') throw new NothingThere(`the budget ${name} has no limit`);
  const dimension = OF[String(of)];
  // Only of models and providers the workspace's own have its name in front: a team of records is called as it is.
  const isPlain = dimension === 'team' || dimension === 'credential';
  const wanted = typeof whose === 'string' ? [isPlain ? whose : nameAtGates(look.tenant.name, whose)] : undefined;
  const period = periodOf(String(per), look.toMs);
  const rows = await rowsOf(look, {
    period: { fromMs: period.fromMs, toMs: look.toMs },
    metrics: ['costMicroUsd', 'calls'],
    by: dimension === undefined ? [] : [dimension],
    where: dimension === undefined || wanted === undefined ? [] : [{ dimension, values: wanted }],
  });
  const items = rows.map((row) => {
    const used = (valueOf(row, 'costMicroUsd') ?? 0) / MICRO;
    return {
      labels: { budget: name, ...labelsOf(row) },
      ...foreseen(used, look.toMs, { limit: usd, period, unit: 'US dollars' }),
    };
  });
  return { items, isCut: rows.length >= KEYS_ASKED_MAX };
}

/** By a straight line through nothing at the beginning and what is used now. */
export function foreseen(used: number, nowMs: number, { limit, period, unit }: Limit): Omit<Reading, 'labels'> {
  const share = `${shown(used)} of ${shown(limit)} ${unit}`;
  if (used >= limit) return { value: used, isBreached: true, note: `${share}: used up` };
  const elapsedMs = nowMs - period.fromMs;
  const isEarly = elapsedMs < (period.toMs - period.fromMs) * SAYS_NOTHING_SHARE;
  if (used <= 0 || elapsedMs <= 0 || isEarly || !Number.isFinite(period.toMs))
    return { value: used, isBreached: false, note: share };
  const reachedMs = period.fromMs + (elapsedMs * limit) / used;
  if (reachedMs >= period.toMs) return { value: used, isBreached: false, note: share };
  const at = new Date(reachedMs).toISOString().slice(0, 16);
  return { value: used, isBreached: true, note: `${share}: used up by ${at}Z, the period ends ${endOf(period)}` };
}

function endOf({ toMs }: CalendarPeriod): string {
  return `${new Date(toMs).toISOString().slice(0, 16)}Z`;
}

async function named({ house, tenant }: Look, kind: string, name: string): Promise<Entity> {
  const query = { workspace: tenant.id, kind, parent: '', name, limit: 1 };
  const [found] = await house.database.read(async (sql) => listEntities(sql, query));
  if (found === undefined) throw new NothingThere(`there is no ${kind} ${name}`);
  return found;
}
