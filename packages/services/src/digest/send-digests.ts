import { findEntity, insertEntity, listEntities, touchEntity, type Entity, type Statements } from '@gatehouse/store';
import type { Static } from 'typebox';
import type { Analytics } from '../analytics/analytics.ts';
import { addParcel, type Parcel } from '../alerts/contact.ts';
import { writtenOf } from '../alerts/rule.ts';
import { tenantsOf, type Tenant } from '../alerts/whose-calls.ts';
import { requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { digestSchema } from '../kinds/alert-kinds.ts';
import { kindOf } from '../kinds/kinds.ts';
import { orderedId } from '../ordered-id.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { collectDigest } from './collect-digest.ts';
import { digestParcel } from './digest-mail.ts';
import { dayName, dayOf, hourOfDay } from './local-day.ts';

type Settings = Static<typeof digestSchema>;

const DIGESTS_MAX = 1000;
/** What was sent is written by one after another. */
const LOCK = 'alerts';
/** Which day of a digest was sent last. No kind of its own: nobody writes it. */
const SENT = 'sentdigest';

/** Sends each digest whose hour has come, once a day. To be called each minute; says how many. */
export async function sendDigests(house: House): Promise<number> {
  const { analytics, database, clock, log } = house;
  if (analytics === undefined) return 0;
  const nowMs = clock.now();
  let sent = 0;
  for (const tenant of await database.read(tenantsOf)) {
    for (const entity of await database.read(async (sql) => dueIn(sql, tenant, nowMs))) {
      try {
        const parcel = await parcelOf({ ...house, analytics }, entity, { tenant, nowMs });
        if (await database.write(LOCK, async (sql) => send(sql, entity, { parcel, nowMs }))) sent++;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log.warn('a digest could not be made, and is tried again', { digest: entity.id, error: why });
      }
    }
  }
  return sent;
}

function settingsOf(entity: Entity): Settings {
  return writtenOf(digestSchema, entity);
}

async function dueIn(sql: Statements, { id: workspace }: Tenant, nowMs: number): Promise<readonly Entity[]> {
  const due: Entity[] = [];
  for (const entity of await listEntities(sql, { workspace, kind: 'digest', limit: DIGESTS_MAX }))
    if (await isDue(sql, entity, nowMs)) due.push(entity);
  return due;
}

/** Its hour of this day has come since it was made, and it was not sent on this day. */
async function isDue(sql: Statements, entity: Entity, nowMs: number): Promise<boolean> {
  const { timeZone = 'UTC', hour, disabled } = settingsOf(entity);
  const day = dayOf(nowMs, timeZone);
  const atMs = hourOfDay(day, hour, timeZone);
  if (disabled === true || nowMs < atMs || entity.createdMs > atMs) return false;
  return (await findSent(sql, entity))?.data['day'] !== dayName(day);
}

async function findSent(sql: Statements, { workspace, id }: Entity): Promise<Entity | undefined> {
  return findEntity(sql, { workspace, kind: SENT, id: `${SENT}_${id}` });
}

async function parcelOf(
  house: House & { readonly analytics: Analytics },
  entity: Entity,
  { tenant, nowMs }: { readonly tenant: Tenant; readonly nowMs: number },
): Promise<Parcel> {
  const { timeZone = 'UTC' } = settingsOf(entity);
  return digestParcel(await collectDigest({ house, analytics: house.analytics, tenant, timeZone, nowMs }));
}

/** That it was sent is written together with what is to be sent. False: another one was faster. */
async function send(
  sql: Statements,
  entity: Entity,
  { parcel, nowMs }: { readonly parcel: Parcel; readonly nowMs: number },
): Promise<boolean> {
  const now = await findEntity(sql, entity);
  if (now === undefined || !(await isDue(sql, now, nowMs))) return false;
  const { workspace, id: parent } = entity;
  const { contacts, timeZone = 'UTC' } = settingsOf(now);
  const known = await findSent(sql, entity);
  const data = { day: dayName(dayOf(nowMs, timeZone)) };
  if (known === undefined) {
    const row = { workspace, kind: SENT, id: `${SENT}_${parent}`, parent, name: parent, state: '', lookup: undefined };
    await insertEntity(sql, { ...row, revision: 1, data, createdMs: nowMs, updatedMs: nowMs });
  } else await touchEntity(sql, { ...known, data });
  await addParcel(sql, { workspace, contacts, parcel, id: `evt_${orderedId(nowMs)}` }, nowMs);
  return true;
}

/** What a digest would say now; nothing is sent. */
export async function previewDigest(ctx: ServiceContext, id: string): Promise<Parcel['mail'] & Pick<Parcel, 'data'>> {
  requirePermission(ctx, kindOf('digest'), 'read');
  const { entity, tenant } = await ctx.database.read(async (sql) => ({
    entity: await requireEntity(sql, ctx, { kind: 'digest', id }),
    tenant: (await tenantsOf(sql)).find((each) => each.id === ctx.workspace),
  }));
  const { analytics } = ctx;
  if (analytics === undefined || tenant === undefined)
    throw new ServiceError('admin.unavailable', 'no records are kept here');
  const { mail, data } = await parcelOf({ ...ctx, analytics }, entity, { tenant, nowMs: ctx.clock.now() });
  return { ...mail, data };
}
