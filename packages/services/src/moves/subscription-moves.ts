import { sha256Hex } from '@gatehouse/kernel';
import { Type } from 'typebox';
import type { Entity } from '@gatehouse/store';
import { approvalOf } from '../approvals/approval.ts';
import { closeApprovals, decide, openApproval, openFor, settle } from '../approvals/course.ts';
import { readProcess, type MatterName } from '../approvals/process.ts';
import { answer, askInfo } from '../approvals/questions.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { requireVisible } from '../catalog/visible.ts';
import { newEntity, requireEntity } from '../entities/entity-verbs.ts';
import { requireSomewhere } from '../entities/permission-on.ts';
import { write, type Written } from '../entities/write.ts';
import { readInput } from '../entities/read-input.ts';
import { dataOf } from '../json-data.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { illegal, reason, refused, type Applied, type Move, type Moving } from './move.ts';
import { formSchema, requireAnswers } from './subscription-form.ts';
import { requireOnly, requireOpenVersion, requirePlan, termsOf } from './subscription-terms.ts';

const only = Type.Object({ reason }, { additionalProperties: false });
const because = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000 }) },
  { additionalProperties: false },
);

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
    summary:
      'Agrees at the step that is asked; the last one lets the application call. Nobody approves their own request.',
    input: only,
    apply: async (moving) => decided(moving, 'approve'),
  },
  {
    kind: 'subscription',
    event: 'reject',
    from: ['pending'],
    permission: 'approve',
    summary: 'For a reason, which the applicant is told.',
    input: because,
    apply: async (moving) => decided(moving, 'reject'),
  },
  {
    kind: 'subscription',
    event: 'ask-info',
    from: ['pending'],
    permission: 'approve',
    summary: 'Asks the applicant a question first.',
    input: Type.Object({ question: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }),
    apply: async (moving) => {
      const { subject } = await askInfo(moving, await approvalFor(moving), String(moving.input['question']));
      return { moved: subject };
    },
  },
  {
    kind: 'subscription',
    event: 'answer',
    from: ['info_required'],
    permission: 'update',
    summary: 'The applicant answers; it is pending again.',
    input: Type.Object({ answer: Type.String({ minLength: 1, maxLength: 10_000 }) }, { additionalProperties: false }),
    apply: async (moving) => {
      const { subject } = await answer(moving, await approvalFor(moving), String(moving.input['answer']));
      return { moved: subject };
    },
  },
  {
    kind: 'subscription',
    event: 'withdraw',
    from: ['pending', 'info_required'],
    permission: 'update',
    summary: 'The applicant thinks better of it.',
    input: only,
    apply: async (moving) => {
      const approval = await approvalFor(moving);
      const withdrawn = { approval: approvalOf(approval), state: 'withdrawn', action: 'withdraw' } as const;
      return { moved: (await settle(moving, approval, withdrawn)).subject };
    },
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
    permission: 'update',
    summary: 'Asks for another plan; the one that there is goes on until that is approved.',
    input: Type.Object({ plan: Type.String({ maxLength: 64 }), reason }, { additionalProperties: false }),
    apply: changePlan,
  },
  {
    kind: 'subscription',
    event: 'cancel',
    from: ['active', 'scheduled', 'pending', 'info_required'],
    to: 'cancelled',
    permission: 'update',
    summary: 'By the consumer.',
    input: only,
    apply: ended,
  },
  {
    kind: 'subscription',
    event: 'revoke',
    from: ['active', 'scheduled', 'pending', 'info_required', 'expired', 'cancelled'],
    to: 'revoked',
    permission: 'revoke',
    summary: 'By the provider, for good; answers when no gate lets its calls pass any more.',
    input: because,
    apply: ended,
  },
];

/** Whatever was asked about it is nobody's question any more. */
async function ended(moving: AnyMoving): Promise<Applied> {
  await closeApprovals(moving, moving.entity);
  const { changing: _changing, transfer: _transfer, ...data } = moving.entity.data;
  return { data: { ...data, endedAt: new Date(moving.own.nowMs).toISOString() } };
}

async function decided(moving: AnyMoving, decision: 'approve' | 'reject'): Promise<Applied> {
  const why = moving.input['reason'];
  const approval = await approvalFor(moving);
  const settled = await decide(moving, approval, { decision, reason: typeof why === 'string' ? why : undefined });
  return { moved: settled.subject, shown: { approval: settled.approval.id } };
}

/** The one that its request is waiting for. */
async function approvalFor({ own, entity }: AnyMoving, matter: MatterName = 'subscription.request'): Promise<Entity> {
  const open = await openFor(own.sql, entity, matter);
  if (open === undefined) throw refused('nothing is asked about it');
  return open;
}

async function changePlan(moving: AnyMoving): Promise<Applied> {
  const { ctx, own, entity, input } = moving;
  if (entity.data['changing'] !== undefined) throw refused('another plan is asked for already');
  const terms = { ...termsOf(entity), plan: String(input['plan']) };
  const plan = await requirePlan(own.sql, entity.workspace, terms);
  await requireOnly(own.sql, entity, terms);
  if (plan.data['approval'] !== 'manual') return { data: { ...entity.data, plan: terms.plan } };
  const changing = await own.update(
    entity,
    { ...entity, data: { ...entity.data, changing: terms.plan } },
    'ask-change-plan',
  );
  const application = await requireEntity(own.sql, ctx, { kind: 'application', id: entity.parent });
  const { subject } = await openApproval(moving, {
    matter: 'subscription.change-plan',
    subject: changing,
    input: { plan: terms.plan },
    facts: factsOf(changing, { ...terms, application }),
    process: processOf(plan),
  });
  return { moved: subject };
}

function processOf({ data }: Entity): ReturnType<typeof readProcess> | undefined {
  return data['process'] === undefined ? undefined : readProcess(data['process']);
}

function factsOf(
  { data }: Entity,
  { api, plan, application }: { readonly api: string; readonly plan: string; readonly application: Entity },
): Readonly<Record<string, unknown>> {
  const { team, labels } = application.data;
  return {
    api,
    plan,
    before: data['plan'] === plan ? null : data['plan'],
    answers: data['answers'] ?? {},
    application: { name: application.name, team: team ?? null, labels: labels ?? {} },
  };
}

/** Asks for an api under a plan; active at once where the plan needs nobody's approval. */
export async function requestSubscription(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('subscription');
  requireSomewhere(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const asked = await newEntity(ctx, own, { kind, input: withName(input), facts: { requestedBy: ctx.principal.id } });
    const terms = termsOf(asked);
    const application = await requireEntity(own.sql, ctx, { kind: 'application', id: asked.parent });
    if (application.state !== 'active') throw illegal(application, 'subscribe');
    await requireVisible(ctx, own.sql, terms.api);
    await requireOpenVersion(ctx, own.sql, { api: terms.api, version: asked.data['version'] });
    const plan = await requirePlan(own.sql, ctx.workspace, terms);
    const { form } = plan.data;
    requireAnswers(form === undefined ? undefined : readInput(formSchema, form), dataOf(asked.data['answers']));
    await requireOnly(own.sql, asked, terms);
    requireDates(asked, own.nowMs);
    const facts = { ...asked.data, ...acceptedTerms(plan, { by: ctx.principal.id, nowMs: own.nowMs }) };
    const request = { ...asked, name: asked.id, data: facts };
    if (plan.data['approval'] !== 'manual') {
      const later = Date.parse(String(facts['startsAt'])) > own.nowMs;
      return entityView(kind, await own.insert({ ...request, state: later ? 'scheduled' : 'active' }, 'request'));
    }
    const pending = await own.insert({ ...request, state: 'pending' }, 'request');
    const { subject } = await openApproval(
      { ctx, own },
      {
        matter: 'subscription.request',
        subject: pending,
        facts: factsOf(pending, { ...terms, application }),
        process: processOf(plan),
      },
    );
    return entityView(kind, subject);
  });
}

function requireDates({ data }: Entity, nowMs: number): void {
  const [starts, ends] = [data['startsAt'], data['expiresAt']].map((at) => Date.parse(String(at)));
  if (ends !== undefined && ends <= Math.max(nowMs, Number.isNaN(starts) ? 0 : (starts ?? 0)))
    throw new ServiceError('admin.invalid', 'it would end before it has begun');
}

/** Which terms were accepted, when and by whom: the hash says which wording. */
function acceptedTerms(
  plan: Entity,
  { by, nowMs }: { readonly by: string; readonly nowMs: number },
): Readonly<Record<string, unknown>> {
  const { terms } = plan.data;
  if (typeof terms !== 'string' || terms === '') return {};
  return { terms: { sha256: sha256Hex(terms), by, at: new Date(nowMs).toISOString() } };
}

/** Subscriptions are called by their ids; nobody has to think of a name. */
function withName(input: unknown): unknown {
  return typeof input === 'object' && input !== null ? { name: 'subscription', ...input } : input;
}
