import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type Json, type Reply, type TestHouse } from './house.ts';

let test: TestHouse;
let token = '';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

async function scim(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers = {},
): Promise<Reply> {
  const reply = await test.app.inject({
    method,
    url: `/scim/v2${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/scim+json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: reply.statusCode, headers: reply.headers, body: reply.body === '' ? {} : JSON.parse(reply.body) };
}

async function made(path: string, body: unknown): Promise<Json> {
  const reply = await scim('POST', path, body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body;
}

const patch = async (path: string, ...Operations: readonly unknown[]) =>
  scim('PATCH', path, { schemas: [PATCH], Operations });

async function issue(user: string, name = 'main', scopes?: readonly string[]): Promise<string> {
  return (await test.call('POST', '/tokens', { body: { name, user, scopes } })).body.token;
}

beforeEach(async () => {
  test = await openTestHouse();
  await test.call('POST', '/users', { body: { name: 'root@example.com', grants: [{ role: 'admin' }] } });
  await test.call('POST', '/roles', { body: { name: 'directory', permissions: ['scim:provision'] } });
  const bot = { name: 'directory@example.com', bot: true, grants: [{ role: 'directory' }] };
  token = await issue((await test.call('POST', '/users', { body: bot })).body.id, 'scim', ['scim:provision']);
});
afterEach(async () => test.close());

describe('a user', () => {
  it('is made, read, found, changed and taken away', async () => {
    const user = await made('/Users', {
      userName: 'Ada@Example.com',
      externalId: 'A-1',
      name: { formatted: 'Ada L' },
      active: true,
    });
    expect(user).toMatchObject({
      userName: 'ada@example.com',
      displayName: 'Ada L',
      active: true,
      meta: { version: 'W/"1"' },
    });
    expect((await scim('GET', `/Users/${user.id}`)).headers['etag']).toBe('W/"1"');
    expect((await scim('GET', `/Users?filter=${encodeURIComponent('externalId eq "A-1"')}`)).body).toMatchObject({
      totalResults: 1,
      Resources: [{ id: user.id }],
    });
    const replaced = await scim('PUT', `/Users/${user.id}`, { userName: 'ada2@example.com' }, { 'if-match': 'W/"1"' });
    expect(replaced.body).toMatchObject({ userName: 'ada2@example.com', active: true });
    expect(replaced.body['externalId']).toBeUndefined();
    expect(
      (await scim('PUT', `/Users/${user.id}`, { userName: 'x@example.com' }, { 'if-match': 'W/"1"' })).status,
    ).toBe(412);
    expect((await scim('DELETE', `/Users/${user.id}`)).status).toBe(204);
    expect((await scim('GET', `/Users/${user.id}`)).status).toBe(404);
    const again = await made('/Users', { userName: 'ada2@example.com' });
    expect(again).toMatchObject({ id: user.id, active: true });
  });

  it.each([
    ['Entra', [{ op: 'Replace', path: 'active', value: 'False' }]],
    ['Okta', [{ op: 'replace', value: { active: false } }]],
    ['others', [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false }]],
  ])('is out at once when it is made inactive as %s do it', async (_, operations) => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    const personal = await issue(user.id);
    expect((await test.call('GET', '/me', { token: personal })).status).toBe(200);
    expect((await patch(`/Users/${user.id}`, ...operations)).body['active']).toBe(false);
    expect((await test.call('GET', '/me', { token: personal })).status).toBe(401);
  });

  it('comes back without its former tokens and rights after it was taken away', async () => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    const personal = await issue(user.id);
    await scim('DELETE', `/Users/${user.id}`);
    await made('/Users', { userName: 'ada@example.com' });
    expect((await test.call('GET', '/me', { token: personal })).status).toBe(401);
  });

  it('is changed by what Entra sends besides, of which we keep what we know', async () => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    const reply = await patch(
      `/Users/${user.id}`,
      { op: 'Add', path: 'displayName', value: 'Ada' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'other@example.com' },
      { op: 'Add', path: 'name.givenName', value: 'Ada' },
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'R' },
    );
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(reply.body).toMatchObject({ displayName: 'Ada', emails: [{ value: 'ada@example.com' }] });
  });

  it.each([
    ['no object', [], 400, 'invalidSyntax'],
    ['no JSON', '{', 400, 'invalidValue'],
    ['a member called __proto__', '{"__proto__": {}}', 400, 'invalidValue'],
    ['no userName', {}, 400, 'invalidValue'],
    ['a userName that is no address', { userName: 'ada' }, 400, 'invalidValue'],
    ['an active that is neither', { userName: 'a@example.com', active: 'perhaps' }, 400, 'invalidValue'],
    ['an attribute that nobody knows', { userName: 'a@example.com', constructor: 1 }, 400, 'invalidPath'],
    ['a userName that is taken', { userName: 'root@example.com' }, 409, 'uniqueness'],
    ['the name of a program', { userName: 'directory@example.com' }, 409, 'uniqueness'],
  ])('is refused with %s', async (_, body, status, scimType) => {
    const reply = await scim('POST', '/Users', body);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toContain('application/scim+json');
    expect(reply.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      scimType,
    });
  });

  it.each([
    ['no operations', []],
    ['an operation that there is not', [{ op: 'move', path: 'active', value: true }]],
    ['a removal of nothing', [{ op: 'remove' }]],
    ['a path that there is not', [{ op: 'add', path: 'grants', value: [{ role: 'admin' }] }]],
    ['roles of ours', [{ op: 'add', value: { grants: [{ role: 'admin' }] } }]],
  ])('is not changed by %s', async (_, operations) => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    expect((await patch(`/Users/${user.id}`, ...operations)).status).toBe(400);
    expect((await test.call('GET', `/users/${user.id}`)).body).toMatchObject({ revision: 1 });
  });

  it('is listed in pages', async () => {
    for (let n = 0; n < 5; n++) await made('/Users', { userName: `n${n}@example.com` });
    const filter = encodeURIComponent('userName sw "n" and active eq true');
    const page = async (query: string) => (await scim('GET', `/Users?filter=${filter}&${query}`)).body;
    expect(await page('startIndex=4&count=2')).toMatchObject({ totalResults: 5, startIndex: 4, itemsPerPage: 2 });
    expect(await page('startIndex=0&count=0')).toMatchObject({ totalResults: 5, startIndex: 1, Resources: [] });
    expect((await scim('GET', '/Users?count=many')).status).toBe(400);
    expect((await scim('GET', '/Users?filter=password%20pr')).body).toMatchObject({ scimType: 'invalidFilter' });
  });
});

describe('a group', () => {
  it('gives its members what the house gives to it, and takes it away when they leave', async () => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    const personal = await issue(user.id);
    const group = await made('/Groups', { displayName: 'API viewers', members: [{ value: user.id }] });
    expect(group['members']).toMatchObject([{ value: user.id }]);
    const may = async () => (await test.call('GET', '/workspaces/default/apis', { token: personal })).status;
    expect(await may()).toBe(403);
    const grants = { grants: [{ role: 'viewer' }] };
    const changed = await test.call('PATCH', `/groups/${group.id}`, { body: grants, headers: { 'if-match': '"1"' } });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(await may()).toBe(200);
    await patch(`/Groups/${group.id}`, { op: 'remove', path: `members[value eq "${user.id}"]` });
    expect(await may()).toBe(403);
  });

  it.each([
    ['Entra adds', { op: 'Add', path: 'members', value: ['ada', 'bob'] }, ['ada', 'bob']],
    ['Entra removes', { op: 'Remove', path: 'members', value: ['ada'] }, []],
    ['Okta replaces', { op: 'replace', path: 'members', value: ['bob'] }, ['bob']],
    ['somebody empties', { op: 'remove', path: 'members' }, []],
  ])('has the members that %s', async (_, operation, expected) => {
    const ids = new Map<string, string>();
    for (const name of ['ada', 'bob']) ids.set(name, (await made('/Users', { userName: `${name}@example.com` })).id);
    const group = await made('/Groups', { displayName: 'Team', members: [{ value: ids.get('ada') }] });
    const { value, ...rest }: { readonly op: string; readonly path: string; readonly value?: readonly string[] } =
      operation;
    const members = value?.map((name) => ({ value: ids.get(name) }));
    const reply = await patch(`/Groups/${group.id}`, { ...rest, ...(members !== undefined && { value: members }) });
    const values = reply.body['members'].map((each: Json) => each['value']);
    expect(new Set(values)).toEqual(new Set(expected.map((name) => ids.get(name))));
  });

  it('is renamed as Okta does it, replaced, and taken away with its memberships', async () => {
    const user = await made('/Users', { userName: 'ada@example.com' });
    const group = await made('/Groups', { displayName: 'Team', members: [{ value: user.id }] });
    const renamed = await patch(`/Groups/${group.id}`, { op: 'replace', value: { id: group.id, displayName: 'Crew' } });
    expect(renamed.body).toMatchObject({ displayName: 'Crew', members: [{ value: user.id }] });
    expect((await scim('PUT', `/Groups/${group.id}`, { displayName: 'Crew 2' })).body['members']).toEqual([]);
    expect((await scim('POST', '/Groups', { displayName: 'Crew 2' })).body).toMatchObject({ scimType: 'uniqueness' });
    expect((await patch(`/Groups/${group.id}`, { op: 'add', path: 'grants', value: [] })).status).toBe(400);
    expect(
      (await patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: 'nobody' }] })).status,
    ).toBe(404);
    expect((await scim('DELETE', `/Groups/${group.id}`)).status).toBe(204);
    expect(
      (await scim('GET', `/Groups?filter=${encodeURIComponent('displayName eq "Crew 2"')}`)).body['totalResults'],
    ).toBe(0);
  });
});

describe('a directory', () => {
  it('is asked for its own permission, which does nothing else', async () => {
    expect((await test.call('GET', '/users', { token })).status).toBe(403);
    const { id } = (
      await test.call('POST', '/users', { body: { name: 'v@example.com', grants: [{ role: 'viewer' }] } })
    ).body;
    token = await issue(id);
    expect((await scim('GET', '/Users')).status).toBe(403);
    token = 'nobody';
    expect((await scim('GET', '/Users')).body).toMatchObject({ status: '401' });
  });

  it('does not take away the last administrator', async () => {
    const { id } = (await test.call('GET', '/users?name=root@example.com')).body.items[0] ?? { id: '' };
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(409);
  });

  it.each([
    '/ServiceProviderConfig',
    '/Schemas',
    '/ResourceTypes',
    '/ResourceTypes/User',
    '/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group',
  ])('reads %s', async (path) => expect((await scim('GET', path)).status).toBe(200));
});
