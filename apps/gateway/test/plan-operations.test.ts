import { expect, it } from 'vitest';
import { gate, upstream } from './review-tools.ts';

it('a plan may hold some operations of its apis, and counts no other calls', async () => {
  const { port } = await upstream();
  const running = await gate(`
apis:
  users: { basePath: /v1, access: subscribed, upstream: "http://127.0.0.1:${port}" }
plans:
  reading: { apis: [users], operations: ["GET /users/{id}", "* /reports/*"], limits: [{ limit: 3, window: 1m }] }
applications:
  mobile: { keys: [{ name: a, secret: the-key-of-mobile-1234 }], subscriptions: [{ api: users, plan: reading }] }
`);
  const call = async (method: string, path: string): Promise<string> => {
    const reply = await fetch(running.url + path, { method, headers: { 'x-api-key': 'the-key-of-mobile-1234' } });
    return `${reply.status} ${/"code":"([^"]+)"/.exec(await reply.text())?.[1] ?? '-'}`;
  };
  expect(await call('GET', '/v1/users/7')).toBe('200 -');
  expect(await call('PUT', '/v1/reports/2026/11')).toBe('200 -');
  for (const [method, path] of [
    ['GET', '/v1/users'],
    ['DELETE', '/v1/users/7'],
    ['GET', '/v1/users/7/keys'],
    ['GET', '/v1/users/%2e%2e/admin'],
    ['GET', '/v1/reports/../users'],
  ] as const)
    expect([path, await call(method, path)]).toEqual([path, '403 auth.forbidden']);
  expect(await call('GET', '/v1/users/8')).toBe('200 -');
  expect(await call('GET', '/v1/users/9')).toBe('429 limit.rate');
});
