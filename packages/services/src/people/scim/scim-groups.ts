import { eachEntity, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { write, type Write } from '../../entities/write.ts';
import type { ServiceContext } from '../../service-context.ts';
import { ScimError } from './scim-error.ts';
import { matchesFilter, parseScimFilter } from './scim-filter.ts';
import { pageOf, requireVersion, type ScimList, type ScimQuery } from './scim-list.ts';
import { requireProvisioner } from './scim-provisioner.ts';
import { groupsOf, requireUser, type ScimChange } from './scim-users.ts';
import { idsOf, member, readOperations, requireObject, textOf, type Json, type Operation } from './scim-values.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const FILTERED = new Set(['displayname', 'externalid', 'id']);
const ONE_MEMBER = /^members\[value eq "([\w-]{1,64})"\]$/i;

/** A group as a directory sees it (RFC 7643 §4.2). What it may do is the house's affair. */
async function scimGroup(sql: Statements, { id, name, data, revision, createdMs, updatedMs }: Entity): Promise<Json> {
  const members: Json[] = [];
  for await (const user of eachEntity(sql, 'user')) {
    if (groupsOf(user.data).includes(id)) members.push({ value: user.id, display: user.name, type: 'User' });
  }
  return {
    schemas: [GROUP],
    id,
    ...(typeof data['externalId'] === 'string' && { externalId: data['externalId'] }),
    displayName: name,
    members,
    meta: {
      resourceType: 'Group',
      created: new Date(createdMs).toISOString(),
      lastModified: new Date(updatedMs).toISOString(),
      version: `W/"${revision}"`,
      location: `/scim/v2/Groups/${id}`,
    },
  };
}

/** Without members: who wants them asks for the group. */
export async function listScimGroups(ctx: ServiceContext, query: ScimQuery): Promise<ScimList> {
  requireProvisioner(ctx);
  const filter = query.filter === undefined ? [] : parseScimFilter(query.filter, FILTERED);
  return ctx.database.read(async (sql) =>
    pageOf(eachEntity(sql, 'group'), query, {
      isWanted: ({ id, name, data }) => {
        const externalid = typeof data['externalId'] === 'string' ? [data['externalId']] : [];
        return matchesFilter(filter, { id: [id], displayname: [name], externalid });
      },
      view: async (group) => {
        const { id, name, revision } = group;
        const meta = { resourceType: 'Group', version: `W/"${revision}"`, location: `/scim/v2/Groups/${id}` };
        return Promise.resolve({ schemas: [GROUP], id, displayName: name, meta });
      },
    }),
  );
}

export async function getScimGroup(ctx: ServiceContext, id: string): Promise<Json> {
  requireProvisioner(ctx);
  return ctx.database.read(async (sql) => scimGroup(sql, await requireGroup(sql, id)));
}

async function requireGroup(sql: Statements, id: string): Promise<Entity> {
  const group = await findEntity(sql, { workspace: '', kind: 'group', id });
  if (group === undefined) throw new ScimError(404, `there is no group ${id.slice(0, 64)}`);
  return group;
}

export async function createScimGroup(ctx: ServiceContext, body: unknown): Promise<Json> {
  const own = requireProvisioner(ctx);
  const wanted = requireObject(body);
  const name = nameOf(member(wanted, 'displayName'));
  const externalId = textOf(member(wanted, 'externalId'), 'externalId');
  const members = idsOf(member(wanted, 'members') ?? []);
  const { result } = await write(own, async (change) => {
    const [known] = await listEntities(change.sql, { workspace: '', kind: 'group', parent: '', name, limit: 1 });
    if (known !== undefined) throw new ScimError(409, 'there is a group of this displayName', 'uniqueness');
    const base = { workspace: '', kind: 'group', parent: '', state: '', lookup: undefined, revision: 1 };
    const data = externalId === undefined ? {} : { externalId };
    const times = { createdMs: change.nowMs, updatedMs: change.nowMs };
    const group = await change.insert({ ...base, id: change.newId('group'), name, data, ...times }, 'provision');
    for (const id of members) await setMember(change, { group: group.id, id, isIn: true });
    return scimGroup(change.sql, group);
  });
  return result;
}

export async function replaceScimGroup(ctx: ServiceContext, input: ScimChange): Promise<Json> {
  const wanted = requireObject(input.body);
  const value = (name: string): unknown => member(wanted, name);
  return changeGroup(ctx, input, [
    { op: 'replace', path: 'displayname', value: value('displayName') },
    { op: 'replace', path: 'externalid', value: value('externalId') },
    { op: 'replace', path: 'members', value: value('members') ?? [] },
  ]);
}

export async function patchScimGroup(ctx: ServiceContext, input: ScimChange): Promise<Json> {
  return changeGroup(ctx, input, readOperations(input.body));
}

export async function removeScimGroup(ctx: ServiceContext, { id, version }: Omit<ScimChange, 'body'>): Promise<void> {
  const own = requireProvisioner(ctx);
  await write(own, async (change) => {
    const group = await requireGroup(change.sql, id);
    requireVersion(group, version);
    for (const user of await membersOf(change.sql, id)) await setMember(change, { group: id, id: user, isIn: false });
    await change.remove(group);
  });
}

async function changeGroup(ctx: ServiceContext, input: ScimChange, operations: readonly Operation[]): Promise<Json> {
  const own = requireProvisioner(ctx);
  const { result } = await write(own, async (change) => {
    const group = await requireGroup(change.sql, input.id);
    requireVersion(group, input.version);
    let next = group;
    for (const operation of operations) {
      next = named(next, operation);
      await changeMembers(change, group.id, operation);
    }
    // A change of members is one of the group too: its ETag says so.
    return scimGroup(change.sql, await change.update(group, next, 'provision'));
  });
  return result;
}

function named(group: Entity, { op, path, value }: Operation): Entity {
  if (path === 'displayname') return { ...group, name: nameOf(value) };
  if (path !== 'externalid') return group;
  const { externalId: _former, ...data } = group.data;
  const externalId = op === 'remove' ? undefined : textOf(value, 'externalId');
  return { ...group, data: externalId === undefined ? data : { ...data, externalId } };
}

async function changeMembers(change: Write, group: string, { op, path, value }: Operation): Promise<void> {
  const [, one] = ONE_MEMBER.exec(path) ?? [];
  if (one !== undefined && op === 'remove') return setMember(change, { group, id: one, isIn: false });
  if (path !== 'members') {
    if (/^(?:displayname|externalid|id|schemas|meta)$/.test(path)) return undefined;
    throw new ScimError(400, `there is no attribute ${path.slice(0, 100)}`, 'invalidPath');
  }
  const asked = value === undefined ? undefined : idsOf(value);
  if (op === 'add') {
    for (const id of asked ?? []) await setMember(change, { group, id, isIn: true });
    return undefined;
  }
  const now = await membersOf(change.sql, group);
  const leaving = op === 'remove' ? (asked ?? now) : now.filter((id) => asked?.includes(id) !== true);
  for (const id of leaving) await setMember(change, { group, id, isIn: false });
  if (op === 'replace') for (const id of asked ?? []) await setMember(change, { group, id, isIn: true });
  return undefined;
}

async function membersOf(sql: Statements, group: string): Promise<readonly string[]> {
  const members: string[] = [];
  for await (const user of eachEntity(sql, 'user')) if (groupsOf(user.data).includes(group)) members.push(user.id);
  return members;
}

interface Membership {
  readonly group: string;
  readonly id: string;
  readonly isIn: boolean;
}

async function setMember(change: Write, { group, id, isIn }: Membership): Promise<void> {
  const user = await requireUser(change.sql, id);
  const groups = groupsOf(user.data);
  if (groups.includes(group) === isIn) return;
  const next = isIn ? [...groups, group] : groups.filter((each) => each !== group);
  await change.update(user, { ...user, data: { ...user.data, groups: next } }, isIn ? 'join' : 'leave');
}

function nameOf(value: unknown): string {
  const name = textOf(value, 'displayName', 200) ?? '';
  if (name.trim() !== '') return name;
  throw new ScimError(400, 'displayName is missing', 'invalidValue');
}
