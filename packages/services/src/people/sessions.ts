import { randomBytes } from 'node:crypto';
import { sha256Hex } from '@gatehouse/kernel';
import { deleteEntity, findEntity, lookUpEntity, touchEntity, type Entity, type Statements } from '@gatehouse/store';
import { requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { House, Principal, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { forgetOver, insertPrivate, privateRows, removePrivate } from './private-row.ts';
import { userPrincipal } from './user-principal.ts';

/** Where a request comes from, as far as that is known. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

const IDLE_MS = 8 * 3_600_000;
const LIFE_MS = 7 * 24 * 3_600_000;
/** For how long a proof of being there is good for what is sensitive. */
const FRESH_MS = 15 * 60_000;
/** How exactly it is known when a session was last used. */
const SEEN_MS = 60_000;
const USER_AGENT_CHARS = 200;

export interface SessionFacts {
  readonly user: string;
  readonly caller: Caller;
  readonly nowMs: number;
  /** Of the session that it continues. */
  readonly startedMs?: number;
  readonly elsewhere?: unknown;
  readonly by: WayIn;
}

/** How somebody has shown who they are. */
export type WayIn = 'password' | 'passkey' | 'single-sign-on';

/** A new session; its token goes into the cookie, and only its hash is kept. */
export async function openSession(sql: Statements, facts: SessionFacts): Promise<string> {
  const { user, caller, nowMs, startedMs = nowMs, elsewhere, by } = facts;
  await forgetOver(sql, 'session', (row) => isOver(row, nowMs));
  const token = randomBytes(32).toString('base64url');
  const data = {
    by,
    startedMs,
    seenMs: nowMs,
    provedMs: nowMs,
    address: caller.address,
    userAgent: caller.userAgent.slice(0, USER_AGENT_CHARS),
    ...(elsewhere !== undefined && { elsewhere }),
  };
  await insertPrivate(sql, { kind: 'session', parent: user, lookup: sha256Hex(token), data, nowMs });
  return token;
}

function isOver({ data }: Entity, nowMs: number): boolean {
  return nowMs - Number(data['seenMs']) > IDLE_MS || nowMs - Number(data['startedMs']) > LIFE_MS;
}

/** Whose browser it is; undefined: nobody's, or the session has ended. */
export async function principalOfSession(house: House, token: string): Promise<Principal | undefined> {
  const nowMs = house.clock.now();
  const found = await house.database.read(async (sql) => {
    const session = await lookUpEntity(sql, 'session', sha256Hex(token));
    if (session === undefined || isOver(session, nowMs)) return undefined;
    const user = await findEntity(sql, { workspace: '', kind: 'user', id: session.parent });
    if (user === undefined || user.data['disabled'] === true || user.data['bot'] === true) return undefined;
    const via = { kind: 'session', id: session.id, provedMs: Number(session.data['provedMs']) } as const;
    return { session, principal: await userPrincipal(sql, user, { via, nowMs }) };
  });
  if (found === undefined) return undefined;
  const { session, principal } = found;
  if (nowMs - Number(session.data['seenMs']) >= SEEN_MS) {
    await house.database.write('people-sessions', async (sql) =>
      touchEntity(sql, { ...session, data: { ...session.data, seenMs: nowMs } }),
    );
  }
  return principal;
}

/** Sensitive verbs want somebody who has proved to be there a short while ago. Programs have their scopes instead. */
export function requireFresh({ principal, clock }: ServiceContext): void {
  const { via } = principal;
  if (via?.kind !== 'session' || clock.now() - via.provedMs <= FRESH_MS) return;
  throw new ServiceError('admin.forbidden', 'prove again who you are, your last proof is too old for this', {
    needs: 'fresh',
  });
}

/** What only a person in a browser does, never a program. */
export function requireSession({ principal }: ServiceContext): { readonly id: string } {
  if (principal.via?.kind === 'session') return principal.via;
  throw new ServiceError('admin.forbidden', 'this is done by people who have signed in, not by tokens');
}

export interface SessionView {
  readonly id: string;
  readonly current: boolean;
  /** `password`, `passkey` or `single-sign-on`. */
  readonly by: string;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly address: string;
  readonly userAgent: string;
}

/** A user's open sessions: one's own, or those of others for whoever may read them. */
export async function listSessions(ctx: ServiceContext, user: string): Promise<readonly SessionView[]> {
  if (user !== ctx.principal.id) requirePermission(ctx, kindOf('user'), 'read');
  const rows = await ctx.database.read(async (sql) => {
    await requireEntity(sql, ctx, { kind: 'user', id: user });
    return privateRows(sql, 'session', user);
  });
  const nowMs = ctx.clock.now();
  return rows.filter((row) => !isOver(row, nowMs)).map((row) => sessionView(ctx, row));
}

function sessionView({ principal }: ServiceContext, { id, data }: Entity): SessionView {
  return {
    id,
    current: principal.via?.id === id,
    by: typeof data['by'] === 'string' ? data['by'] : 'password',
    startedAt: new Date(Number(data['startedMs'])).toISOString(),
    seenAt: new Date(Number(data['seenMs'])).toISOString(),
    address: String(data['address']),
    userAgent: String(data['userAgent']),
  };
}

/** One of a user's sessions, or all of them. */
export async function endSessions(
  ctx: ServiceContext,
  { user, id }: { readonly user: string; readonly id?: string | undefined },
): Promise<Written<undefined>> {
  if (user !== ctx.principal.id) {
    requirePermission(ctx, kindOf('user'), 'update');
    requireFresh(ctx);
  }
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, { kind: 'user', id: user });
    if (id === undefined) await removePrivate(own.sql, { kind: 'session', parent: user });
    else await endOne(own.sql, user, id);
    await own.note(entity, 'sessions_ended');
    return undefined;
  });
}

async function endOne(sql: Statements, user: string, id: string): Promise<void> {
  const row = await findEntity(sql, { workspace: '', kind: 'session', id });
  if (row?.parent !== user) throw new ServiceError('admin.not_found', 'there is no such session');
  await deleteEntity(sql, row);
}
