import { Type } from 'typebox';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { requireEntity } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { isOf } from './emergency-rights.ts';
import type { Grant } from './grants.ts';
import { requireFresh, requireSession } from './sessions.ts';
import { placed, rightsOf } from './user-principal.ts';

const MINUTES_MAX = 240;
const DAY_MS = 86_400_000;
/** Whoever has not been looked at for so long takes nothing again. */
const UNREVIEWED_MS = 3 * DAY_MS;
const SEEN_MAX = 1000;

export const TAKE = Type.Object(
  {
    role: Type.String({ maxLength: 64, description: 'Of a grant that is for emergencies.' }),
    workspace: Type.Optional(Type.String({ maxLength: 64, description: 'As in that grant.' })),
    team: Type.Optional(Type.String({ maxLength: 64, description: 'As in that grant.' })),
    reason: Type.String({ minLength: 10, maxLength: 2000, description: 'What has happened, for those who review it.' }),
    minutes: Type.Integer({ minimum: 5, maximum: MINUTES_MAX, description: 'After which it ends by itself.' }),
  },
  { additionalProperties: false },
);

/**
 * Breaks the glass: what a user was granted for emergencies counts for this user from now until then, in its sessions. All
 * administrators are told at once, and have to review it afterwards.
 */
export async function takeEmergency(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  requireSession(ctx);
  requireFresh(ctx);
  const { reason, minutes, ...asked } = readInput(TAKE, input);
  const taken = await write(ctx, async (own) => {
    const user = await requireEntity(own.sql, ctx, { kind: 'user', id: ctx.principal.id });
    const grant = await reserved(own.sql, user, asked);
    await requireReviewed(own, user, grant);
    const until = new Date(own.nowMs + minutes * 60_000).toISOString();
    const { role, workspace = null, team = null } = grant;
    const emergency = newEmergency(own, user, { role, workspace, team, reason, until });
    return entityView(kindOf('emergency'), await own.insert(emergency, 'take', reason));
  });
  ctx.log.warn('somebody has taken rights for an emergency', {
    user: ctx.principal.name,
    role: asked.role,
    minutes,
    reason,
  });
  return taken;
}

/** One of those that the user was granted for emergencies. */
async function reserved(sql: Statements, user: Entity, asked: Grant): Promise<Grant> {
  const { reserve } = await rightsOf(sql, user);
  const [wanted] = await placed(sql, [asked]);
  const found = wanted && reserve.find((grant) => isOf(grant, { ...wanted }));
  if (found === undefined) throw new ServiceError('admin.forbidden', 'you have no such grant for emergencies');
  return found;
}

async function requireReviewed({ sql, nowMs }: Write, user: Entity, grant: Grant): Promise<void> {
  const all = await listEntities(sql, { workspace: '', kind: 'emergency', parent: user.id, limit: SEEN_MAX });
  if (all.some(({ state, data }) => state === 'open' && isOf(grant, data))) {
    throw new ServiceError('admin.conflict', 'you have it already, end that first');
  }
  if (all.some((each) => each.state === 'ended' && nowMs - endedMs(each) > UNREVIEWED_MS)) {
    throw new ServiceError(
      'admin.illegal',
      'your last emergency has waited for its review for three days: ask for that',
    );
  }
}

export function endedMs({ data }: Entity): number {
  return Date.parse(String(data['endedAt']));
}

function newEmergency(own: Write, { id: parent, name }: Entity, data: Entity['data']): Entity {
  const { nowMs } = own;
  const row = { workspace: '', kind: 'emergency', parent, state: 'open', lookup: undefined, revision: 1 };
  const called = `${name} as ${String(data['role'])} at ${new Date(nowMs).toISOString()}`;
  return { ...row, id: own.newId('emergency'), name: called, data, createdMs: nowMs, updatedMs: nowMs };
}

/** What whoever asks may take, and has taken. */
export async function myEmergencies(ctx: ServiceContext): Promise<Readonly<Record<string, unknown>>> {
  const kind = kindOf('emergency');
  return ctx.database.read(async (sql) => {
    const user = await requireEntity(sql, ctx, { kind: 'user', id: ctx.principal.id });
    const { reserve } = await rightsOf(sql, user);
    const taken = await listEntities(sql, { workspace: '', kind: 'emergency', parent: user.id, limit: SEEN_MAX });
    const grants = reserve.map(({ role, workspace, team }) => ({ role, workspace, team }));
    return { grants, items: taken.map((each) => entityView(kind, each)) };
  });
}

/** Gives back what one has taken, before its time. */
export async function endOwnEmergency(ctx: ServiceContext, id: string): Promise<Written<EntityView>> {
  return write(ctx, async (own) => {
    const emergency = await requireEntity(own.sql, ctx, { kind: 'emergency', id });
    if (emergency.parent !== ctx.principal.id) throw new ServiceError('admin.not_found', 'you have no such emergency');
    if (emergency.state !== 'open') throw new ServiceError('admin.illegal', 'it has ended already');
    return entityView(kindOf('emergency'), await endEmergency(own, emergency));
  });
}

export async function endEmergency(own: Write, emergency: Entity): Promise<Entity> {
  const data = { ...emergency.data, endedAt: new Date(own.nowMs).toISOString() };
  return own.update(emergency, { ...emergency, state: 'ended', data }, 'end');
}
