import { createHash, timingSafeEqual } from 'node:crypto';
import { newKey, sha256Hex } from '@gatehouse/kernel';
import { findEntity, listEntities, lookUpEntity, type Statements } from '@gatehouse/store';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { newEntity, requirePermission } from '../entities/entity-verbs.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { House, Principal, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { covers, isGranted, type Grant } from './grants.ts';

const SHOWN_CHARS = 10;

/** The gate itself: seeds, jobs, and whoever has the token of the environment. */
export const SYSTEM: Principal = { kind: 'system', id: 'system', name: 'Gatehouse', refusal: () => undefined };

export interface TokenInputs {
  readonly house: House;
  /** Of the environment: is administrator of everything. */
  readonly adminToken: string | undefined;
}

/** Whose token it is; undefined: nobody's, or it has ended. */
export async function principalOf(token: string, { house, adminToken }: TokenInputs): Promise<Principal | undefined> {
  if (adminToken !== undefined && isSame(token, adminToken)) return SYSTEM;
  return house.database.read(async (sql) => ofToken(sql, { hash: sha256Hex(token), nowMs: house.clock.now() }));
}

async function ofToken(
  sql: Statements,
  { hash, nowMs }: { readonly hash: string; readonly nowMs: number },
): Promise<Principal | undefined> {
  const token = await lookUpEntity(sql, 'token', hash);
  if (token === undefined || token.state !== 'active') return undefined;
  const { expiresAt, scopes } = token.data;
  if (typeof expiresAt === 'string' && Date.parse(expiresAt) <= nowMs) return undefined;
  const user = await findEntity(sql, { workspace: '', kind: 'user', id: token.parent });
  if (user === undefined || user.data['disabled'] === true) return undefined;
  const limits = Array.isArray(scopes) ? scopes.map(String) : undefined;
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    refusal: refusals({ grants: grantsIn(user.data['grants']), roles: await customRoles(sql), limits }),
  };
}

interface Rights {
  readonly grants: readonly Grant[];
  readonly roles: ReadonlyMap<string, readonly string[]>;
  /** What a token narrows its user's rights to. */
  readonly limits: readonly string[] | undefined;
}

function refusals({ grants, roles, limits }: Rights): Principal['refusal'] {
  return (permission, workspace) => {
    if (limits !== undefined && !limits.some((limit) => covers(limit, permission))) {
      return `the token is not for ${permission}`;
    }
    if (isGranted(permission, { grants, roles, workspace })) return undefined;
    return `none of your roles allows ${permission} here`;
  };
}

async function customRoles(sql: Statements): Promise<ReadonlyMap<string, readonly string[]>> {
  const roles = await listEntities(sql, { workspace: '', kind: 'role', limit: 1000 });
  return new Map(
    roles.map(({ name, data }) => [name, Array.isArray(data['permissions']) ? data['permissions'].map(String) : []]),
  );
}

function grantsIn(value: unknown): readonly Grant[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((grant: unknown) => {
    if (typeof grant !== 'object' || grant === null || !('role' in grant)) return [];
    const workspace = 'workspace' in grant && typeof grant.workspace === 'string' ? grant.workspace : undefined;
    return [{ role: String(grant.role), workspace }];
  });
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** A token of a user, shown in this reply and never again. Others' tokens are made by administrators only. */
export async function issueToken(ctx: ServiceContext, input: unknown): Promise<Written<EntityView>> {
  const kind = kindOf('token');
  const user = typeof input === 'object' && input !== null && 'user' in input ? input.user : undefined;
  if (user !== ctx.principal.id) requirePermission(ctx, kind, 'create');
  return write(ctx, async (own) => {
    const token = newKey();
    const entity = await newEntity(ctx, own, { kind, input, facts: { shown: token.slice(0, SHOWN_CHARS) } });
    const owner = await findEntity(own.sql, { workspace: '', kind: 'user', id: entity.parent });
    if (owner === undefined) throw new ServiceError('admin.not_found', 'there is no such user');
    return { ...entityView(kind, await own.insert({ ...entity, lookup: sha256Hex(token) }, 'issue')), token };
  });
}
