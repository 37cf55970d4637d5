import { isDeepStrictEqual } from 'node:util';
import { eachEntity, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Principal } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { ROLES } from './grants.ts';
import { requireHeld } from './held-rights.ts';
import { removePrivate, type PrivateKind } from './private-row.ts';
import { customRoles, grantsIn, placed, requireRightsOf, rightsOfRole } from './user-principal.ts';

export interface Change {
  readonly sql: Statements;
  readonly principal: Principal;
  /** Whether it gives no rights by itself: a second person has to agree. */
  readonly takesTwo: boolean;
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

/** What holds for changes of who may do what, whichever verb makes them. */
export const PEOPLE_RULES: Readonly<Record<string, (change: Change) => Promise<void>>> = {
  user: async (change) => {
    await requireStanding(change);
    requireSameName(change);
    await requireGrantsHeld(change);
    await endWhatIsOver(change);
    await requireAnAdministrator(change);
  },
  group: async (change) => {
    await requireGrantsHeld(change);
    await requireAnAdministrator(change);
  },
  // Whoever says where people sign in says who they are.
  directory: async ({ principal, takesTwo, after }) => {
    requireHeld(principal, { rights: ['*:*'], workspace: '' });
    if (takesTwo && after !== undefined) throw operatorsOnly();
    return Promise.resolve();
  },
  // Whoever lets people come in by themselves gives what those get.
  workspace: async ({ principal, before, after }) => {
    if (after === undefined || isDeepStrictEqual(before?.data['signUp'], after.data['signUp']))
      return Promise.resolve();
    const rights = ['users:create', ...rightsOfRole('consumer', new Map())];
    requireHeld(principal, { rights, workspace: after.id });
    return Promise.resolve();
  },
  role: async (change) => {
    requireRoleHeld(change);
    await requireUnused(change);
    await requireAnAdministrator(change);
  },
};

/** Whether whoever asks has what a change gives. */
export async function requireMayGive(change: Change): Promise<void> {
  await requireStandingOfUser(change);
  if ((change.after ?? change.before)?.kind === 'role') requireRoleHeld(change);
  else await requireGrantsHeld(change);
}

async function requireStandingOfUser(change: Change): Promise<void> {
  if (change.before?.kind === 'user') await requireStanding(change);
}

/** Whoever could change the address of somebody with more rights would have theirs by the next reset. */
async function requireStanding({ sql, principal, before }: Change): Promise<void> {
  if (before !== undefined && before.id !== principal.id) await requireRightsOf(sql, principal, { user: before });
}

/** By another address somebody else gets the next link. */
function requireSameName({ takesTwo, principal, before, after }: Change): void {
  const isOthers = before !== undefined && after !== undefined && principal.id !== before.id;
  if (takesTwo && isOthers && before.name !== after.name && principal.isDirectory !== true) throw operatorsOnly();
}

function operatorsOnly(): ServiceError {
  const why = 'where a second person has to agree to grants, this is done with the token of the environment';
  return new ServiceError('admin.forbidden', why);
}

function needsTwo(): ServiceError {
  return new ServiceError('admin.forbidden', 'a second person has to agree to this, ask by POST /petitions', {
    needs: 'petition',
  });
}

async function requireGrantsHeld({ sql, principal, takesTwo, before, after }: Change): Promise<void> {
  const had = new Set(grantsIn(before?.data['grants']).map((grant) => JSON.stringify(grant)));
  const added = grantsIn(after?.data['grants']).filter((grant) => !had.has(JSON.stringify(grant)));
  if (added.length === 0) return;
  const roles = await customRoles(sql);
  for (const { role, workspace = '', team } of await placed(sql, added)) {
    if (team !== undefined) await requireTeam(sql, workspace, team);
    if (!Object.hasOwn(ROLES, role) && !roles.has(role)) {
      throw new ServiceError('admin.invalid', `/grants there is no role ${role}`);
    }
    requireHeld(principal, { rights: rightsOfRole(role, roles), workspace, team });
  }
  if (takesTwo) throw needsTwo();
}

async function requireTeam(sql: Statements, workspace: string, id: string): Promise<void> {
  if (workspace === '') throw new ServiceError('admin.invalid', '/grants a team is one of a workspace, name that too');
  const team = await findEntity(sql, { workspace, kind: 'team', id });
  if (team === undefined) throw new ServiceError('admin.invalid', `/grants there is no team ${id} in that workspace`);
}

function requireRoleHeld({ principal, takesTwo, before, after }: Change): void {
  if (after === undefined) return;
  if (Object.hasOwn(ROLES, after.name)) {
    throw new ServiceError('admin.conflict', `the role ${after.name} is built in, choose another name`);
  }
  const had = new Set(permissionsOf(before));
  const added = permissionsOf(after).filter((each) => !had.has(each));
  requireHeld(principal, { rights: added, workspace: '' });
  if (takesTwo && added.length > 0) throw needsTwo();
}

function permissionsOf(role: Entity | undefined): readonly string[] {
  const { permissions } = role?.data ?? {};
  return Array.isArray(permissions) ? permissions.map(String) : [];
}

/** A name that comes back would bring back what was granted by it. */
async function requireUnused({ sql, before, after }: Change): Promise<void> {
  if (before === undefined || before.name === after?.name) return;
  for (const kind of ['user', 'group']) {
    for await (const holder of eachEntity(sql, kind)) {
      if (!grantsIn(holder.data['grants']).some(({ role }) => role === before.name)) continue;
      throw new ServiceError(
        'admin.conflict',
        `the ${kind} ${holder.name} has the role ${before.name}, take it away first`,
      );
    }
  }
}

/** Whoever is disabled is out at once; whoever gets other rights signs in again; whoever is gone leaves nothing. */
async function endWhatIsOver({ sql, before, after }: Change): Promise<void> {
  if (before === undefined) return;
  const kinds: readonly PrivateKind[] =
    after === undefined ? ['session', 'password', 'ticket', 'factor', 'passkey', 'identity'] : ['session', 'ticket'];
  const facts = (entity: Entity | undefined): string =>
    JSON.stringify(['grants', 'groups', 'disabled', 'bot'].map((name) => entity?.data[name] ?? null));
  if (after !== undefined && facts(before) === facts(after)) return;
  for (const kind of kinds) await removePrivate(sql, { kind, parent: before.id });
}

/** The last who may do everything stays, or nobody could ever give anybody anything again. */
async function requireAnAdministrator({ sql, before, after }: Change): Promise<void> {
  if (before === undefined) return;
  const roles = await customRoles(sql);
  const groups = await listEntities(sql, { workspace: '', kind: 'group', limit: 10_000 });
  const next = new Map(roles);
  const byId = new Map(groups.map((group) => [group.id, group]));
  if (
    !isAdministrating(before, {
      roles: new Map([...roles, ...asRole(before)]),
      byId: new Map([...byId, [before.id, before]]),
    })
  )
    return;
  if (after !== undefined && JSON.stringify(after.data) === JSON.stringify(before.data)) return;
  if (before.kind === 'role') next.delete(before.name);
  if (after?.kind === 'role') next.set(after.name, permissionsOf(after));
  byId.delete(before.id);
  if (after?.kind === 'group') byId.set(after.id, after);
  if (after?.kind === 'user' && isAdministrator(after, { roles: next, byId })) return;
  for await (const user of eachEntity(sql, 'user')) {
    if (user.id !== before.id && isAdministrator(user, { roles: next, byId })) return;
  }
  throw new ServiceError('admin.illegal', 'there has to be an administrator, make another one first');
}

/** Whoever may do everything, for good. */
export async function administratorsOf(sql: Statements): Promise<readonly string[]> {
  const roles = await customRoles(sql);
  const groups = await listEntities(sql, { workspace: '', kind: 'group', limit: 10_000 });
  const sources = { roles, byId: new Map(groups.map((group) => [group.id, group])) };
  const found: string[] = [];
  for await (const user of eachEntity(sql, 'user')) if (isAdministrator(user, sources)) found.push(user.id);
  return found;
}

interface Sources {
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly byId: ReadonlyMap<string, Entity>;
}

function asRole(entity: Entity): readonly (readonly [string, readonly string[]])[] {
  return entity.kind === 'role' ? [[entity.name, permissionsOf(entity)]] : [];
}

function isAdministrating(entity: Entity, sources: Sources): boolean {
  if (entity.kind === 'role') return permissionsOf(entity).includes('*:*');
  if (entity.kind === 'group') return givesAll(entity, sources);
  return isAdministrator(entity, sources);
}

function isAdministrator(user: Entity, sources: Sources): boolean {
  if (user.data['disabled'] === true || user.data['bot'] === true) return false;
  const groups = Array.isArray(user.data['groups']) ? user.data['groups'].map(String) : [];
  return givesAll(user, sources) || groups.some((id) => givesAll(sources.byId.get(id), sources));
}

function givesAll(entity: Entity | undefined, { roles }: Sources): boolean {
  return grantsIn(entity?.data['grants']).some(
    ({ role, workspace, team, emergency }) =>
      workspace === undefined && team === undefined && emergency !== true && rightsOfRole(role, roles).includes('*:*'),
  );
}
