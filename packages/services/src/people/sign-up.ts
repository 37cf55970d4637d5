import { Type } from 'typebox';
import { sha256Hex } from '@gatehouse/kernel';
import { addToOutbox, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { openApproval } from '../approvals/course.ts';
import { newEntity } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write } from '../entities/write.ts';
import { dataOf, listOf } from '../json-data.ts';
import { kindOf } from '../kinds/kinds.ts';
import { orderedId } from '../ordered-id.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { requireTicket, sendTicket } from './accounts.ts';
import { grantsOfConsumer } from './consumer.ts';
import { hashWork } from './hash-work.ts';
import { keepPassword, requireGoodPassword } from './passwords.ts';
import { SYSTEM } from './principals.ts';
import type { Caller } from './sessions.ts';
import { admitIn, maySignIn, userNamed, type SignedIn } from './sign-in.ts';
import { beginAttempt } from './throttle.ts';
import { mintTicket, takeTicket } from './tickets.ts';
import { userPrincipal } from './user-principal.ts';

const only = { additionalProperties: false };
const title = Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'What people call you.' }));

export const ASK_SIGN_UP = Type.Object(
  {
    workspace: Type.String({ minLength: 1, maxLength: 64, description: 'The name of one that takes sign-ups.' }),
    name: Type.String({ format: 'email', maxLength: 254, description: 'Your e-mail address.' }),
    title,
    team: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'For whom you come: becomes the name of your team.' }),
    ),
  },
  only,
);
export const COMPLETE_SIGN_UP = Type.Object(
  {
    ticket: Type.String({ minLength: 1, maxLength: 100, description: 'Of the link.' }),
    password: Type.String({ minLength: 1, maxLength: 512, description: '12 characters to 128 bytes.' }),
  },
  only,
);

/** What a workspace says of people who come by themselves. */
export interface SignUpTerms {
  /** Of whose e-mail addresses; undefined: of all. */
  readonly domains: readonly string[] | undefined;
  readonly approval: 'auto' | 'manual';
}

/** undefined: nobody comes by themselves. */
export function signUpTermsOf({ data }: Entity): SignUpTerms | undefined {
  if (data['signUp'] === undefined) return undefined;
  const { domains, approval } = dataOf(data['signUp']);
  return {
    domains: domains === undefined ? undefined : listOf(domains).map((domain) => String(domain).toLowerCase()),
    approval: approval === 'auto' ? 'auto' : 'manual',
  };
}

/**
 * Sends a link to whoever wants to come in. Nothing is made before it was followed; the answer is the same where there is
 * such a user, who is sent a link for a new password instead.
 */
export async function askSignUp(ctx: ServiceContext, caller: Caller, input: unknown): Promise<void> {
  const { workspace: asked, ...person } = readInput(ASK_SIGN_UP, input);
  await beginAttempt(ctx, { account: `sign-up ${person.name}`, address: caller.address });
  await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const workspace = await requireOpenTo(own.sql, { asked, email: person.name });
    const user = await userNamed(own.sql, person.name);
    if (user === undefined) await sendLink(ctx, own, { ...person, workspace: workspace.id });
    else if (maySignIn(user)) await sendTicket(ctx, own, { user, purpose: 'reset', action: 'signed_up_again' });
  });
}

async function requireOpenTo(
  sql: Statements,
  { asked, email }: { readonly asked: string; readonly email: string },
): Promise<Entity> {
  const query = { workspace: '', kind: 'workspace', parent: '', name: asked, limit: 1 };
  const [named] = await listEntities(sql, query);
  const workspace = named ?? (await findEntity(sql, { workspace: '', kind: 'workspace', id: asked }));
  const terms = workspace && signUpTermsOf(workspace);
  if (workspace === undefined || terms === undefined)
    throw new ServiceError('admin.forbidden', `nobody signs up for ${asked} by themselves, ask for an invitation`);
  const domain = email.toLowerCase().split('@').at(-1) ?? '';
  if (terms.domains?.includes(domain) === false)
    throw new ServiceError('admin.forbidden', `${asked} takes no addresses of ${domain}, ask for an invitation`);
  return workspace;
}

interface Applicant {
  /** Its id. */
  readonly workspace: string;
  readonly name: string;
  readonly title?: string | undefined;
  readonly team?: string | undefined;
}

/** The address and what was said of it are sealed: there is no user yet who could have them erased. */
async function sendLink({ cipher }: House, own: Write, applicant: Applicant): Promise<void> {
  const { sql, nowMs } = own;
  const entity = `sign-up ${sha256Hex(applicant.name.toLowerCase())}`;
  const kept = cipher.encrypt(JSON.stringify(applicant), 'sign-up');
  const ticket = await mintTicket(sql, { purpose: 'sign-up', user: entity, nowMs, data: { kept } });
  const event = {
    entity,
    to: cipher.encrypt(applicant.name, `address of ${entity}`),
    ticket: cipher.encrypt(ticket, `ticket of ${entity}`),
    issuedMs: nowMs,
  };
  await addToOutbox(sql, { id: `evt_${orderedId(nowMs)}`, workspace: '', topic: 'user.sign_up', event, dueMs: nowMs });
}

export interface SignedUp extends SignedIn {
  /** Whether somebody has to agree before anything may be done. */
  readonly waiting: boolean;
}

/** By the link: makes the user and a team of its own, and signs in. */
export async function completeSignUp(ctx: ServiceContext, caller: Caller, input: unknown): Promise<SignedUp> {
  const { ticket, password } = readInput(COMPLETE_SIGN_UP, input);
  const purposes = ['sign-up'] as const;
  const attempt = { account: `link ${caller.address}`, address: caller.address };
  const row = await requireTicket(ctx, attempt, { purposes, ticket });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `sendLink` encrypted one
  const applicant = JSON.parse(ctx.cipher.decrypt(String(row.data['kept']), 'sign-up')) as Applicant;
  requireGoodPassword(password, applicant.name);
  const phc = await hashWork.hash(password);
  const bySystem = { ...ctx, principal: SYSTEM, workspace: applicant.workspace };
  const { result } = await write(bySystem, async (own) => {
    await takeTicket(own.sql, { purposes, ticket, nowMs: own.nowMs });
    const workspace = await requireOpenTo(own.sql, { asked: applicant.workspace, email: applicant.name });
    if ((await userNamed(own.sql, applicant.name)) !== undefined)
      throw new ServiceError('admin.conflict', 'there is such a user by now, sign in');
    const isWaiting = signUpTermsOf(workspace)?.approval !== 'auto';
    const { user, team } = await made(bySystem, own, { applicant, workspace, isWaiting });
    await keepPassword(own.sql, { user: user.id, phc, nowMs: own.nowMs });
    if (isWaiting) {
      const principal = await userPrincipal(own.sql, user, {});
      const facts = { email: user.name, domain: user.name.split('@').at(-1) ?? '', team: team.data['title'] };
      const course = { ctx: { ...bySystem, principal }, own };
      await openApproval(course, { matter: 'sign-up.request', subject: team, input: { user: user.id }, facts });
    }
    return { ...(await admitIn(own, { user, caller, action: 'sign_in' })), waiting: isWaiting };
  });
  return result;
}

interface Making {
  readonly applicant: Applicant;
  readonly workspace: Entity;
  readonly isWaiting: boolean;
}

async function made(
  ctx: ServiceContext,
  own: Write,
  { applicant, workspace, isWaiting }: Making,
): Promise<{ readonly user: Entity; readonly team: Entity }> {
  const { name, title: called, team: comesFor = name } = applicant;
  const input = { name: name.toLowerCase(), ...(called !== undefined && { title: called }) };
  const draft = await newEntity(ctx, own, { kind: kindOf('user'), input });
  // Nobody has to think of a name that no other team has.
  const ofTeam = { name: `t-${draft.id.slice(-12)}`, title: comesFor, members: [draft.id] };
  const team = await own.insert(await newEntity(ctx, own, { kind: kindOf('team'), input: ofTeam }), 'sign_up');
  const grants = isWaiting ? [] : grantsOfConsumer(workspace, team);
  const user = await own.insert({ ...draft, data: { ...draft.data, grants } }, 'signed_up');
  return { user, team };
}
