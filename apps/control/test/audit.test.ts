import { verifyExport } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROUTES } from '../src/routes/routes.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
});
afterEach(async () => test.close());

const W = '/workspaces/default';

async function post(path: string, body: unknown, token?: string, headers = {}): Promise<Json> {
  const reply = await test.call('POST', path, { body, token, headers });
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
}

async function person(name: string, role: string): Promise<{ readonly id: string; readonly token: string }> {
  const { id } = await post('/users', { name, title: 'Somebody', grants: [{ role }] });
  return { id, token: (await post('/tokens', { name: 'test', user: id })).token };
}

async function read(path: string, token?: string): Promise<readonly Json[]> {
  const { status, body } = await test.call('GET', `${path}?limit=200`, { token });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items;
}

describe('an auditor', () => {
  it('reads the audit, of workspaces and of the house, and its key', async () => {
    await post(`${W}/teams`, { name: 'a' });
    const { token } = await person('auditor@example.com', 'auditor');
    expect(await read(`${W}/audit`, token)).toMatchObject([{ action: 'team.create', seq: 1 }]);
    expect(await read('/audit', token)).toMatchObject([
      { action: 'user.create' },
      { action: 'user.invited' },
      { action: 'token.issue' },
    ]);
    const { body } = await test.call('GET', '/audit/key', { token });
    expect(body).toEqual({ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String) });
  });

  it('can do nothing else that needs a right, by any route', async () => {
    const { token } = await person('auditor@example.com', 'auditor');
    const ids = [
      (await post(`${W}/apis`, { name: 'an-api' })).id,
      (await post(`${W}/teams`, { name: 'a-team' })).id,
      (await post(`${W}/applications`, { name: 'an-app' })).id,
      (await post('/users', { name: 'another@example.com' })).id,
    ];
    const ruled = ROUTES.filter(({ permission }) => /^(?!audit:).*:/.test(permission));
    expect(ruled.length).toBeGreaterThan(100);
    const allowed: unknown[] = [];
    for (const route of ruled) {
      for (const id of route.path.includes('{id}') ? ids : ['']) {
        const path = route.path.replace('{workspace}', 'default').replaceAll(/\{\w+\}/g, id);
        const headers = { 'if-match': '"1"' };
        const { status, body } = await test.call(route.method, path, { token, body: {}, headers });
        const isRefused = status === 403 || (status === 422 && route.method !== 'GET') || status === 404;
        if (!isRefused || JSON.stringify(body).includes('another@')) allowed.push([route.method, path, status]);
      }
    }
    expect(allowed).toEqual([]);
  }, 60_000);

  it('of one workspace reads neither another nor the house', async () => {
    const other = await post('/workspaces', { name: 'other' });
    const user = await post('/users', { name: 'a@example.com', grants: [{ role: 'auditor', workspace: 'other' }] });
    const { token } = await post('/tokens', { name: 'test', user: user.id });
    await read(`/workspaces/${other.id}/audit`, token);
    for (const path of [`${W}/audit`, '/audit', '/audit/key', '/audit/export', `${W}/audit/export`])
      expect((await test.call('GET', path, { token })).status).toBe(403);
  });
});

describe('the audit', () => {
  it('says from where somebody came by the socket, whatever is forwarded', async () => {
    const { token } = await person('publisher@example.com', 'publisher');
    const forwarded = { 'x-forwarded-for': '198.51.100.9', 'x-real-ip': '198.51.100.9', forwarded: 'for=198.51.100.9' };
    await post(`${W}/apis`, { name: 'users' }, token, { ...forwarded, 'user-agent': 'a browser' });
    const [entry] = await read(`${W}/audit`);
    expect(entry).toMatchObject({
      actor: { kind: 'user', name: 'publisher@example.com', ip: '127.0.0.1', userAgent: 'a browser' },
    });
    expect(JSON.stringify(entry)).not.toContain('198.51.100.9');
  });

  it('takes documents that are 5,000 levels deep, and names that mean something elsewhere', async () => {
    const deep = `${'{"a":['.repeat(2500)}1${']}'.repeat(2500)}`;
    const odd = JSON.parse('{"constructor":{"prototype":1},"toString":"x","personal":"user_1","sealed":"AAAA"}');
    const made = await post(`${W}/upstreams`, { name: 'deep', spec: { ...odd, deep: JSON.parse(deep) } });
    const headers = { 'if-match': '"1"' };
    const body = { spec: { deep: JSON.parse(deep.replace('1', '2')), toString: null } };
    expect((await test.call('PATCH', `${W}/upstreams/${made.id}`, { body, headers })).status).toBe(200);
    const [first, second] = await read(`${W}/audit`);
    expect(first?.['change'].after.spec).toMatchObject({
      personal: 'user_1',
      sealed: 'AAAA',
      constructor: { prototype: 1 },
    });
    expect(second?.['change'].patch.map(({ op, path }: Json) => [op, path.length > 60 ? 'deep' : path])).toEqual([
      ['remove', '/spec/toString'],
      ['replace', 'deep'],
      ['replace', '/revision'],
    ]);
  });

  it('tells who has read it', async () => {
    const { id, token } = await person('auditor@example.com', 'auditor');
    await read(`${W}/audit`, token);
    expect(await read(`${W}/audit`, token)).toMatchObject([
      { action: 'audit.read', actor: { id, name: 'auditor@example.com' }, details: { after: 0, entries: 0 } },
    ]);
  });

  it('is taken away by whoever may, signed, and verified with nothing but the key', async () => {
    const { token } = await person('auditor@example.com', 'auditor');
    for (const name of ['a', 'b']) await post(`${W}/teams`, { name });
    const { x } = (await test.call('GET', '/audit/key')).body;
    const take = async (path: string): Promise<readonly string[]> => {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await test.app.inject({ method: 'GET', url: `/api/v1${path}`, headers });
      expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
      expect(reply.body).not.toContain('auditor@example.com');
      return reply.body.replace(/\n$/, '').split('\n');
    };
    const whole = { unsigned: 0, withHeads: true, problem: undefined };
    const one = await verifyExport(await take(`${W}/audit/export`), { keys: [x] });
    expect(one).toMatchObject({ ...whole, entries: 3, checkpoints: 1 });
    const all = await verifyExport(await take('/audit/export'), { keys: [x] });
    expect(all).toMatchObject({ ...whole, entries: 3 + 4, checkpoints: 3 });
    expect((await read(`${W}/audit`)).at(-1)).toMatchObject({
      action: 'audit.export',
      actor: { name: 'auditor@example.com' },
    });
    expect((await read('/audit')).at(-1)).toMatchObject({ action: 'audit.export' });
  });

  it('forgets whoever was erased, and says who did it', async () => {
    const { id, token } = await person('gone@example.com', 'publisher');
    const publisher = await person('publisher@example.com', 'publisher');
    await post(`${W}/apis`, { name: 'users' }, token);
    const path = `/users/${id}/erase`;
    expect((await test.call('POST', path, { token: publisher.token })).status).toBe(403);
    const { status, body } = await test.call('POST', path);
    expect([status, body]).toEqual([200, { id, erased: true }]);
    expect((await test.call('GET', '/me', { token })).status).toBe(401);
    expect((await test.call('GET', `/users/${id}`)).status).toBe(404);
    const [made] = await read(`${W}/audit`);
    expect(made?.['actor']).toEqual({ kind: 'user', id, name: '[erased]', ip: '[erased]', userAgent: '[erased]' });
    const ofHouse = await read('/audit');
    expect(JSON.stringify(ofHouse)).not.toContain('gone@example.com');
    expect(ofHouse.at(-1)).toMatchObject({
      action: 'user.erase',
      entity: { kind: 'user', id },
      actor: { id: 'system' },
    });
    expect((await test.call('POST', '/users/user_0000000000123456789abcdef01/erase')).status).toBe(404);
  });
});
