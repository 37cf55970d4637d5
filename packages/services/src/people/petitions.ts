import { Type } from 'typebox';
import { findEntity, type Entity, type Statements } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity, requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { reason, type Move } from '../moves/move.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { requireMayGive } from './people-rules.ts';
import { rightsOf } from './user-principal.ts';

const SUBJECTS = ['user', 'group', 'role'] as const;
const DAY_MS = 86_400_000;
/** After which nobody decides about it any more. */
export const PETITION_MS = 7 * DAY_MS;

interface Asked {
  readonly subject: Entity;
  /** What is added. */
  readonly field: 'grants' | 'permissions';
  readonly added: readonly unknown[];
}

/** Asks a second person to agree that rights are given. Whoever asks has them, and could change whom they are for. */
export async function petition(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('petition');
  requirePermission(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const named = typeof input === 'object' && input !== null ? { name: 'petition', ...input } : input;
    const asked = await newEntity(ctx, own, { kind, input: named, facts: { requestedBy: ctx.principal.id } });
    const wanted = await askedIn(ctx, own.sql, asked);
    const change = { before: wanted.subject, after: granted(wanted) };
    // Now, rather than when somebody has agreed.
    await requireMayGive({ sql: own.sql, principal: ctx.principal, takesTwo: false, ...change });
    return entityView(kind, await own.insert({ ...asked, name: asked.id }, 'request', String(asked.data['reason'])));
  });
}

async function askedIn(ctx: ServiceContext, sql: Statements, { data }: Entity): Promise<Asked> {
  const [kind, ...more] = SUBJECTS.filter((each) => data[each] !== undefined);
  const field = kind === 'role' ? 'permissions' : 'grants';
  const other = kind === 'role' ? 'grants' : 'permissions';
  const added: unknown = data[field];
  if (kind === undefined || more.length > 0 || !Array.isArray(added) || added.length === 0 || data[other] !== undefined)
    throw new ServiceError('admin.invalid', 'name a user or a group with grants, or a role with permissions');
  requirePermission(ctx, kindOf(kind), 'update');
  return { subject: await requireEntity(sql, ctx, { kind, id: String(data[kind]) }), field, added };
}

function granted({ subject, field, added }: Asked): Entity {
  const before: readonly unknown[] = Array.isArray(subject.data[field]) ? subject.data[field] : [];
  const known = new Set(before.map((each) => JSON.stringify(each)));
  const more = added.filter((each) => !known.has(JSON.stringify(each)));
  return { ...subject, data: { ...subject.data, [field]: [...before, ...more] } };
}

export const PETITION_MOVES: readonly Move[] = [
  {
    kind: 'petition',
    event: 'approve',
    from: ['waiting'],
    to: 'approved',
    summary: 'A second person, who has these rights as well, gives them.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ ctx, own, entity }) => {
      const asked = await askedIn(ctx, own.sql, entity);
      await requireSecond(ctx, own.sql, { petition: entity, subject: asked.subject });
      own.seconded();
      await own.update(asked.subject, granted(asked), 'update', String(entity.data['reason']));
      return { data: { ...entity.data, decidedBy: ctx.principal.id } };
    },
  },
  {
    kind: 'petition',
    event: 'reject',
    from: ['waiting'],
    to: 'rejected',
    permission: 'approve',
    summary: 'Nothing is given.',
    input: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
    apply: async ({ ctx, entity }) => Promise.resolve({ data: { ...entity.data, decidedBy: ctx.principal.id } }),
  },
  {
    kind: 'petition',
    event: 'withdraw',
    from: ['waiting'],
    to: 'withdrawn',
    permission: 'create',
    summary: 'By whoever has asked.',
    input: Type.Object({ reason }, { additionalProperties: false }),
    apply: async ({ ctx, entity }) => {
      if (entity.data['requestedBy'] === ctx.principal.id) return Promise.resolve({});
      throw new ServiceError('admin.forbidden', 'this is somebody else’s petition');
    },
  },
];

/** Neither whoever asks, nor whoever gets something by it, nor a program. */
async function requireSecond(
  { principal }: ServiceContext,
  sql: Statements,
  { petition: asked, subject }: { readonly petition: Entity; readonly subject: Entity },
): Promise<void> {
  if (principal.kind !== 'user') {
    throw new ServiceError('admin.forbidden', 'a program cannot decide about this, a person has to');
  }
  if (asked.data['requestedBy'] === principal.id || (await gains(sql, principal.id, subject))) {
    throw new ServiceError('admin.forbidden', 'this is your own matter, somebody else has to decide about it');
  }
}

async function gains(sql: Statements, id: string, subject: Entity): Promise<boolean> {
  if (subject.kind === 'user') return subject.id === id;
  const user = await findEntity(sql, { workspace: '', kind: 'user', id });
  if (user === undefined) return true;
  const { groups } = user.data;
  if (subject.kind === 'group') return Array.isArray(groups) && groups.includes(subject.id);
  const { grants, reserve } = await rightsOf(sql, user);
  return [...grants, ...reserve].some(({ role }) => role === subject.name);
}
