import { afterEach, expect, it } from 'vitest';
import { callerOf, openTestHouse, type Json, type TestHouse } from './house.ts';

let test: TestHouse;
afterEach(async () => test.close());

const W = '/workspaces/default';
const servedBy = (house: TestHouse): Json => JSON.parse(house.gate.enforced?.text ?? '');

it('goes from draft to retirement', async () => {
  test = await openTestHouse();
  const post = async (path: string, body: unknown, token?: string): Promise<Json> => {
    const reply = await test.call('POST', path, { body, token });
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  };
  const person = async (name: string, role: string): Promise<string> => {
    const user = await post('/users', { name, grants: [{ role }] });
    return (await post('/tokens', { name: 'test', user: user.id })).token;
  };
  const [author, reviewer, developer] = [
    await person('author@example.com', 'publisher'),
    await person('reviewer@example.com', 'reviewer'),
    await person('developer@example.com', 'developer'),
  ];
  await post(`${W}/upstreams`, { name: 'users', spec: { targets: ['http://127.0.0.1:4001'] } }, author);
  const api = await post(`${W}/apis`, { name: 'users', title: 'Users' }, author);
  const spec = { basePath: '/v1', upstream: 'users', routes: [{ method: 'GET', path: '/users' }] };
  const version = await post(`${W}/versions`, { name: '1.0.0', api: api.id, spec }, author);
  expect(version.state).toBe('draft');
  const revision = await post(`${W}/revisions`, { version: version.id }, author);
  expect((await test.call('POST', `${W}/revisions/${revision.id}/approve`, { body: {}, token: author })).status).toBe(
    403,
  );
  await post(`${W}/revisions/${revision.id}/approve`, {}, reviewer);
  const published = await post(`${W}/versions/${version.id}/publish`, {}, author);
  expect(published).toMatchObject({ state: 'published', enforcement: { workers: { enforcing: 2, of: 2 } } });
  const plan = await post(
    `${W}/plans`,
    { name: 'gold', apis: ['users'], approval: 'manual', spec: { limits: [{ limit: 5, window: '1m' }] } },
    author,
  );
  await post(`${W}/plans/${plan.id}/publish`, {}, author);
  const application = await post(`${W}/applications`, { name: 'mobile' }, developer);
  const credential = await post(`${W}/credentials`, { name: 'ci', application: application.id }, developer);
  expect(credential.key).toMatch(/^gh_/);
  const subscription = await post(
    `${W}/subscriptions`,
    { application: application.id, api: 'users', plan: 'gold' },
    developer,
  );
  expect(subscription.state).toBe('pending');
  expect(
    (await test.call('POST', `${W}/subscriptions/${subscription.id}/approve`, { body: {}, token: developer })).status,
  ).toBe(403);
  await post(`${W}/subscriptions/${subscription.id}/approve`, {}, author);
  const served = servedBy(test);
  expect(served).toMatchObject({
    apis: { 'users-1.0.0': { basePath: '/v1', upstream: 'users', version: '1.0.0' } },
  });
  expect(callerOf(test.gate, credential.key)).toEqual({
    name: 'mobile',
    subscriptions: [{ product: 'users', plan: 'gold' }],
  });
  const revoked = await post(`${W}/credentials/${credential.id}/revoke`, {}, developer);
  expect(revoked.state).toBe('revoked');
  expect(callerOf(test.gate, credential.key)).toBeUndefined();
});
