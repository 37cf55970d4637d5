import { findEntity, type Entity, type Statements } from '@gatehouse/store';
import { ownersOf } from '../entities/owners.ts';
import { rightsOf } from '../people/user-principal.ts';
import { handsIn } from '../moves/people.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { approvalOf, type Approval } from './approval.ts';
import { mayDecide, type Step } from './process.ts';

/** Approver ≠ requester ≠ editor, each person once, programs never, and only whom the step asks. Says why not. */
export async function voteRefusal(sql: Statements, ctx: ServiceContext, entity: Entity): Promise<string | undefined> {
  const { principal } = ctx;
  const approval = approvalOf(entity);
  const step = approval.steps[approval.step];
  if (principal.kind !== 'user') return 'a program cannot decide about this, a person has to';
  if ((await handsOn(sql, entity)).has(principal.id))
    return 'this is your own work, somebody else has to decide about it';
  if (approval.votes.some(({ by, who }) => who === 'person' && by === principal.id))
    return 'you have decided about it already, somebody else has to as well';
  if (step === undefined || !(await isAsked(sql, ctx, { approval, step }))) return 'this step asks somebody else';
  return undefined;
}

export async function requireVoter(sql: Statements, ctx: ServiceContext, entity: Entity): Promise<void> {
  const why = await voteRefusal(sql, ctx, entity);
  if (why !== undefined) throw new ServiceError('admin.forbidden', why);
}

/** Of the moment of the request, and of whoever has changed the subject since. */
async function handsOn(sql: Statements, entity: Entity): Promise<ReadonlySet<string>> {
  const { hands, requestedBy, subject } = approvalOf(entity);
  const now = await findEntity(sql, { workspace: entity.workspace, kind: subject.kind, id: subject.id });
  return new Set([...hands, requestedBy, ...(now === undefined ? [] : handsIn(now))]);
}

async function isAsked(
  sql: Statements,
  ctx: ServiceContext,
  { approval, step }: { readonly approval: Approval; readonly step: Step },
): Promise<boolean> {
  const { id } = ctx.principal;
  if (approval.escalated && 'escalateTo' in step && step.escalateTo?.includes(id)) return true;
  if (step.kind === 'person') return step.user === id;
  if (step.kind !== 'group') return false;
  const teams = await teamsOfSubject(sql, ctx.workspace, approval);
  if (step.team === undefined && step.role === undefined) return mayDecide(ctx, { matter: approval.matter, teams });
  return (await isInTeam(sql, ctx, step.team)) || (await hasRole(sql, ctx, { role: step.role, teams }));
}

/** Whose matter it is. */
export async function teamsOfSubject(
  sql: Statements,
  workspace: string,
  { subject }: Approval,
): Promise<readonly string[]> {
  const entity = await findEntity(sql, { workspace, kind: subject.kind, id: subject.id });
  return entity === undefined ? [] : ownersOf(sql, entity, { verb: 'approve' });
}

async function isInTeam(sql: Statements, { workspace, principal }: ServiceContext, id?: string): Promise<boolean> {
  if (id === undefined) return false;
  const team = await findEntity(sql, { workspace, kind: 'team', id });
  const members = team?.data['members'];
  return Array.isArray(members) && members.includes(principal.id);
}

/** By a grant of its own or of a group, for all of the workspace or for a team whose matter it is. */
async function hasRole(
  sql: Statements,
  { workspace, principal }: ServiceContext,
  { role, teams }: { readonly role: string | undefined; readonly teams: readonly string[] },
): Promise<boolean> {
  const user = await findEntity(sql, { workspace: '', kind: 'user', id: principal.id });
  if (role === undefined || user === undefined) return false;
  const { grants } = await rightsOf(sql, user);
  return grants.some(
    (grant) =>
      grant.role === role &&
      (grant.workspace === undefined || grant.workspace === workspace) &&
      (grant.team === undefined || teams.includes(grant.team)),
  );
}
