import { Type } from 'typebox';
import { findEntity, listEntities, lookUpEntity, type Entity } from '@gatehouse/store';
import { sha256Hex } from '@gatehouse/kernel';
import type { Cipher } from '../cipher.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity, requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { hashWork } from './hash-work.ts';
import { keepPassword, passwordOf, requireGoodPassword } from './passwords.ts';
import { SYSTEM } from './principals.ts';
import { removePrivate } from './private-row.ts';
import { requireFresh, requireSession, type Caller } from './sessions.ts';
import { admitIn, maySignIn, refused, userNamed, type SignedIn } from './sign-in.ts';
import { attemptSucceeded, beginAttempt } from './throttle.ts';
import { mintTicket, takeTicket, TICKETS, type Purpose } from './tickets.ts';
import { requireRightsOf } from './user-principal.ts';

const password = Type.String({ minLength: 1, maxLength: 512, description: '12 characters to 128 bytes.' });
const ticket = Type.String({ minLength: 1, maxLength: 100, description: 'Of the link.' });
const email = Type.String({ format: 'email', maxLength: 254 });
const only = { additionalProperties: false };

export const SET_UP = Type.Object(
  { token: ticket, name: email, password, title: Type.Optional(Type.String({ maxLength: 200 })) },
  only,
);
export const CHANGE_PASSWORD = Type.Object({ current: password, password }, only);
export const ASK_RESET = Type.Object({ name: Type.String({ minLength: 1, maxLength: 254 }) }, only);
export const RESET = Type.Object({ ticket, password }, only);

/** The token by which the first administrator is made, good for a day and once; undefined when there are users. */
export async function mintSetupToken({ database, clock }: House): Promise<string | undefined> {
  return database.write('house', async (sql) => {
    const users = await listEntities(sql, { workspace: '', kind: 'user', limit: 1 });
    return users.length > 0 ? undefined : mintTicket(sql, { purpose: 'setup', user: '', nowMs: clock.now() });
  });
}

/** Makes the first administrator, and signs it in. */
export async function setUp(ctx: ServiceContext, caller: Caller, input: unknown): Promise<SignedIn> {
  const { token, name, password: chosen, title } = readInput(SET_UP, input);
  requireGoodPassword(chosen, name);
  const attempt = { account: 'setup', address: caller.address };
  await requireTicket(ctx, attempt, { purposes: ['setup'], ticket: token });
  const phc = await hashWork.hash(chosen);
  const bySystem = { ...ctx, principal: SYSTEM };
  const { result } = await write(bySystem, async (own) => {
    await takeTicket(own.sql, { purposes: ['setup'], ticket: token, nowMs: own.nowMs });
    const [known] = await listEntities(own.sql, { workspace: '', kind: 'user', limit: 1 });
    if (known !== undefined) throw new ServiceError('admin.illegal', 'there is an administrator already');
    const named = { name: name.toLowerCase(), grants: [{ role: 'admin' }], ...(title !== undefined && { title }) };
    const user = await own.insert(await newEntity(bySystem, own, { kind: kindOf('user'), input: named }), 'set_up');
    await keepPassword(own.sql, { user: user.id, phc, nowMs: own.nowMs });
    return admitIn(own, { user, caller, action: 'sign_in' });
  });
  return result;
}

/** Looked at before any work is done for it; whoever guesses waits. */
export async function requireTicket(
  ctx: ServiceContext,
  attempt: { readonly account: string; readonly address: string },
  { purposes, ticket: given }: { readonly purposes: readonly Purpose[]; readonly ticket: string },
): Promise<Entity> {
  await beginAttempt(ctx, attempt);
  const row = await ctx.database.read(async (sql) => lookUpEntity(sql, 'ticket', sha256Hex(given)));
  const isGood =
    row !== undefined &&
    purposes.some((purpose) => purpose === row.data['purpose']) &&
    Number(row.data['untilMs']) > ctx.clock.now();
  if (!isGood) throw new ServiceError('admin.unauthenticated', 'the link is not known, was used, or has ended');
  await attemptSucceeded(ctx, attempt);
  return row;
}

/** One's own, by the former one; ends all other sessions, and goes on under a new token. */
export async function changePassword(ctx: ServiceContext, caller: Caller, input: unknown): Promise<SignedIn> {
  requireSession(ctx);
  const given = readInput(CHANGE_PASSWORD, input);
  const { id, name } = ctx.principal;
  requireGoodPassword(given.password, name);
  const attempt = { account: name, address: caller.address };
  await beginAttempt(ctx, attempt);
  const known = await ctx.database.read(async (sql) => passwordOf(sql, id));
  if (!(await hashWork.verify(given.current, known))) throw refused();
  await attemptSucceeded(ctx, attempt);
  const phc = await hashWork.hash(given.password);
  const { result } = await write(ctx, async (own) => {
    const user = await requireEntity(own.sql, ctx, { kind: 'user', id });
    if ((await passwordOf(own.sql, id)) !== known) throw new ServiceError('admin.stale', 'it has just been changed');
    await replacePassword(own, user, phc);
    return admitIn(own, { user, caller, action: 'password_changed' });
  });
  return result;
}

async function replacePassword({ sql, nowMs }: Write, user: Entity, phc: string): Promise<void> {
  await keepPassword(sql, { user: user.id, phc, nowMs });
  for (const kind of ['session', 'ticket'] as const) await removePrivate(sql, { kind, parent: user.id });
}

/** Sends a link if there is such a user. The answer does not say whether there is. */
export async function askReset(ctx: ServiceContext, caller: Caller, input: unknown): Promise<void> {
  const { name } = readInput(ASK_RESET, input);
  await beginAttempt(ctx, { account: `reset ${name}`, address: caller.address });
  await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const user = await userNamed(own.sql, name);
    if (user !== undefined && maySignIn(user)) await sendTicket(ctx, own, { user, purpose: 'reset' });
    // As much work for nobody, who never learns of it.
    else await mintTicket(own.sql, { purpose: 'reset', user: NOBODY, nowMs: own.nowMs });
  });
}

/** A password by the link of a reset or an invitation. Ends all sessions; does not sign in. */
export async function completeReset(ctx: ServiceContext, caller: Caller, input: unknown): Promise<void> {
  const given = readInput(RESET, input);
  const purposes = ['reset', 'invitation'] as const;
  const ticketRow = await requireTicket(
    ctx,
    { account: `link ${caller.address}`, address: caller.address },
    {
      purposes,
      ticket: given.ticket,
    },
  );
  const known = await ctx.database.read(async (sql) =>
    findEntity(sql, { workspace: '', kind: 'user', id: ticketRow.parent }),
  );
  requireGoodPassword(given.password, known?.name ?? '');
  const phc = await hashWork.hash(given.password);
  await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const { parent } = await takeTicket(own.sql, { purposes, ticket: given.ticket, nowMs: own.nowMs });
    const user = await findEntity(own.sql, { workspace: '', kind: 'user', id: parent });
    if (user === undefined || !maySignIn(user)) throw refused();
    await replacePassword(own, user, phc);
    await own.note(user, 'password_set');
  });
}

/** Of no user. */
const NOBODY = 'nobody';
const EVENTS = { reset: 'password_reset', invitation: 'invited' } as const;

interface Sending {
  readonly user: Entity;
  readonly purpose: keyof typeof EVENTS;
  /** What the mail is about; left out: what the purpose says. */
  readonly action?: string;
}

/** Into the outbox, encrypted: only who sends the link opens it. */
export async function sendTicket(
  { cipher }: House,
  own: Write,
  { user, purpose, action = EVENTS[purpose] }: Sending,
): Promise<string> {
  const given = await mintTicket(own.sql, { purpose, user: user.id, nowMs: own.nowMs });
  const sealed = { ticket: cipher.encrypt(given, `ticket of ${user.id}`), issuedMs: own.nowMs };
  await own.note(user, action, sealed);
  return given;
}

/** The ticket in an event `user.password_reset` or `user.invited`, for whoever sends the link. */
export function openTicket(cipher: Cipher, event: Readonly<Record<string, unknown>>): string {
  return cipher.decrypt(String(event['ticket']), `ticket of ${String(event['entity'])}`);
}

/** A user who gets a link by which to choose a password; bots get none. */
export async function inviteUser(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('user');
  requirePermission(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const user = await own.insert(await newEntity(ctx, own, { kind, input }));
    if (maySignIn(user)) await sendTicket(ctx, own, { user, purpose: 'invitation' });
    return entityView(kind, user);
  });
}

export interface Invitation {
  /** Of the page where a password is chosen, below the address of the console; left out where only its user gets it. */
  readonly path?: string;
  readonly expiresAt: string;
}

/**
 * A new link for a user, in place of all former ones: sent by mail where there is a mail server, and shown to whoever makes it,
 * once. Only who has all rights of the user makes one.
 */
export async function inviteAgain(ctx: ServiceContext, id: string): Promise<Invitation> {
  requirePermission(ctx, kindOf('user'), 'update');
  requireFresh(ctx);
  const { result } = await write(ctx, async (own) => {
    const user = await requireEntity(own.sql, ctx, { kind: 'user', id });
    await requireRightsOf(own.sql, ctx.principal, { user });
    if (!maySignIn(user)) throw new ServiceError('admin.illegal', 'it never signs in, or is disabled');
    const given = await sendTicket(ctx, own, { user, purpose: 'invitation' });
    const expiresAt = new Date(own.nowMs + TICKETS.invitation.lifeMs).toISOString();
    // Whoever sees the link of another is a second person by themselves.
    const isShown = ctx.grantsTakeTwo !== true || ctx.principal.kind === 'system';
    return { ...(isShown && { path: `/invitation?ticket=${given}` }), expiresAt };
  });
  return result;
}
