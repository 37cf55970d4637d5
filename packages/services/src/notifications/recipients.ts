import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { approvalOf } from '../approvals/approval.ts';
import { MATTERS, type Step } from '../approvals/process.ts';
import { teamsOfSubject } from '../approvals/voters.ts';
import { administratorsOf } from '../people/people-rules.ts';
import { isGranted } from '../people/grants.ts';
import { rightsOf } from '../people/user-principal.ts';
import { LIVE } from '../moves/subscription-terms.ts';

const MANY = 100_000;

type Find = (sql: Statements, entity: Entity) => Promise<readonly string[]>;

const holder =
  (field: string): Find =>
  async (_, { data }) => {
    const id = data[field];
    return Promise.resolve(typeof id === 'string' ? [id] : []);
  };

/** Whom what happens concerns, and what they are told: by topic. `{name}` is the name of the entity. */
export const TOLD: ReadonlyMap<string, { readonly text: string; readonly whom: Find }> = new Map([
  ['subscription.approve', { text: 'Your subscription was approved', whom: holder('requestedBy') }],
  ['subscription.reject', { text: 'Your subscription was rejected', whom: holder('requestedBy') }],
  ['subscription.lapse', { text: 'Your request for a subscription has lapsed', whom: holder('requestedBy') }],
  ['subscription.activate', { text: 'Your subscription has begun', whom: holder('requestedBy') }],
  ['subscription.expiring', { text: 'Your subscription is about to end', whom: holder('requestedBy') }],
  ['subscription.expire', { text: 'Your subscription has ended', whom: holder('requestedBy') }],
  ['subscription.pause', { text: 'Your subscription is paused', whom: holder('requestedBy') }],
  ['subscription.revoke', { text: 'Your subscription was revoked', whom: holder('requestedBy') }],
  ['subscription.change-plan', { text: 'Your subscription has another plan', whom: holder('requestedBy') }],
  ['credential.expiring', { text: 'The key {name} is about to expire', whom: holder('createdBy') }],
  ['credential.expire', { text: 'The key {name} has expired', whom: holder('createdBy') }],
  ['credential.report-leak', { text: 'The key {name} has leaked and was revoked', whom: holder('createdBy') }],
  ['approval.request', { text: 'Something waits for your approval', whom: asked }],
  ['approval.escalate', { text: 'Something waits for your approval, and is late', whom: asked }],
  ['approval.ask-info', { text: 'There is a question about what you have asked for', whom: holder('requestedBy') }],
  ['approval.approve', { text: 'What waits for approval has come a step further', whom: askedOrRequester }],
  ['approval.reject', { text: 'What you have asked for was rejected', whom: holder('requestedBy') }],
  ['approval.lapse', { text: 'Nobody has decided about what you have asked for', whom: holder('requestedBy') }],
  ['emergency.take', { text: 'Emergency rights were taken: {name}', whom: administrators }],
  ['emergency.end', { text: 'Emergency rights have ended and wait for their review: {name}', whom: administrators }],
  ['emergency.remind', { text: 'Emergency rights still wait for their review: {name}', whom: administrators }],
  ['petition.request', { text: 'Somebody wants to give rights, and needs a second person', whom: administrators }],
  ['petition.approve', { text: 'A second person has agreed: the rights are given', whom: holder('requestedBy') }],
  ['petition.reject', { text: 'The rights that you wanted to give are not given', whom: holder('requestedBy') }],
  ['petition.lapse', { text: 'Nobody has agreed to the rights that you wanted to give', whom: holder('requestedBy') }],
  ['user.admitted', { text: 'Your account was approved', whom: itself }],
  ['user.password_changed', { text: 'Your password was changed', whom: itself }],
  ['user.password_set', { text: 'Your password was set by a link', whom: itself }],
  ['user.totp_added', { text: 'Your account has a new authenticator', whom: itself }],
  ['user.totp_removed', { text: 'The authenticator of your account was removed', whom: itself }],
  ['user.passkey_added', { text: 'Your account has a new passkey', whom: itself }],
  ['user.passkey_removed', { text: 'A passkey of your account was removed', whom: itself }],
  ['user.passkeys_removed', { text: 'The passkeys of your account were removed', whom: itself }],
  ['user.passkey_suspended', { text: 'A passkey of your account looks like a copy, and is suspended', whom: itself }],
  ['alert.unknown', { text: 'Nothing can be found out for your alert {name}', whom: holder('author') }],
  ['objective.unknown', { text: 'Nothing can be found out for your objective {name}', whom: holder('author') }],
  ['version.deprecate', { text: 'The version {name} of an api that you call is deprecated', whom: subscribers }],
  [
    'version.brownout',
    { text: 'The version {name} of an api that you call will be refused at times', whom: subscribers },
  ],
  ['version.retire', { text: 'The version {name} of an api that you called is retired', whom: subscribers }],
  ['version.suspend', { text: 'The version {name} of an api that you call is suspended', whom: subscribers }],
]);

/** All of them; whoever has taken the rights is told as well where that is one. */
async function administrators(sql: Statements): Promise<readonly string[]> {
  return administratorsOf(sql);
}

async function itself(_: Statements, { id }: Entity): Promise<readonly string[]> {
  return Promise.resolve([id]);
}

async function askedOrRequester(sql: Statements, entity: Entity): Promise<readonly string[]> {
  return entity.state === 'waiting' ? asked(sql, entity) : [approvalOf(entity).requestedBy];
}

/** Whoever the step that is waited for asks, but for those who may not decide. */
async function asked(sql: Statements, entity: Entity): Promise<readonly string[]> {
  const approval = approvalOf(entity);
  const step = approval.steps[approval.step];
  if (step === undefined || entity.state !== 'waiting') return [];
  const late = approval.escalated && 'escalateTo' in step ? (step.escalateTo ?? []) : [];
  const all = [...(await ofStep(sql, entity, step)), ...late];
  const not = new Set([...approval.hands, ...approval.votes.map(({ by }) => by)]);
  return [...new Set(all)].filter((id) => !not.has(id));
}

async function ofStep(sql: Statements, entity: Entity, step: Step): Promise<readonly string[]> {
  if (step.kind === 'person') return [step.user];
  if (step.kind !== 'group') return [];
  const { workspace } = entity;
  const members: string[] = [];
  if (step.team !== undefined) {
    const team = await findEntity(sql, { workspace, kind: 'team', id: step.team });
    const listed = team?.data['members'];
    if (Array.isArray(listed)) members.push(...listed.map(String));
  }
  if (step.team !== undefined && step.role === undefined) return members;
  const approval = approvalOf(entity);
  const { permission } = MATTERS[approval.matter];
  const teams = await teamsOfSubject(sql, workspace, approval);
  for (const user of await listEntities(sql, { workspace: '', kind: 'user', limit: MANY })) {
    const { grants, roles } = await rightsOf(sql, user);
    const here = grants.filter(({ team }) => team === undefined || teams.includes(team));
    const everywhere = here
      .filter((grant) => grant.workspace === undefined || grant.workspace === workspace)
      .map(({ role }) => ({ role }));
    const may =
      step.role === undefined
        ? isGranted(permission, { grants: everywhere, roles, workspace })
        : everywhere.some(({ role }) => role === step.role);
    if (may) members.push(user.id);
  }
  return members;
}

/** Whoever has asked for a subscription of the version's api. */
async function subscribers(sql: Statements, version: Entity): Promise<readonly string[]> {
  const { workspace, parent: id } = version;
  const api = await findEntity(sql, { workspace, kind: 'api', id });
  const all = await listEntities(sql, { workspace, kind: 'subscription', limit: MANY });
  const of = all.filter(
    ({ state, data }) =>
      LIVE.has(state) && data['api'] === api?.name && (data['version'] ?? version.name) === version.name,
  );
  return [...new Set(of.flatMap(({ data }) => (typeof data['requestedBy'] === 'string' ? [data['requestedBy']] : [])))];
}
