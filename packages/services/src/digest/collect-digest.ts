import type { AggregateRow, Aggregation, Dimension, Metric, Period } from '@gatehouse/analytics';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { endsOf } from '../alerts/conditions/expiry.ts';
import { namesOf } from '../alerts/message.ts';
import { watchesIn } from '../alerts/watch.ts';
import { entryOf, type Tenant } from '../alerts/whose-calls.ts';
import type { Analytics } from '../analytics/analytics.ts';
import { ofWorkspace } from '../analytics/scope.ts';
import { nameAtGates } from '../publishing/compose-config.ts';
import type { House } from '../service-context.ts';
import {
  ENDING_DAYS,
  UNUSED_DAYS,
  type DeprecatedCaller,
  type Digest,
  type Ending,
  type Figure,
  type Mover,
  type ObjectiveAtRisk,
  type UnusedKey,
} from './digest.ts';
import { dayName, dayOf, daysFrom } from './local-day.ts';

const DAY_MS = 86_400_000;
const MANY = 100_000;
const MOVERS_MAX = 5;
const CALLERS_MAX = 20;
/** Less than so much of an error budget is worth a line. */
const AT_RISK_LEFT = 0.25;

export interface Collecting {
  readonly house: House;
  readonly analytics: Analytics;
  readonly tenant: Tenant;
  readonly timeZone: string;
  readonly nowMs: number;
}

/** What is to be told of the day before this one. */
export async function collectDigest(collecting: Collecting): Promise<Digest> {
  const { house, tenant, timeZone, nowMs } = collecting;
  const day = dayOf(nowMs, timeZone, -1);
  return {
    workspace: tenant.name,
    day: dayName(day),
    figures: await figures(collecting, day),
    movers: await movers(collecting, day),
    ...(await house.database.read(async (sql) => ({
      objectives: await objectivesAtRisk(sql, tenant),
      endings: await endings(sql, tenant, nowMs),
    }))),
    deprecated: await deprecatedCallers(collecting),
    unusedKeys: await unusedKeys(collecting),
  };
}

interface Asked {
  readonly period: Period;
  readonly metrics: readonly Metric[];
  readonly by?: readonly Dimension[];
  readonly where?: Aggregation['where'];
  readonly limit?: number;
}

async function rowsOf({ analytics, house, tenant }: Collecting, asked: Asked): Promise<readonly AggregateRow[]> {
  const { period, metrics, by = [], where = [], limit = MANY } = asked;
  const top = by.length === 0 ? undefined : ({ by: 'calls', limit } as const);
  const scope = await house.database.read(async (sql) => ofWorkspace(sql, tenant.id));
  return (await analytics.aggregate({ period, metrics, by, where, scope, top })).rows;
}

const FIGURES: readonly { readonly name: Figure['name']; readonly metric: Metric; readonly isSum: boolean }[] = [
  { name: 'calls', metric: 'calls', isSum: true },
  { name: 'errors', metric: 'errors', isSum: true },
  { name: 'p95', metric: 'duration.p95', isSum: false },
  { name: 'cost', metric: 'costMicroUsd', isSum: true },
];
const WEEK_DAYS = 7;

async function figures(collecting: Collecting, day: number): Promise<readonly Figure[]> {
  const metrics = FIGURES.map(({ metric }) => metric);
  const of = async (from: number, days: number): Promise<AggregateRow['values']> => {
    const [row] = await rowsOf(collecting, { period: daysFrom(from, days, collecting.timeZone), metrics });
    return row?.values ?? {};
  };
  const [value, before] = [await of(day, 1), await of(day - DAY_MS, 1)];
  const week = await of(day - WEEK_DAYS * DAY_MS, WEEK_DAYS);
  return FIGURES.map(({ name, metric, isSum }) => {
    const ofWeek = week[metric] ?? null;
    return {
      name,
      value: value[metric] ?? null,
      before: before[metric] ?? null,
      week: isSum && ofWeek !== null ? ofWeek / WEEK_DAYS : ofWeek,
    };
  });
}

/** Apis whose calls have changed the most. */
async function movers(collecting: Collecting, day: number): Promise<readonly Mover[]> {
  const { timeZone } = collecting;
  const byApi = async (from: number): Promise<ReadonlyMap<string, number>> => {
    const period = daysFrom(from, 1, timeZone);
    const rows = await rowsOf(collecting, { period, metrics: ['calls'], by: ['api'] });
    return new Map(rows.map(({ key, values }) => [key.api ?? '', values.calls ?? 0]));
  };
  const [now, before] = [await byApi(day), await byApi(day - DAY_MS)];
  return [...new Set([...now.keys(), ...before.keys()])]
    .filter((api) => api !== '')
    .map((api) => ({ api, calls: now.get(api) ?? 0, before: before.get(api) ?? 0 }))
    .filter(({ calls, before: was }) => calls !== was)
    .toSorted((a, b) => Math.abs(b.calls - b.before) - Math.abs(a.calls - a.before))
    .slice(0, MOVERS_MAX);
}

async function objectivesAtRisk(sql: Statements, { id: workspace }: Tenant): Promise<readonly ObjectiveAtRisk[]> {
  const watches = await watchesIn(sql, workspace);
  const all = await listEntities(sql, { workspace, kind: 'objective', limit: MANY });
  return all.flatMap(({ id, name }) => {
    const { facts, alarms = {} } = watches.get(id) ?? {};
    const left = facts?.['left'];
    const isFiring = Object.values(alarms).some(({ status }) => status === 'firing');
    return typeof left === 'number' && (left < AT_RISK_LEFT || isFiring) ? [{ name, left, isFiring }] : [];
  });
}

const ENDING = ['certificate', 'credential', 'subscription', 'version', 'waiver'] as const;

async function endings(sql: Statements, { id: workspace }: Tenant, nowMs: number): Promise<readonly Ending[]> {
  const ends = await endsOf(sql, { workspace, of: ENDING, rule: {} });
  return ends
    .filter(({ atMs }) => atMs > nowMs && atMs <= nowMs + ENDING_DAYS * DAY_MS)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ labels, atMs }) => ({ what: namesOf(labels), at: dayName(atMs) }));
}

/** Whoever still calls what is about to go, in the last seven days. */
async function deprecatedCallers(collecting: Collecting): Promise<readonly DeprecatedCaller[]> {
  const { house, tenant, nowMs } = collecting;
  const { id: workspace } = tenant;
  const { versions, apis } = await house.database.read(async (sql) => ({
    versions: await listEntities(sql, { workspace, kind: 'version', state: 'deprecated', limit: MANY }),
    apis: new Map((await listEntities(sql, { workspace, kind: 'api', limit: MANY })).map(({ id, name }) => [id, name])),
  }));
  const entries = new Map(
    versions.map((version) => {
      const api = apis.get(version.parent) ?? version.parent;
      return [entryOf(tenant, api, version), `${api} ${version.name}`];
    }),
  );
  if (entries.size === 0) return [];
  const rows = await rowsOf(collecting, {
    period: { fromMs: nowMs - WEEK_DAYS * DAY_MS, toMs: nowMs },
    metrics: ['calls'],
    by: ['api', 'application'],
    where: [{ dimension: 'api', values: [...entries.keys()] }],
    limit: CALLERS_MAX,
  });
  return rows.flatMap(({ key: { api = '', application = '' }, values }) => {
    const calls = values.calls ?? 0;
    const who = application === '' ? 'somebody without a key' : application;
    return calls === 0 ? [] : [{ version: entries.get(api) ?? api, application: who, calls }];
  });
}

/** Good keys that nobody has used for so long, if records go back that far. */
async function unusedKeys(collecting: Collecting): Promise<readonly UnusedKey[] | undefined> {
  const { house, tenant, nowMs } = collecting;
  const sinceMs = nowMs - UNUSED_DAYS * DAY_MS;
  const [older] = await rowsOf(collecting, { period: { fromMs: 0, toMs: sinceMs }, metrics: ['calls'] });
  if ((older?.values.calls ?? 0) === 0) return undefined;
  const rows = await rowsOf(collecting, {
    period: { fromMs: sinceMs, toMs: nowMs },
    metrics: ['calls'],
    by: ['application', 'credential'],
  });
  // There may be more that were used.
  if (rows.length >= MANY) return undefined;
  const used = new Set(rows.map(({ key }) => JSON.stringify([key.application, key.credential])));
  const keys = await house.database.read(async (sql) => oldKeys(sql, tenant, sinceMs));
  return keys
    .filter(({ application, key }) => !used.has(JSON.stringify([nameAtGates(tenant.name, application), key])))
    .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

async function oldKeys(sql: Statements, { id: workspace }: Tenant, beforeMs: number): Promise<readonly UnusedKey[]> {
  const active = await listEntities(sql, { workspace, kind: 'credential', state: 'active', limit: MANY });
  const applications = await listEntities(sql, { workspace, kind: 'application', state: 'active', limit: MANY });
  const names = new Map(applications.map(({ id, name }) => [id, name]));
  return active
    .filter(({ createdMs }) => createdMs < beforeMs)
    .flatMap((key: Entity): UnusedKey[] => {
      const application = names.get(key.parent);
      return application === undefined ? [] : [{ application, key: key.name, createdAt: dayName(key.createdMs) }];
    });
}
