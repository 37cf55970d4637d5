import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openTestHouse, type Json, type Reply, type TestHouse } from './house.ts';

const W = '/workspaces/default';
const USERS = readFileSync(path.join(import.meta.dirname, '../../../examples/users/openapi.yaml'), 'utf8');

let test: TestHouse;
afterEach(async () => test.close());

async function post(to: string, body: unknown): Promise<Json> {
  const reply = await test.call('POST', to, { body });
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
}

async function change(version: string, document: string): Promise<void> {
  const to = `${W}/versions/${version}`;
  const { revision } = (await test.call('GET', to)).body;
  const headers = { 'if-match': `"${revision}"` };
  expect((await test.call('PATCH', to, { body: { document }, headers })).status).toBe(200);
}

const scoreOf = async (version: string, token?: string): Promise<Reply> =>
  test.call('GET', `${W}/versions/${version}/score`, { token });

it('the score of a version says how it stands, how it has stood, and what to mend first', async () => {
  test = await openTestHouse();
  const api = await post(`${W}/apis`, { name: 'users' });
  const spec = { upstream: 'http://h' };
  const { id } = await post(`${W}/versions`, { name: '1', api: api.id, spec, document: USERS });
  const fresh = (await scoreOf(id)).body;
  expect(fresh['trend']).toEqual([]);
  expect(fresh['change']).toBeUndefined();
  const sealed = await post(`${W}/revisions`, { version: id });
  expect((await scoreOf(id)).body).toMatchObject({
    pack: 'recommended',
    change: 0,
    trend: [{ revision: sealed.id, pack: 'recommended', grade: fresh['grade'], scores: fresh['scores'] }],
  });

  // Worse: nothing of it says any more what it is for.
  const worse = USERS.replaceAll(/\n +(?:summary|description): [^|>\n]+/g, '');
  expect(worse).not.toBe(USERS);
  await change(id, worse);
  const now = (await scoreOf(id)).body;
  expect(now['change']).toBeLessThan(0);
  expect(now['change']).toBe(now['scores'].overall - fresh['scores'].overall);
  expect(now).toMatchObject({ next: expect.arrayContaining([expect.objectContaining({ gain: expect.any(Number) })]) });
  const { error, warning, info } = now['findings'];
  expect(error + warning + info).toBeGreaterThan(0);
  expect(now['trend']).toHaveLength(1);
});

it('the score is for those who may read the version, of a document that can be read', async () => {
  test = await openTestHouse();
  const api = await post(`${W}/apis`, { name: 'users' });
  const { id } = await post(`${W}/versions`, { name: '1', api: api.id, spec: { upstream: 'http://h' } });
  expect((await scoreOf(id)).status).toBe(404);
  expect((await scoreOf('ver_0000000000123456789abcdef01')).status).toBe(404);
  await change(id, 'openapi: [');
  const unreadable = await scoreOf(id);
  expect([unreadable.status, unreadable.body.code]).toEqual([422, 'admin.standards']);
  const user = await post('/users', { name: 'a@example.com', grants: [{ role: 'auditor' }] });
  const { token } = await post('/tokens', { name: 't', user: user.id });
  expect((await scoreOf(id, token)).status).toBe(403);
});
