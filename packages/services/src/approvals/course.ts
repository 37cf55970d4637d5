import { addToOutbox, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { handsIn } from '../moves/people.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { advance, overdue, withVote, type Advanced } from './advance.ts';
import { approvalOf, type Approval } from './approval.ts';
import { EFFECTS } from './effects.ts';
import { MATTERS, people, readProcess, type MatterName, type Step } from './process.ts';
import { requireVoter } from './voters.ts';
import { orderedId } from '../ordered-id.ts';

/** What an approval goes on to need. */
export interface Course {
  readonly ctx: ServiceContext;
  readonly own: Write;
}

export interface Asked {
  readonly matter: MatterName;
  readonly subject: Entity;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Undefined: that of the workspace, or whoever may. */
  readonly process?: readonly Step[] | undefined;
}

/** How both stand after it. */
export interface Settled {
  readonly approval: Entity;
  readonly subject: Entity;
}

/** Asks for a decision; there is one at once where no person has to make it. */
export async function openApproval(course: Course, asked: Asked): Promise<Settled> {
  const { ctx, own } = course;
  const { matter, subject, input = {}, facts = {} } = asked;
  const steps = asked.process ??
    (await processOfWorkspace(own.sql, ctx, matter)) ?? [people(Math.max(1, humansNeeded(ctx, matter)))];
  const requestedBy = ctx.principal.id;
  const begun: Approval = {
    matter,
    subject: { kind: subject.kind, id: subject.id, name: subject.name },
    requestedBy,
    humans: humansNeeded(ctx, matter),
    hands: [...new Set([requestedBy, ...handsIn(subject)])],
    input,
    facts: { ...facts, requester: requestedBy },
    steps: [...steps],
    step: 0,
    since: new Date(own.nowMs).toISOString(),
    due: null,
    escalated: false,
    votes: [],
    questions: [],
  };
  const { approval, state } = advance(begun, own.nowMs);
  const id = own.newId('approval');
  const entity = await own.insert(
    {
      workspace: ctx.workspace,
      kind: 'approval',
      id,
      parent: subject.id,
      name: id,
      state,
      lookup: undefined,
      revision: 1,
      data: { ...approval },
      createdMs: own.nowMs,
      updatedMs: own.nowMs,
    },
    'request',
  );
  await askWebhook(own, entity);
  return { approval: entity, subject: await EFFECTS[matter]({ own, subject, approval, state }) };
}

/** Where two people are needed, whoever asks is the first of them, if it is a person. */
function humansNeeded({ principal }: ServiceContext, matter: MatterName): number {
  const { others, two } = MATTERS[matter];
  return two && principal.kind !== 'user' ? others + 1 : others;
}

async function processOfWorkspace(
  sql: Statements,
  { workspace: id }: ServiceContext,
  matter: MatterName,
): Promise<readonly Step[] | undefined> {
  const workspace = await findEntity(sql, { workspace: '', kind: 'workspace', id });
  const processes = workspace?.data['processes'];
  if (typeof processes !== 'object' || processes === null || !Object.hasOwn(processes, matter)) return undefined;
  return readProcess(Reflect.get(processes, matter));
}

/** The open one about a subject, if there is one. */
export async function openFor(
  sql: Statements,
  { workspace, id: parent }: Entity,
  matter: MatterName,
): Promise<Entity | undefined> {
  const all = await listEntities(sql, { workspace, kind: 'approval', parent, limit: 10_000 });
  return all.findLast(({ state, data }) => OPEN.has(state) && data['matter'] === matter);
}

export const OPEN: ReadonlySet<string> = new Set(['waiting', 'info_required']);

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly reason: string | undefined;
}

/** A person says yes or no. */
export async function decide(course: Course, entity: Entity, { decision, reason }: Decision): Promise<Settled> {
  const { ctx, own } = course;
  await requireVoter(own.sql, ctx, entity);
  const approval = approvalOf(entity);
  const step = approval.steps[approval.step];
  const needed = step !== undefined && 'reasonNeeded' in step && step.reasonNeeded;
  if (reason === undefined && (needed || decision === 'reject')) throw new ServiceError('admin.invalid', 'say why');
  return counted(course, entity, { by: ctx.principal.id, who: 'person', decision, reason: reason ?? null });
}

/** Somebody who is known to be asked has decided. */
export async function counted(
  course: Course,
  entity: Entity,
  vote: {
    readonly by: string;
    readonly who: 'person' | 'webhook';
    readonly decision: string;
    readonly reason: string | null;
  },
): Promise<Settled> {
  const { nowMs } = course.own;
  const voted = withVote(approvalOf(entity), vote, nowMs);
  const next: Advanced = vote.decision === 'approve' ? advance(voted, nowMs) : { approval: voted, state: 'rejected' };
  return settle(course, entity, { ...next, action: vote.decision, reason: vote.reason ?? undefined });
}

/** What its deadline makes of it; undefined: it has time. */
export async function lapse(course: Course, entity: Entity): Promise<Settled | undefined> {
  const late = overdue(approvalOf(entity), course.own.nowMs);
  if (late === undefined) return undefined;
  const action = late.state === 'lapsed' ? 'lapse' : 'escalate';
  return settle(course, entity, { ...late, action });
}

/** Keeps how far it has come, and what that means to its subject. */
export async function settle(
  { own }: Course,
  entity: Entity,
  { approval, state, action, reason }: Advanced & { readonly action: string; readonly reason?: string | undefined },
): Promise<Settled> {
  const after = await own.update(entity, { ...entity, state, data: { ...approval } }, action, reason);
  if (approval.step !== approvalOf(entity).step) await askWebhook(own, after);
  const { kind, id } = approval.subject;
  const subject = await findEntity(own.sql, { workspace: entity.workspace, kind, id });
  if (subject === undefined) throw new ServiceError('admin.not_found', `the ${kind} that this is about is gone`);
  return { approval: after, subject: await EFFECTS[approval.matter]({ own, subject, approval, state }) };
}

/** What was asked about a subject that has ended is withdrawn; nothing else comes of it. */
export async function closeApprovals({ own }: Course, { workspace, id: parent }: Entity): Promise<void> {
  for (const entity of await listEntities(own.sql, { workspace, kind: 'approval', parent, limit: 10_000 })) {
    if (OPEN.has(entity.state)) await own.update(entity, { ...entity, state: 'withdrawn' }, 'withdraw');
  }
}

/** Through the outbox: told after it is certain that it has to be. */
async function askWebhook(own: Write, entity: Entity): Promise<void> {
  const approval = approvalOf(entity);
  const step = approval.steps[approval.step];
  if (entity.state !== 'waiting' || step?.kind !== 'webhook') return;
  const { matter, subject, input, facts, step: at } = approval;
  await addToOutbox(own.sql, {
    id: `evt_${orderedId(own.nowMs)}`,
    workspace: entity.workspace,
    topic: 'approval.ask',
    event: { webhook: step.webhook, approval: entity.id, step: at, matter, subject, input, facts },
    dueMs: own.nowMs,
  });
}
