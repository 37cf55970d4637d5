import { Type } from 'typebox';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity, requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { illegal, reason, refused, type Applied, type Move, type Moving } from './move.ts';
import { listOf, requireOther } from './people.ts';

const only = Type.Object({ reason }, { additionalProperties: false });
const because = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);
const LIVE: ReadonlySet<string> = new Set(['pending', 'active']);

type AnyMoving = Moving<Readonly<Record<string, unknown>>>;

/** Two flags, so that neither side undoes what the other has done. */
const flag =
  (name: 'paused' | 'stopped', value: boolean) =>
  async ({ entity }: AnyMoving): Promise<Applied> => {
    if ((entity.data[name] === true) === value) throw refused(value ? `it is ${name} already` : `it is not ${name}`);
    return Promise.resolve({ data: { ...entity.data, [name]: value } });
  };

export const SUBSCRIPTION_MOVES: readonly Move[] = [
  {
    kind: 'subscription',
    event: 'approve',
    from: ['pending'],
    to: 'active',
    summary: 'Lets the application call; nobody approves their own request.',
    input: only,
    apply: async (moving) => decided(moving, 'approved'),
  },
  {
    kind: 'subscription',
    event: 'reject',
    from: ['pending'],
    to: 'rejected',
    permission: 'approve',
    summary: 'For a reason, which the applicant is told.',
    input: because,
    apply: async (moving) => decided(moving, 'rejected'),
  },
  {
    kind: 'subscription',
    event: 'withdraw',
    from: ['pending'],
    to: 'withdrawn',
    permission: 'update',
    summary: 'The applicant thinks better of it.',
    input: only,
  },
  {
    kind: 'subscription',
    event: 'pause',
    from: ['active'],
    permission: 'approve',
    summary: 'By the provider: calls are refused until it is resumed.',
    input: only,
    apply: flag('paused', true),
  },
  {
    kind: 'subscription',
    event: 'resume',
    from: ['active'],
    permission: 'approve',
    summary: 'By the provider.',
    input: only,
    apply: flag('paused', false),
  },
  {
    kind: 'subscription',
    event: 'stop',
    from: ['active'],
    permission: 'update',
    summary: 'By the consumer: calls are refused until it is started.',
    input: only,
    apply: flag('stopped', true),
  },
  {
    kind: 'subscription',
    event: 'start',
    from: ['active'],
    permission: 'update',
    summary: 'By the consumer.',
    input: only,
    apply: flag('stopped', false),
  },
  {
    kind: 'subscription',
    event: 'change-plan',
    from: ['active'],
    permission: 'approve',
    summary: 'Another plan from now on.',
    input: Type.Object({ plan: Type.String({ maxLength: 64 }), reason }, { additionalProperties: false }),
    apply: async ({ own, entity, input }) => {
      const plan = String(input['plan']);
      await requirePlan(own.sql, entity.workspace, { plan, api: String(entity.data['api']) });
      return { data: { ...entity.data, plan } };
    },
  },
  {
    kind: 'subscription',
    event: 'cancel',
    from: ['active', 'pending'],
    to: 'cancelled',
    permission: 'update',
    summary: 'By the consumer.',
    input: only,
  },
  {
    kind: 'subscription',
    event: 'revoke',
    from: ['active', 'pending'],
    to: 'revoked',
    permission: 'revoke',
    summary: 'By the provider, for good; answers when no gate lets its calls pass any more.',
    input: because,
  },
];

async function decided({ ctx, own, entity, input }: AnyMoving, decision: string): Promise<Applied> {
  requireOther(ctx, entity);
  const { api, plan } = entity.data;
  if (decision === 'approved') await requirePlan(own.sql, entity.workspace, { plan: String(plan), api: String(api) });
  const at = new Date(own.nowMs).toISOString();
  const entry = { by: ctx.principal.id, at, decision, reason: input['reason'] ?? null };
  return { data: { ...entity.data, decisions: [...listOf(entity.data['decisions']), entry] } };
}

/** A published plan that holds the api. */
async function requirePlan(
  sql: Statements,
  workspace: string,
  { plan: name, api }: { readonly plan: string; readonly api: string },
): Promise<Entity> {
  const [plan] = await listEntities(sql, { workspace, kind: 'plan', parent: '', name, limit: 1 });
  if (plan === undefined) throw new ServiceError('admin.invalid', `there is no plan ${name}`);
  if (plan.state !== 'published') throw refused(`the plan ${name} is ${plan.state}, and takes no subscriptions`);
  if (!listOf(plan.data['apis']).includes(api))
    throw new ServiceError('admin.invalid', `the plan ${name} has no api ${api}`);
  return plan;
}

/** In which an api takes new subscriptions. */
const OPEN: ReadonlySet<string> = new Set(['published', 'preview']);

async function requireOpenVersion(ctx: ServiceContext, sql: Statements, name: string): Promise<void> {
  const { workspace } = ctx;
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name, limit: 1 });
  if (api === undefined) {
    if ((await ctx.gate.apisOfOthers()).has(name)) return;
    throw new ServiceError('admin.invalid', `there is no api ${name}`);
  }
  const versions = await listEntities(sql, { workspace, kind: 'version', parent: api.id, limit: 10_000 });
  if (!versions.some(({ state }) => OPEN.has(state))) throw refused(`the api ${name} takes no new subscriptions`);
}

/** Asks for an api under a plan; active at once where the plan needs nobody's approval. */
export async function requestSubscription(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('subscription');
  requirePermission(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const { workspace } = ctx;
    const asked = await newEntity(ctx, own, { kind, input: withName(input), facts: { requestedBy: ctx.principal.id } });
    const [api, planName] = [String(asked.data['api']), String(asked.data['plan'])];
    const application = await requireEntity(own.sql, ctx, { kind: 'application', id: asked.parent });
    if (application.state !== 'active') throw illegal(application, 'subscribe');
    await requireOpenVersion(ctx, own.sql, api);
    const plan = await requirePlan(own.sql, workspace, { plan: planName, api });
    const others = await listEntities(own.sql, {
      workspace,
      kind: 'subscription',
      parent: asked.parent,
      limit: 10_000,
    });
    const same = others.find(({ data, state }) => LIVE.has(state) && data['api'] === api && data['plan'] === planName);
    if (same !== undefined) {
      throw new ServiceError('admin.conflict', `the application is ${same.state} there already`, {
        subscription: same.id,
      });
    }
    const state = plan.data['approval'] === 'manual' ? 'pending' : 'active';
    return entityView(kind, await own.insert({ ...asked, name: asked.id, state }, 'request'));
  });
}

/** Subscriptions are called by their ids; nobody has to think of a name. */
function withName(input: unknown): unknown {
  return typeof input === 'object' && input !== null ? { name: 'subscription', ...input } : input;
}
