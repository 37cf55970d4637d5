import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Principal, Via } from '../service-context.ts';
import { requireHeld } from './held-rights.ts';
import { isForEmergencies, takenOf } from './emergency-rights.ts';
import { covers, isGranted, ROLES, teamsGranted, type Grant } from './grants.ts';

const WORKSPACES_MAX = 10_000;

export interface Rights {
  /** What counts now, for good. Workspaces by their ids. */
  readonly grants: readonly Grant[];
  /** What may be taken for an emergency. */
  readonly reserve: readonly Grant[];
  /** Roles that are not built in, by name. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

export interface Standing {
  /** What a token narrows its user's rights to. */
  readonly limits?: readonly string[] | undefined;
  readonly via?: Via | undefined;
  /** What was taken for an emergency counts at this moment; left out: it never does. */
  readonly nowMs?: number | undefined;
}

/** A user as who asks, with the rights that it has now. */
export async function userPrincipal(
  sql: Statements,
  user: Entity,
  { limits, via, nowMs }: Standing,
): Promise<Principal> {
  const { grants, reserve, roles } = await rightsOf(sql, user);
  const taken = nowMs === undefined || reserve.length === 0 ? [] : await takenOf(sql, user, { reserve, nowMs });
  const refusalOf =
    (own: (permission: string) => readonly Grant[]): Principal['refusal'] =>
    (permission, workspace, team) => {
      if (!isWithin(limits, permission)) return `the token is not for ${permission}`;
      if (isGranted(permission, { grants: own(permission), roles, workspace, team })) return undefined;
      return `none of your roles allows ${permission} here`;
    };
  const counting = (permission: string): readonly Grant[] =>
    isForEmergencies(permission) ? [...grants, ...taken] : grants;
  return {
    kind: user.data['bot'] === true ? 'token' : 'user',
    id: user.id,
    name: user.name,
    via,
    refusal: refusalOf(counting),
    giving: refusalOf(() => grants),
    teams: (permission, workspace) =>
      isWithin(limits, permission)
        ? teamsGranted(permission, { grants: counting(permission), roles, workspace })
        : new Set(),
  };
}

function isWithin(limits: Standing['limits'], permission: string): boolean {
  return limits === undefined || limits.some((limit) => covers(limit, permission));
}

/** Those of the user, and those of its groups. */
export async function rightsOf(sql: Statements, user: Entity): Promise<Rights> {
  const own = grantsIn(user.data['grants']);
  const groups = Array.isArray(user.data['groups']) ? user.data['groups'].map(String) : [];
  const more = await Promise.all(
    groups.map(async (id) => grantsIn((await findEntity(sql, { workspace: '', kind: 'group', id }))?.data['grants'])),
  );
  const all = await placed(sql, [...own, ...more.flat()]);
  const reserve = all.filter(({ emergency }) => emergency === true);
  return { grants: all.filter(({ emergency }) => emergency !== true), reserve, roles: await customRoles(sql) };
}

/**
 * Only who has all rights of a user takes part in how that user gets in; those for emergencies too, but for tokens, which have
 * none of them.
 */
export async function requireRightsOf(
  sql: Statements,
  principal: Principal,
  { user, isForToken = false }: { readonly user: Entity; readonly isForToken?: boolean },
): Promise<void> {
  const { grants, reserve, roles } = await rightsOf(sql, user);
  for (const { role, workspace = '', team } of isForToken ? grants : [...grants, ...reserve]) {
    requireHeld(principal, { rights: rightsOfRole(role, roles), workspace, team });
  }
}

/** What a role brings; nothing when there is no such role. */
export function rightsOfRole(role: string, roles: Rights['roles']): readonly string[] {
  return (Object.hasOwn(ROLES, role) ? ROLES[role] : roles.get(role)) ?? [];
}

/** People name workspaces by their names, requests by their ids. A workspace that is not there is nowhere. */
export async function placed(sql: Statements, grants: readonly Grant[]): Promise<readonly Grant[]> {
  if (grants.every(({ workspace }) => workspace === undefined)) return grants;
  const all = await listEntities(sql, { workspace: '', kind: 'workspace', limit: WORKSPACES_MAX });
  const idOf = (asked: string): string => all.find(({ name, id }) => name === asked || id === asked)?.id ?? '!';
  return grants.map(({ workspace, ...grant }) => ({
    ...grant,
    workspace: workspace === undefined ? undefined : idOf(workspace),
  }));
}

export async function customRoles(sql: Statements): Promise<Rights['roles']> {
  const roles = await listEntities(sql, { workspace: '', kind: 'role', limit: 1000 });
  return new Map(
    roles.map(({ name, data }) => [name, Array.isArray(data['permissions']) ? data['permissions'].map(String) : []]),
  );
}

export function grantsIn(value: unknown): readonly Grant[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((grant: unknown) => {
    if (typeof grant !== 'object' || grant === null || !('role' in grant)) return [];
    const workspace = 'workspace' in grant && typeof grant.workspace === 'string' ? grant.workspace : undefined;
    const team = 'team' in grant && typeof grant.team === 'string' ? grant.team : undefined;
    const emergency = 'emergency' in grant && grant.emergency === true;
    return [{ role: String(grant.role), workspace, team, ...(emergency && { emergency }) }];
  });
}
