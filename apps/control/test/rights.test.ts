import { distinctPersons, mintSetupToken } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUpHouse } from './browser.ts';
import { openTestHouse, type Json, type Reply, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
  await make('/users', { name: 'root@example.com', grants: [{ role: 'admin' }] });
});
afterEach(async () => test.close());

/** One without users. */
async function fresh(): Promise<TestHouse> {
  await test.close();
  test = await openTestHouse();
  return test;
}

async function make(path: string, body: unknown, token?: string): Promise<Json> {
  const reply = await test.call('POST', path, { body, token });
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body;
}

async function person(
  name: string,
  grants: unknown,
  scopes?: readonly string[],
): Promise<{ id: string; token: string }> {
  const { id } = await make('/users', { name: `${name}@example.com`, grants });
  const { token } = await make('/tokens', { name: 'main', user: id, ...(scopes !== undefined && { scopes }) });
  return { id, token };
}

async function change(path: string, body: unknown, token?: string): Promise<Reply> {
  const { revision } = (await test.call('GET', path)).body;
  const headers = { 'if-match': `"${revision}"` };
  return test.call(body === undefined ? 'DELETE' : 'PATCH', path, { body, token, headers });
}

describe('rights', () => {
  it('are none for who has no role, and those of a custom role for who has it', async () => {
    await make('/roles', { name: 'ops', permissions: ['upstreams:*', 'apis:read'] });
    const [nobody, ops] = [await person('nobody', []), await person('ops', [{ role: 'ops' }])];
    const status = async (path: string, token: string) => (await test.call('GET', path, { token })).status;
    const W = '/workspaces/default';
    expect(await status(`${W}/apis`, nobody.token)).toBe(403);
    expect(await status(`${W}/apis`, ops.token)).toBe(200);
    expect(await status(`${W}/upstreams`, ops.token)).toBe(200);
    expect(await status(`${W}/plans`, ops.token)).toBe(403);
    expect(await status('/users', ops.token)).toBe(403);
  });

  it('hold in the workspace that the grant names, by name, and nowhere else', async () => {
    await make('/workspaces', { name: 'other' });
    const { token } = await person('local', [{ role: 'viewer', workspace: 'other' }]);
    expect((await test.call('GET', '/workspaces/other/apis', { token })).status).toBe(200);
    expect((await test.call('GET', '/workspaces/default/apis', { token })).status).toBe(403);
    expect((await test.call('GET', '/users', { token })).status).toBe(403);
  });

  it('come with groups', async () => {
    const group = await make('/groups', { name: 'staff', grants: [{ role: 'viewer' }] });
    expect((await change(`/groups/${group.id}`, { grants: [{ role: 'no-such-role' }] })).status).toBe(422);
  });
});

describe('nobody gives what they do not have', () => {
  let clerk: { id: string; token: string };
  beforeEach(async () => {
    await make('/roles', { name: 'clerk', permissions: ['users:*', 'roles:*', 'tokens:*', 'groups:*', 'apis:read'] });
    clerk = await person('clerk', [{ role: 'clerk' }]);
  });

  it.each([
    ['a user with more rights', '/users', { name: 'x@example.com', grants: [{ role: 'admin' }] }],
    ['a group with more rights', '/groups', { name: 'x', grants: [{ role: 'publisher' }] }],
    ['a role with more rights', '/roles', { name: 'x', permissions: ['apis:*'] }],
    ['a role with all rights', '/roles', { name: 'x', permissions: ['*:*'] }],
  ])('and so makes no %s', async (_, path, body) => {
    expect((await test.call('POST', path, { body, token: clerk.token })).status).toBe(403);
  });

  it('not to themselves, not by a token of somebody else, not by somebody else’s address', async () => {
    const root = (await test.call('GET', '/users?name=root@example.com')).body.items[0]?.id ?? '';
    expect((await change(`/users/${clerk.id}`, { grants: [{ role: 'admin' }] }, clerk.token)).status).toBe(403);
    const stolen = { name: 'x', user: root };
    expect((await test.call('POST', '/tokens', { body: stolen, token: clerk.token })).status).toBe(403);
    const scoped = { ...stolen, scopes: ['plans:read'] };
    expect((await test.call('POST', '/tokens', { body: scoped, token: clerk.token })).status).toBe(403);
    expect((await change(`/users/${root}`, { name: 'clerk2@example.com' }, clerk.token)).status).toBe(403);
    expect((await change(`/users/${root}`, undefined, clerk.token)).status).toBe(403);
    expect((await test.call('DELETE', `/users/${root}/totp`, { token: clerk.token })).status).toBe(403);
    await make('/users', { name: 'fine@example.com', grants: [{ role: 'clerk' }] }, clerk.token);
  });
});

describe('a token', () => {
  it('can do what its scopes say, which are among its user’s rights', async () => {
    const { id, token } = await person('worker', [{ role: 'developer' }], ['apis:read', 'applications:*']);
    const W = '/workspaces/default';
    expect((await test.call('GET', `${W}/apis`, { token })).status).toBe(200);
    expect((await test.call('GET', `${W}/plans`, { token })).status).toBe(403);
    const body = { name: 'more', user: id, scopes: ['users:read'] };
    expect((await test.call('POST', '/tokens', { body })).status).toBe(403);
  });

  it('makes no token that can do more', async () => {
    const { id, token } = await person('worker', [{ role: 'developer' }], ['apis:read']);
    const issue = async (body: object) =>
      (await test.call('POST', '/tokens', { token, body: { user: id, ...body } })).status;
    expect(await issue({ name: 'all' })).toBe(403);
    expect(await issue({ name: 'other', scopes: ['plans:read'] })).toBe(403);
    expect(await issue({ name: 'same', scopes: ['apis:read'] })).toBe(201);
  });

  it('says when it was last used, without counting as changed', async () => {
    const { token } = await person('worker', [{ role: 'viewer' }]);
    await test.call('GET', '/me', { token });
    const [seen] = (await test.call('GET', '/tokens')).body.items;
    expect(seen).toMatchObject({ lastUsedAt: '2026-11-26T12:00:00.000Z', revision: 1 });
  });

  it('ends when it has expired, and with its user', async () => {
    const { id } = await person('worker', [{ role: 'viewer' }]);
    const { token } = await make('/tokens', { name: 'short', user: id, expiresAt: '2026-11-26T13:00:00Z' });
    expect((await test.call('GET', '/me', { token })).status).toBe(200);
    test.clock.nowMs += 3_600_000;
    expect((await test.call('GET', '/me', { token })).status).toBe(401);
  });
});

describe('one’s own tokens', () => {
  const mine = async (token: string): Promise<readonly Json[]> =>
    (await test.call('GET', '/me/tokens', { token })).body.items;

  it('are seen without any role, with their last use, and no others', async () => {
    const [{ id, token }, other] = [await person('worker', []), await person('other', [])];
    await make('/tokens', { name: 'short', user: id, expiresAt: '2026-11-26T13:00:00Z' });
    test.clock.nowMs += 3_600_000;
    const seen = await mine(token);
    expect(new Set(seen.map(({ name, state }) => `${name} ${state}`))).toEqual(
      new Set(['main active', 'short expired']),
    );
    expect((await mine(token)).find(({ name }) => name === 'main')).toMatchObject({
      lastUsedAt: '2026-11-26T13:00:00.000Z',
    });
    expect(JSON.stringify(seen)).not.toContain(token);
    expect(await mine(other.token)).toHaveLength(1);
  });

  it('are ended one by one: by a session all, by a token itself alone', async () => {
    const [{ id, token }, other] = [await person('worker', []), await person('other', [])];
    const spare = await make('/tokens', { name: 'spare', user: id });
    const main = (await mine(token)).find(({ name }) => name === 'main');
    const revoke = async (which: string, by: string): Promise<number> =>
      (await test.call('POST', `/me/tokens/${which}/revoke`, { token: by })).status;
    expect(await revoke(spare.id, token)).toBe(403);
    expect(await revoke(spare.id, other.token)).toBe(404);
    expect(await revoke('token_0000000000123456789abcdef01', token)).toBe(404);
    expect(await revoke(spare.id, spare.token)).toBe(200);
    expect((await test.call('GET', '/me', { token: spare.token })).status).toBe(401);
    expect((await test.call('GET', '/me', { token })).status).toBe(200);
    expect(await revoke(main?.id ?? '', token)).toBe(200);
    expect((await test.call('GET', '/me', { token })).status).toBe(401);
  });

  it('are ended by a person who has signed in, and only once', async () => {
    const browser = await setUpHouse(await fresh(), (await mintSetupToken(test.house)) ?? '');
    const { id: user } = (await browser.call('GET', '/me')).body;
    const made = (await browser.post('/tokens', { name: 'mine', user })).body;
    expect((await browser.post(`/me/tokens/${made.id}/revoke`)).body).toMatchObject({ state: 'revoked' });
    expect((await browser.post(`/me/tokens/${made.id}/revoke`)).body).toMatchObject({ code: 'admin.illegal' });
    expect((await test.call('GET', '/me', { token: made.token })).status).toBe(401);
  });
});

describe('the last administrator', () => {
  const root = async () => `/users/${(await test.call('GET', '/users?name=root@example.com')).body.items[0]?.id}`;

  it.each([
    ['deleted', undefined],
    ['disabled', { disabled: true }],
    ['made a viewer', { grants: [{ role: 'viewer' }] }],
    ['bound to a workspace', { grants: [{ role: 'admin', workspace: 'default' }] }],
    ['made a bot', { bot: true }],
  ])('is not %s while there is no other', async (_, patch) => {
    const path = await root();
    expect((await change(path, patch)).body).toMatchObject({ code: 'admin.illegal' });
    await make('/users', { name: 'second@example.com', grants: [{ role: 'admin' }] });
    expect((await change(path, patch)).status).toBeLessThan(300);
  });

  it('is not lost with a role or a group', async () => {
    const role = await make('/roles', { name: 'lord', permissions: ['*:*'] });
    await make('/users', { name: 'lord@example.com', grants: [{ role: 'lord' }] });
    expect((await change(await root(), undefined)).status).toBe(204);
    expect((await change(`/roles/${role.id}`, { permissions: ['*:read'] })).status).toBe(409);
    expect((await change(`/roles/${role.id}`, undefined)).status).toBe(409);
    expect((await test.call('POST', '/roles', { body: { name: 'admin', permissions: [] } })).status).toBe(409);
  });
});

it('counts persons: neither programs nor those who are gone', async () => {
  const [one, two] = [await person('one', []), await person('two', [])];
  const bot = await make('/users', { name: 'bot@example.com', bot: true });
  await change(`/users/${two.id}`, { disabled: true });
  const ids = [one.id, one.id, two.id, bot.id, 'system', 'user_none'];
  const persons = await test.house.database.read(async (sql) => distinctPersons(sql, ids));
  expect([...persons]).toEqual([one.id]);
});
