import { createHash } from 'node:crypto';
import { eachEntity } from '@gatehouse/store';
import { signCheckpoints, verifyChain } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
});
afterEach(async () => test.close());

const W = '/workspaces/default';
const audit = async (workspace = 'default', token?: string): Promise<readonly Json[]> =>
  (await test.call('GET', `/workspaces/${workspace}/audit`, { token })).body.items;
const kept = async (): Promise<string> =>
  JSON.stringify(
    await test.house.database.read(async (sql) => sql.all('SELECT entry FROM audit_entries ORDER BY seq')),
  );

async function person(name: string, role: string): Promise<{ readonly id: string; readonly token: string }> {
  const made = await test.call('POST', '/users', {
    body: { name, title: name.startsWith('ada') ? 'Ada Lovelace' : 'Somebody', grants: [{ role }] },
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const user = made.body;
  const { token } = (await test.call('POST', '/tokens', { body: { name: 'x', user: user.id } })).body;
  return { id: user.id, token };
}

describe('entries', () => {
  it('tell who has changed what, by differences', async () => {
    const ada = await person('ada@example.com', 'admin');
    const headers = { 'user-agent': 'curl/8' };
    const team = (
      await test.call('POST', `${W}/teams`, { body: { name: 'apps', title: 'A' }, token: ada.token, headers })
    ).body;
    const ifMatch = { 'if-match': `"${team.revision}"` };
    await test.call('PATCH', `${W}/teams/${team.id}`, { body: { title: 'B' }, token: ada.token, headers: ifMatch });
    const second = { 'if-match': '"2"' };
    await test.call('DELETE', `${W}/teams/${team.id}`, { token: ada.token, headers: second });
    const [made, changed, removed] = await audit();
    expect(made).toMatchObject({
      v: 2,
      seq: 1,
      action: 'team.create',
      actor: {
        kind: 'user',
        id: ada.id,
        person: { name: 'ada@example.com', address: '127.0.0.1', userAgent: 'curl/8' },
      },
      change: { after: { name: 'apps', title: 'A' } },
    });
    expect(changed?.['change'].patch).toContainEqual({ op: 'replace', path: '/title', value: 'B' });
    expect(changed?.['change'].patch.map(({ path }: Json) => path)).toEqual(['/title', '/revision']);
    expect(removed).toMatchObject({ action: 'team.delete', change: { removed: true } });
  });

  it('hold long texts by their hashes', async () => {
    const text = 'x'.repeat(100_000);
    await test.call('POST', `${W}/plans`, { body: { name: 'gold', apis: [], spec: {}, terms: text } });
    const [made] = await audit();
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(made?.['change'].after.terms).toEqual({ sha256, characters: 100_000 });
  });

  it('are written for whoever reads them, too', async () => {
    await test.call('POST', `${W}/teams`, { body: { name: 'apps' } });
    const auditor = await person('eve@example.com', 'auditor');
    expect((await audit('default', auditor.token)).map(({ action }) => action)).toEqual(['team.create']);
    const [, read] = await audit();
    expect(read).toMatchObject({
      action: 'audit.read',
      actor: { id: auditor.id },
      change: { after: { after: 0, limit: 50 } },
    });
  });

  it('are all that an auditor reads', async () => {
    const { token } = await person('eve@example.com', 'auditor');
    for (const kind of ['teams', 'apis', 'applications', 'credentials', 'upstreams', 'sources', 'approvals'])
      expect((await test.call('GET', `${W}/${kind}`, { token })).status).toBe(403);
    for (const path of ['/users', '/workspaces', '/roles', `${W}/configuration`])
      expect((await test.call('GET', path, { token })).status).toBe(403);
    expect((await test.call('POST', `${W}/teams`, { token, body: { name: 'x' } })).status).toBe(403);
    expect((await test.call('GET', `${W}/audit`, { token })).status).toBe(200);
  });

  it.each(['viewer', 'developer', 'publisher', 'reviewer'])('are not read by a %s', async (role) => {
    const { token } = await person('x@example.com', role);
    expect((await test.call('GET', `${W}/audit`, { token })).status).toBe(403);
  });
});

describe('what is of a person', () => {
  it('stands sealed, and is gone when the person is erased; the chain stays whole', async () => {
    await person('bob@example.com', 'admin');
    const ada = await person('ada@example.com', 'admin');
    await test.call('POST', `${W}/teams`, { body: { name: 'apps' }, token: ada.token });
    expect(await kept()).not.toMatch(/ada@example|Lovelace/);
    const before = await test.house.database.read(async (sql) => sql.all('SELECT entry FROM audit_entries'));
    const reply = await test.call('POST', `/users/${ada.id}/erase`, { body: { reason: 'she asked for it' } });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(reply.body.name).toMatch(/^erased-/);
    expect((await test.call('GET', '/me', { token: ada.token })).status).toBe(401);
    const [made] = await audit();
    expect(made?.['actor']).toEqual({ kind: 'user', id: ada.id, person: '[erased]' });
    const after = await test.house.database.read(async (sql) => sql.all('SELECT entry FROM audit_entries'));
    for (const { entry } of before) expect(after.map((row) => row['entry'])).toContain(entry);
    const rows = await test.house.database.read(async (sql) =>
      sql.all("SELECT entry FROM audit_entries WHERE workspace <> '' ORDER BY seq"),
    );
    expect((await verifyChain(rows.map((row) => String(row['entry'])))).problem).toBeUndefined();
    for (const kind of ['user', 'session', 'password', 'token']) {
      const left: unknown[] = [];
      await test.house.database.read(async (sql) => {
        for await (const entity of eachEntity(sql, kind)) left.push(entity);
      });
      expect(JSON.stringify(left)).not.toMatch(/ada@example|Lovelace/);
    }
    expect((await test.call('POST', `/users/${ada.id}/erase`)).status).toBe(409);
  });

  it('is erased by who may, and by nobody of themselves', async () => {
    const ada = await person('ada@example.com', 'admin');
    const own = await test.call('POST', `/users/${ada.id}/erase`, { token: ada.token });
    expect([own.status, own.body.detail]).toEqual([409, 'somebody else has to erase you']);
    const { token } = await person('x@example.com', 'publisher');
    expect((await test.call('POST', `/users/${ada.id}/erase`, { token })).status).toBe(403);
  });
});

describe('checkpoints', () => {
  it('are signed after some time or some entries, and at the end', async () => {
    const { house, clock } = test;
    await test.call('POST', `${W}/teams`, { body: { name: 'one' } });
    expect(await signCheckpoints(house)).toBe(1);
    await test.call('POST', `${W}/teams`, { body: { name: 'two' } });
    expect(await signCheckpoints(house)).toBe(0);
    clock.nowMs += 600_000;
    expect(await signCheckpoints(house)).toBe(1);
    expect(await signCheckpoints(house)).toBe(0);
    await test.call('POST', `${W}/teams`, { body: { name: 'three' } });
    expect(await signCheckpoints(house, { all: true })).toBe(1);
    const rows = await house.database.read(async (sql) => sql.all('SELECT checkpoint FROM audit_checkpoints'));
    expect(rows).toHaveLength(3);
    const { body } = await test.call('GET', '/audit-key');
    expect(body).toMatchObject({ algorithm: 'Ed25519', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(String(rows[0]?.['checkpoint'])).toContain(body['key']);
  });
});
