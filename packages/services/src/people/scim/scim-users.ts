import { eachEntity, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { write, type Write } from '../../entities/write.ts';
import type { ServiceContext } from '../../service-context.ts';
import { removePrivate } from '../private-row.ts';
import { userNamed } from '../sign-in.ts';
import { ScimError } from './scim-error.ts';
import { matchesFilter, parseScimFilter } from './scim-filter.ts';
import { requireProvisioner } from './scim-provisioner.ts';
import { pageOf, requireVersion, type ScimList, type ScimQuery } from './scim-list.ts';
import { flagOf, member, readOperations, requireObject, textOf, type Json, type Operation } from './scim-values.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const FILTERED = new Set(['username', 'externalid', 'emails', 'id', 'active', 'displayname']);
const EMAIL = /^[^\s@"<>]{1,64}@[A-Za-z0-9.-]{1,189}$/;
/** What directories send and we have no use for. */
const IGNORED =
  /^(?:schemas|id|meta|groups|nickname|profileurl|title|usertype|preferredlanguage|locale|timezone|emails|phonenumbers|ims|photos|addresses|roles|entitlements|name|password|urn:.*|department|manager|employeenumber|organization|division|costcenter)(?:[.[].*)?$/i;

interface Wanted {
  readonly userName?: string | undefined;
  readonly externalId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly active?: boolean | undefined;
}

/** A user as a directory sees it (RFC 7643 §4.1). */
export async function scimUser(
  sql: Statements,
  { id, name, data, revision, createdMs, updatedMs }: Entity,
): Promise<Json> {
  const groups = await Promise.all(
    groupsOf(data).map(async (value) => {
      const group = await findEntity(sql, { workspace: '', kind: 'group', id: value });
      return { value, display: group?.name ?? '' };
    }),
  );
  return {
    schemas: [USER],
    id,
    ...(typeof data['externalId'] === 'string' && { externalId: data['externalId'] }),
    userName: name,
    ...(typeof data['title'] === 'string' && { displayName: data['title'] }),
    emails: [{ value: name, type: 'work', primary: true }],
    active: data['disabled'] !== true,
    groups,
    meta: {
      resourceType: 'User',
      created: new Date(createdMs).toISOString(),
      lastModified: new Date(updatedMs).toISOString(),
      version: `W/"${revision}"`,
      location: `/scim/v2/Users/${id}`,
    },
  };
}

export function groupsOf(data: Entity['data']): readonly string[] {
  return Array.isArray(data['groups']) ? data['groups'].map(String) : [];
}

export async function listScimUsers(ctx: ServiceContext, query: ScimQuery): Promise<ScimList> {
  requireProvisioner(ctx);
  const filter = query.filter === undefined ? [] : parseScimFilter(query.filter, FILTERED);
  return ctx.database.read(async (sql) => {
    const users = eachEntity(sql, 'user');
    return pageOf(users, query, {
      isWanted: (user) => isSeen(user) && matchesFilter(filter, attributesOf(user)),
      view: async (user) => scimUser(sql, user),
    });
  });
}

function attributesOf({ id, name, data }: Entity): Readonly<Record<string, readonly (string | boolean)[]>> {
  const text = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);
  return {
    id: [id],
    username: [name],
    emails: [name],
    externalid: text(data['externalId']),
    displayname: text(data['title']),
    active: [data['disabled'] !== true],
  };
}

function isSeen({ data }: Entity): boolean {
  return data['removed'] !== true && data['bot'] !== true;
}

export async function getScimUser(ctx: ServiceContext, id: string): Promise<Json> {
  requireProvisioner(ctx);
  return ctx.database.read(async (sql) => scimUser(sql, await requireUser(sql, id)));
}

export async function requireUser(sql: Statements, id: string): Promise<Entity> {
  const user = await findEntity(sql, { workspace: '', kind: 'user', id });
  if (user === undefined || !isSeen(user)) throw new ScimError(404, `there is no user ${id.slice(0, 64)}`);
  return user;
}

/** Whoever was taken away comes back as the same user, with nothing of what it could do. */
export async function createScimUser(ctx: ServiceContext, body: unknown): Promise<Json> {
  const own = requireProvisioner(ctx);
  const wanted = readUser(body);
  if (wanted.userName === undefined) throw new ScimError(400, 'userName is missing', 'invalidValue');
  const { userName } = wanted;
  const { result } = await write(own, async (change) => {
    const known = await userNamed(change.sql, userName);
    if (known !== undefined && isSeen(known))
      throw new ScimError(409, 'there is a user of this userName', 'uniqueness');
    if (known?.data['bot'] === true) throw new ScimError(409, 'a program has this userName', 'uniqueness');
    if (known !== undefined) {
      const { removed: _removed, grants: _grants, groups: _groups, ...data } = known.data;
      const back = { ...known, data };
      return scimUser(change.sql, await change.update(known, changed(back, { active: true, ...wanted }), 'provision'));
    }
    const user = changed(blank(change), wanted);
    return scimUser(change.sql, await change.insert(user, 'provision'));
  });
  return result;
}

function blank(change: Write): Entity {
  const base = { workspace: '', kind: 'user', parent: '', name: '', state: '', lookup: undefined, revision: 1 };
  return { ...base, id: change.newId('user'), data: {}, createdMs: change.nowMs, updatedMs: change.nowMs };
}

export interface ScimChange {
  readonly id: string;
  readonly body: unknown;
  /** Of `If-Match`. */
  readonly version: string | undefined;
}

export async function replaceScimUser(ctx: ServiceContext, input: ScimChange): Promise<Json> {
  const wanted = readUser(input.body);
  if (wanted.userName === undefined) throw new ScimError(400, 'userName is missing', 'invalidValue');
  return changeUser(ctx, input, { externalId: undefined, displayName: undefined, active: true, ...wanted });
}

export async function patchScimUser(ctx: ServiceContext, input: ScimChange): Promise<Json> {
  const operations = readOperations(input.body);
  return changeUser(ctx, input, Object.assign({}, ...operations.map(wantedBy)));
}

async function changeUser(ctx: ServiceContext, { id, version }: ScimChange, wanted: Wanted): Promise<Json> {
  const own = requireProvisioner(ctx);
  const { result } = await write(own, async (change) => {
    const user = await requireUser(change.sql, id);
    requireVersion(user, version);
    const next = changed(user, wanted);
    const isSame = next.name === user.name && JSON.stringify(next.data) === JSON.stringify(user.data);
    return scimUser(change.sql, isSame ? user : await change.update(user, next, 'provision'));
  });
  return result;
}

/** Out at once: no session, no token, no group; its name stays in what it has done. */
export async function removeScimUser(ctx: ServiceContext, { id, version }: Omit<ScimChange, 'body'>): Promise<void> {
  const own = requireProvisioner(ctx);
  await write(own, async (change) => {
    const user = await requireUser(change.sql, id);
    requireVersion(user, version);
    const { groups: _groups, grants: _grants, ...data } = user.data;
    await change.update(user, { ...user, data: { ...data, disabled: true, removed: true } }, 'deprovision');
    for (const kind of ['password', 'factor', 'passkey', 'identity'] as const) {
      await removePrivate(change.sql, { kind, parent: id });
    }
    for await (const token of tokensOf(change.sql, id))
      await change.update(token, { ...token, state: 'revoked' }, 'revoke');
  });
}

async function* tokensOf(sql: Statements, user: string): AsyncGenerator<Entity> {
  let after = '';
  while (true) {
    const page = await listEntities(sql, {
      workspace: '',
      kind: 'token',
      parent: user,
      state: 'active',
      after,
      limit: 200,
    });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function readUser(body: unknown): Wanted {
  const entries = Object.entries(requireObject(body)).map(([name, value]) => ({
    op: 'replace' as const,
    path: name.toLowerCase(),
    value,
  }));
  const wanted: Wanted = Object.assign({}, ...entries.map(wantedBy));
  const formatted = textOf(member(member(body, 'name'), 'formatted'), 'name.formatted', 200);
  return { ...(formatted !== undefined && { displayName: formatted }), ...wanted };
}

const READ: Readonly<Record<string, (value: unknown) => Wanted>> = {
  username: (value) => ({ userName: emailOf(value) }),
  externalid: (value) => ({ externalId: textOf(value, 'externalId') }),
  displayname: (value) => ({ displayName: textOf(value, 'displayName', 200) }),
  'name.formatted': (value) => ({ displayName: textOf(value, 'name.formatted', 200) }),
  active: (value) => ({ active: value === undefined ? true : flagOf(value, 'active') }),
};

function wantedBy({ op, path, value }: Operation): Wanted {
  const read = Object.hasOwn(READ, path) ? READ[path] : undefined;
  if (read !== undefined) return read(op === 'remove' ? undefined : value);
  if (IGNORED.test(path)) return {};
  throw new ScimError(400, `there is no attribute ${path.slice(0, 100)}`, 'invalidPath');
}

function emailOf(value: unknown): string {
  const name = textOf(value, 'userName') ?? '';
  if (EMAIL.test(name)) return name.toLowerCase();
  throw new ScimError(400, 'userName is an e-mail address here', 'invalidValue');
}

function changed(user: Entity, wanted: Wanted): Entity {
  const { userName = user.name, ...rest } = wanted;
  const named = { externalId: 'externalId', displayName: 'title' } as const;
  const data: Record<string, unknown> = { ...user.data };
  for (const [from, to] of [['externalId', named.externalId] as const, ['displayName', named.displayName] as const]) {
    if (!(from in rest)) continue;
    if (rest[from] === undefined) Reflect.deleteProperty(data, to);
    else data[to] = rest[from];
  }
  if (rest.active === false) data['disabled'] = true;
  if (rest.active === true) Reflect.deleteProperty(data, 'disabled');
  return { ...user, name: userName, data };
}
