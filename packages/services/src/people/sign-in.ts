import { Type } from 'typebox';
import { deleteEntity, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { readInput } from '../entities/read-input.ts';
import { write, type Write } from '../entities/write.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { hashWork } from './hash-work.ts';
import { passwordOf } from './passwords.ts';
import { hasSecondFactor, useCode } from './second-factors.ts';
import { openSession, requireSession, type Caller, type WayIn } from './sessions.ts';
import { attemptSucceeded, beginAttempt } from './throttle.ts';
import { userPrincipal } from './user-principal.ts';

const password = Type.String({ minLength: 1, maxLength: 512 });
const code = Type.Optional(
  Type.String({ minLength: 6, maxLength: 32, description: 'Of an authenticator, or a recovery code.' }),
);

export const SIGN_IN = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 254, description: 'The e-mail address.' }), password, code },
  { additionalProperties: false },
);
export const PROVE = Type.Object({ password, code }, { additionalProperties: false });

export interface SignedIn {
  /** For the cookie, and nowhere else. */
  readonly session: string;
  readonly user: { readonly id: string; readonly name: string };
}

/** By name and password, and a code where the user has such a factor. All refusals are the same, and take the same work. */
export async function signIn(ctx: ServiceContext, caller: Caller, input: unknown): Promise<SignedIn> {
  const given = readInput(SIGN_IN, input);
  const attempt = { account: given.name, address: caller.address };
  await beginAttempt(ctx, attempt);
  const user = await requireProof(ctx, given);
  await attemptSucceeded(ctx, attempt);
  return admit(ctx, { user, caller, action: 'sign_in' });
}

/** The user of a session proves again to be there, and goes on under a new token. */
export async function proveAgain(ctx: ServiceContext, caller: Caller, input: unknown): Promise<SignedIn> {
  const { id } = requireSession(ctx);
  const { name } = ctx.principal;
  const attempt = { account: name, address: caller.address };
  const given = readInput(PROVE, input);
  await beginAttempt(ctx, attempt);
  const user = await requireProof(ctx, { ...given, name });
  await attemptSucceeded(ctx, attempt);
  return admit(ctx, { user, caller, action: 'proved', instead: id });
}

interface Given {
  readonly name: string;
  readonly password: string;
  readonly code?: string | undefined;
}

async function requireProof(ctx: ServiceContext, given: Given): Promise<Entity> {
  const { user, phc } = await ctx.database.read(async (sql) => {
    const found = await userNamed(sql, given.name);
    return { user: found, phc: found && (await passwordOf(sql, found.id)) };
  });
  const isRight = await hashWork.verify(given.password, phc);
  if (!isRight || user === undefined || !maySignIn(user)) throw refused();
  if (!(await ctx.database.read(async (sql) => hasSecondFactor(sql, user.id)))) return user;
  if (given.code === undefined) {
    throw new ServiceError('admin.unauthenticated', 'the code of your authenticator is needed besides', {
      needs: 'code',
    });
  }
  if (!(await useCode(ctx, user.id, given.code))) throw refused();
  return user;
}

/** By the exact name, or by that in small letters. */
export async function userNamed(sql: Statements, name: string): Promise<Entity | undefined> {
  for (const each of new Set([name, name.toLowerCase()])) {
    const [found] = await listEntities(sql, { workspace: '', kind: 'user', parent: '', name: each, limit: 1 });
    if (found !== undefined) return found;
  }
  return undefined;
}

export function maySignIn({ data }: Entity): boolean {
  return data['disabled'] !== true && data['bot'] !== true;
}

export function refused(): ServiceError {
  return new ServiceError('admin.unauthenticated', 'name, password or code are not right');
}

export interface Admission {
  readonly user: Entity;
  readonly caller: Caller;
  readonly action: string;
  /** The session that this one takes the place of. */
  readonly instead?: string;
  /** How they have proved it; left out: by a password. */
  readonly by?: WayIn;
  /** How it was opened at a directory, sealed: what the end of both takes. */
  readonly elsewhere?: unknown;
}

/** Opens a session for somebody who has proved who they are, whatever session the browser had. */
export async function admit(ctx: ServiceContext, admission: Admission): Promise<SignedIn> {
  const principal = await ctx.database.read(async (sql) => userPrincipal(sql, admission.user, {}));
  const { result } = await write({ ...ctx, principal }, async (own) => admitIn(own, admission));
  return result;
}

/** The same as part of another change. */
export async function admitIn(
  own: Write,
  { user, caller, action, instead, elsewhere, by = 'password' }: Admission,
): Promise<SignedIn> {
  const { sql, nowMs } = own;
  const now = await findEntity(sql, { workspace: '', kind: 'user', id: user.id });
  if (now === undefined || !maySignIn(now)) throw refused();
  const before =
    instead === undefined ? undefined : await findEntity(sql, { workspace: '', kind: 'session', id: instead });
  if (instead !== undefined && before === undefined) throw refused();
  if (before !== undefined) await deleteEntity(sql, before);
  const startedMs = before === undefined ? nowMs : Number(before.data['startedMs']);
  const opened = { user: user.id, caller, nowMs, startedMs, by, elsewhere: elsewhere ?? before?.data['elsewhere'] };
  const session = await openSession(sql, opened);
  await own.note(now, action);
  return { session, user: { id: user.id, name: user.name } };
}
