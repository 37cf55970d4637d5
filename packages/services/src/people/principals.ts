import { createHash, timingSafeEqual } from 'node:crypto';
import { newKey, sha256Hex } from '@gatehouse/kernel';
import { findEntity, lookUpEntity, touchEntity, type Entity, type Statements } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity, requirePermission } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { House, Principal, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { requireHeld } from './held-rights.ts';
import { requireFresh } from './sessions.ts';
import { requireRightsOf, rightsOf, userPrincipal } from './user-principal.ts';

const SHOWN_CHARS = 10;
/** How exactly it is known when a token was last used. */
const USED_MS = 60_000;

/** The gate itself: seeds, jobs, and whoever has the token of the environment. */
export const SYSTEM: Principal = { kind: 'system', id: 'system', name: 'Gatehouse', refusal: () => undefined };
/** Whoever works on the machine itself, as the user that the gate runs as. */
export const OPERATOR: Principal = { ...SYSTEM, id: 'operator', name: 'Operator of this machine' };
/** Whoever is at the door. */
export const ANYBODY: Principal = { kind: 'token', id: 'anybody', name: 'Anybody', refusal: () => 'sign in first' };

export interface TokenInputs {
  readonly house: House;
  /** Of the environment: is administrator of everything. */
  readonly adminToken: string | undefined;
  /** Of whoever may read the data folder of the gate: the operator of its machine. */
  readonly localToken?: string | undefined;
}

/** Whose token it is; undefined: nobody's, or it has ended. */
export async function principalOf(
  token: string,
  { house, adminToken, localToken }: TokenInputs,
): Promise<Principal | undefined> {
  if (localToken !== undefined && isSame(token, localToken)) return OPERATOR;
  if (adminToken !== undefined && isSame(token, adminToken)) return SYSTEM;
  const nowMs = house.clock.now();
  const found = await house.database.read(async (sql) => ofToken(sql, { hash: sha256Hex(token), nowMs }));
  if (found === undefined) return undefined;
  const { lastUsedAt } = found.token.data;
  if (typeof lastUsedAt !== 'string' || nowMs - Date.parse(lastUsedAt) >= USED_MS) {
    const data = { ...found.token.data, lastUsedAt: new Date(nowMs).toISOString() };
    // In one line with its changes: what is written is what was read a moment ago.
    await house.database.write('house', async (sql) => {
      const now = await findEntity(sql, found.token);
      if (now?.revision === found.token.revision) await touchEntity(sql, { ...now, data });
    });
  }
  return found.principal;
}

async function ofToken(
  sql: Statements,
  { hash, nowMs }: { readonly hash: string; readonly nowMs: number },
): Promise<{ readonly token: Entity; readonly principal: Principal } | undefined> {
  const token = await lookUpEntity(sql, 'token', hash);
  if (token === undefined || token.state !== 'active') return undefined;
  const { expiresAt, scopes } = token.data;
  if (typeof expiresAt === 'string' && Date.parse(expiresAt) <= nowMs) return undefined;
  const user = await findEntity(sql, { workspace: '', kind: 'user', id: token.parent });
  if (user === undefined || user.data['disabled'] === true) return undefined;
  const limits = Array.isArray(scopes) ? scopes.map(String) : undefined;
  const principal = await userPrincipal(sql, user, { limits, via: { kind: 'token', id: token.id } });
  return { token, principal };
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** A token of a user, shown in this reply and never again. Nobody makes one that can do more than they can themselves. */
export async function issueToken(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('token');
  const user = typeof input === 'object' && input !== null && 'user' in input ? input.user : undefined;
  if (user !== ctx.principal.id) requirePermission(ctx, kind, 'create');
  requireFresh(ctx);
  return write(ctx, async (own) => {
    const token = newKey();
    const entity = await newEntity(ctx, own, { kind, input, facts: { shown: token.slice(0, SHOWN_CHARS) } });
    const owner = await findEntity(own.sql, { workspace: '', kind: 'user', id: entity.parent });
    if (owner === undefined) throw new ServiceError('admin.not_found', 'there is no such user');
    await requireTokenHeld(ctx, own.sql, { owner, scopes: entity.data['scopes'] });
    return { ...entityView(kind, await own.insert({ ...entity, lookup: sha256Hex(token) }, 'issue')), token };
  });
}

/** Its scopes are among its owner's rights; and what it can do is among those of whoever makes it. */
async function requireTokenHeld(
  ctx: ServiceContext,
  sql: Statements,
  { owner, scopes }: { readonly owner: Entity; readonly scopes: unknown },
): Promise<void> {
  const { grants } = await rightsOf(sql, owner);
  const asOwner = await userPrincipal(sql, owner, {});
  const places = grants.map(({ workspace = '', team }) => ({ workspace, team }));
  if (!Array.isArray(scopes)) return requireRightsOf(sql, ctx.principal, { user: owner, isForToken: true });
  for (const scope of scopes.map(String)) {
    const held = places.filter(({ workspace, team }) => asOwner.refusal(scope, workspace, team) === undefined);
    if (held.length === 0) throw new ServiceError('admin.forbidden', `its user has no right to ${scope}`);
    for (const place of held) requireHeld(ctx.principal, { rights: [scope], ...place });
  }
}
