import { Type } from 'typebox';
import { findEntity, type Entity } from '@gatehouse/store';
import { requireEntity } from '../entities/entity-verbs.ts';
import { ServiceError } from '../service-error.ts';
import { illegal, reason, refused, type Applied, type Move, type Moving } from './move.ts';
import { listOf } from '../json-data.ts';
import { GRACE_MS, requireOnly, requirePlan, termsOf } from './subscription-terms.ts';

type AnyMoving = Moving<Readonly<Record<string, unknown>>>;

const only = Type.Object({ reason }, { additionalProperties: false });
const until = Type.String({ format: 'date-time', description: 'When it ends by itself from now on.' });

/** How a subscription is handed over, made longer and given back. */
export const SUBSCRIPTION_TERM_MOVES: readonly Move[] = [
  {
    kind: 'subscription',
    event: 'offer-transfer',
    from: ['active'],
    permission: 'update',
    summary: 'Offers it to another application; it stays where it is until somebody there accepts.',
    input: Type.Object({ application: Type.String({ maxLength: 64 }), reason }, { additionalProperties: false }),
    apply: offer,
  },
  {
    kind: 'subscription',
    event: 'accept-transfer',
    from: ['active'],
    permission: 'update',
    summary: 'Takes it over: keys of the application before do not call under it any more, those of the new one do.',
    input: only,
    apply: accept,
  },
  {
    kind: 'subscription',
    event: 'decline-transfer',
    from: ['active'],
    permission: 'update',
    summary: 'Does not take it, or does not offer it any more.',
    input: only,
    apply: async ({ entity }) => {
      const { transfer, ...data } = entity.data;
      if (transfer === undefined) throw refused('it is not offered to anybody');
      return Promise.resolve({ data });
    },
  },
  {
    kind: 'subscription',
    event: 'renew',
    from: ['active', 'expired'],
    to: 'active',
    permission: 'approve',
    summary: 'Makes it longer: before its end, or in the 30 days behind it.',
    input: Type.Object({ expiresAt: until, reason }, { additionalProperties: false }),
    apply: renew,
  },
  {
    kind: 'subscription',
    event: 'restore',
    from: ['cancelled', 'expired'],
    to: 'active',
    permission: 'approve',
    summary: 'Gives it back within 30 days of its end; what was revoked never comes back.',
    input: Type.Object({ expiresAt: Type.Optional(until), reason }, { additionalProperties: false }),
    apply: renew,
  },
];

interface Transfer {
  readonly to: string;
  readonly by: string;
}

async function offer({ ctx, own, entity, input }: AnyMoving): Promise<Applied> {
  const to = await target(own.sql, entity, String(input['application']));
  const transfer = { to: to.id, by: ctx.principal.id, at: new Date(own.nowMs).toISOString() };
  return { data: { ...entity.data, transfer } };
}

async function target(
  sql: AnyMoving['own']['sql'],
  { workspace, parent, ...entity }: Entity,
  id: string,
): Promise<Entity> {
  const application = await findEntity(sql, { workspace, kind: 'application', id });
  if (application === undefined) throw new ServiceError('admin.not_found', `there is no application ${id} here`);
  if (application.state !== 'active') throw illegal(application, 'take over a subscription');
  if (application.id === parent) throw refused('it is of this application already');
  await requireOnly(sql, { workspace, parent: id, id: entity.id }, termsOf({ workspace, parent, ...entity }));
  return application;
}

/** By somebody else than whoever has offered it, and of the team of the application if that has one. */
async function accept({ ctx, own, entity }: AnyMoving): Promise<Applied> {
  const offered = transferOf(entity);
  if (offered === undefined) throw refused('it is not offered to anybody');
  if (ctx.principal.kind !== 'user' || offered.by === ctx.principal.id)
    throw new ServiceError('admin.forbidden', 'the other side has to accept it');
  const application = await target(own.sql, entity, offered.to);
  const { team } = application.data;
  if (typeof team === 'string') {
    const { data } = await requireEntity(own.sql, ctx, { kind: 'team', id: team });
    if (!listOf(data['members']).includes(ctx.principal.id))
      throw new ServiceError('admin.forbidden', 'only members of the team of the application can accept it');
  }
  const { transfer: _transfer, ...data } = entity.data;
  return { data, parent: application.id };
}

function transferOf({ data }: Entity): Transfer | undefined {
  const { transfer } = data;
  if (typeof transfer !== 'object' || transfer === null || !('to' in transfer) || !('by' in transfer)) return undefined;
  return { to: String(transfer.to), by: String(transfer.by) };
}

async function renew({ own, entity, input }: AnyMoving): Promise<Applied> {
  const { endedAt, noticed: _noticed, ...data } = entity.data;
  const ended = entity.state !== 'active';
  if (ended && !(Date.parse(String(endedAt)) + GRACE_MS > own.nowMs))
    throw refused('it ended more than 30 days ago, ask for a new one');
  if (ended) {
    const application = await findEntity(own.sql, { ...entity, kind: 'application', id: entity.parent });
    if (application !== undefined && application.state === 'archived') throw illegal(application, 'call again');
    await requirePlan(own.sql, entity.workspace, termsOf(entity));
    await requireOnly(own.sql, entity, termsOf(entity));
  }
  const expiresAt = [input['expiresAt'], data['expiresAt']].find((at) => typeof at === 'string');
  if (expiresAt !== undefined && !(Date.parse(expiresAt) > own.nowMs))
    throw refused('it would have ended already: say until when');
  return { data: { ...data, ...(expiresAt !== undefined && { expiresAt }) } };
}
