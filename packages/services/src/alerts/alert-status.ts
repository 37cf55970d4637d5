import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { requireEntity } from '../entities/entity-verbs.ts';
import { reaches, requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import type { Alarm } from './alarm-course.ts';
import type { Labels } from './reading.ts';
import { FAILURES_TOLD } from './settle.ts';
import { watchesIn, watchOf, type Watch } from './watch.ts';

const MANY = 100_000;
const LISTED_MAX = 1000;

export type WatchedKind = 'alert' | 'objective';

export interface AlarmView {
  readonly labels: Labels;
  readonly state: Alarm['status'];
  readonly since: string;
  readonly value: number | null;
  readonly note: string;
  readonly toldAt?: string;
  readonly silencedBy?: string;
}

/** How it stands with a rule: its worst key, and all of them. */
export interface AlertStatus {
  readonly state: 'new' | 'ok' | 'pending' | 'firing' | 'unknown' | 'disabled';
  readonly lookedAt?: string;
  /** Why the last look found nothing out. */
  readonly problem?: string;
  readonly failures: number;
  /** Whether there are more keys than are kept. */
  readonly isCut: boolean;
  readonly keys: readonly AlarmView[];
  readonly history: readonly {
    readonly at: string;
    readonly what: string;
    readonly labels: Labels;
    readonly note: string;
  }[];
}

/** Of one rule, also what is silenced. */
export async function alertStatus(ctx: ServiceContext, kind: WatchedKind, id: string): Promise<AlertStatus> {
  requireSomewhere(ctx, kindOf(kind), 'read');
  return ctx.database.read(async (sql) => {
    const entity = await requireEntity(sql, ctx, { kind, id });
    await requirePermissionOn(ctx, sql, { entity, verb: 'read' });
    return statusOf(entity, await watchOf(sql, entity));
  });
}

const momentOf = (atMs: number): string => new Date(atMs).toISOString();

export function statusOf({ data }: Entity, watch: Watch): AlertStatus {
  const { problem, failures, isCut, atMs, history, slot } = watch;
  return {
    state: data['disabled'] === true ? 'disabled' : stateOf(watch),
    ...(slot >= 0 && { lookedAt: momentOf(atMs) }),
    ...(problem !== undefined && { problem }),
    failures,
    isCut,
    keys: Object.values(watch.alarms).map(alarmView),
    history: history.map(({ atMs: at, ...turn }) => ({ at: momentOf(at), ...turn })),
  };
}

function stateOf({ slot, failures, alarms }: Watch): AlertStatus['state'] {
  if (slot < 0) return 'new';
  if (failures >= FAILURES_TOLD) return 'unknown';
  const statuses = new Set(Object.values(alarms).map(({ status }) => status));
  if (statuses.has('firing')) return 'firing';
  return statuses.has('pending') ? 'pending' : 'ok';
}

function alarmView({ labels, status, sinceMs, value, note, toldMs, silencedBy }: Alarm): AlarmView {
  return {
    labels,
    state: status,
    since: momentOf(sinceMs),
    value,
    note,
    ...(toldMs !== undefined && { toldAt: momentOf(toldMs) }),
    ...(silencedBy !== undefined && { silencedBy }),
  };
}

export interface FiringAlarm extends AlarmView {
  readonly rule: { readonly kind: WatchedKind; readonly id: string; readonly name: string };
}

/** All keys of all rules that fire or are about to, the newest first; of rules that whoever asks may read. */
export async function listFiring(ctx: ServiceContext): Promise<{ readonly items: readonly FiringAlarm[] }> {
  requireSomewhere(ctx, kindOf('alert'), 'read');
  return ctx.database.read(async (sql) => {
    const watches = await watchesIn(sql, ctx.workspace);
    const found: FiringAlarm[] = [];
    for (const { kind, entity } of await rulesIn(sql, ctx.workspace)) {
      const alarms = Object.values(watches.get(entity.id)?.alarms ?? {}).filter(({ status }) => status !== 'resolved');
      if (alarms.length === 0 || !(await reaches(ctx, sql, { entity, verb: 'read' }))) continue;
      const rule = { kind, id: entity.id, name: entity.name };
      found.push(...alarms.map((alarm) => ({ rule, ...alarmView(alarm) })));
    }
    return { items: found.toSorted((a, b) => (a.since < b.since ? 1 : -1)).slice(0, LISTED_MAX) };
  });
}

async function rulesIn(
  sql: Statements,
  workspace: string,
): Promise<readonly { readonly kind: WatchedKind; readonly entity: Entity }[]> {
  const of = async (kind: WatchedKind) =>
    (await listEntities(sql, { workspace, kind, limit: MANY })).map((entity) => ({ kind, entity }));
  return [...(await of('alert')), ...(await of('objective'))];
}
