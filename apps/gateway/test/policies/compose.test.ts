import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';
import { callOnce } from './admit-gate.ts';

interface Scene {
  readonly gate: Running;
  readonly users: Upstream;
  readonly orders: Upstream;
}

async function upstream(handle: http.RequestListener): Promise<Upstream> {
  const started = await startUpstream(handle);
  onTestFinished(async () => started.close());
  return started;
}

const json =
  (value: unknown, status = 200): http.RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

async function scene(orders: http.RequestListener, options = ''): Promise<Scene> {
  const [one, two] = [await upstream(json({ id: 7, name: 'Zoë' })), await upstream(orders)];
  const gate = await startGate(
    `upstreams: { users: { targets: ["http://127.0.0.1:${one.port}"] }, orders: { targets: ["http://127.0.0.1:${two.port}"] } }
apis: { pages: { basePath: "", access: key, upstream: users, routes: [ { method: GET, path: "/page/{id}", policies: [ { compose: {
  calls: { user: { upstream: users, target: "/users/{id}" }, orders: { upstream: orders, target: "/orders?user={user:/id}"${options} } },
  merge: { name: "{user:/name}", orders: "{orders}" } } } ] } ] } }
applications: { shop: { keys: [ { name: web, secret: the-key } ] } }
`,
    2,
  );
  onTestFinished(async () => gate.stop());
  return { gate, users: one, orders: two };
}

const page = { path: '/page/7', headers: { 'x-api-key': 'the-key', cookie: 'a=b' } };

describe('a page of several calls', () => {
  it('is merged, known to be of its caller, and one record', async () => {
    const { gate, users, orders } = await scene(json([1, 2]));
    const { status, headers, body } = await callOnce(gate.port, page);
    expect([status, headers['content-type'], JSON.parse(body)]).toEqual([
      200,
      'application/json',
      { name: 'Zoë', orders: [1, 2] },
    ]);
    expect(users.seen[0]?.url).toBe('/users/7');
    expect(orders.seen[0]?.url).toBe('/orders?user=7');
    for (const { headers: seen } of [...users.seen, ...orders.seen]) {
      expect(seen).toMatchObject({
        'x-gatehouse-application': 'shop',
        'x-request-id': headers['x-request-id'],
        'x-forwarded-for': '127.0.0.1',
      });
      expect([seen.cookie, seen['x-api-key'], seen.authorization]).toEqual([undefined, undefined, undefined]);
      expect(seen.via?.split(',')).toHaveLength(1);
    }
    const [record] = await gate.records();
    expect(record).toMatchObject({
      status: 200,
      application: 'shop',
      policies: expect.stringMatching(/^compose: user 200 \d+ ms, orders 200 \d+ ms$/),
    });
  });

  it('is refused without a key before anybody is asked', async () => {
    const { gate, users } = await scene(json([]));
    expect((await callOnce(gate.port, { path: '/page/7' })).status).toBe(401);
    expect(users.seen).toEqual([]);
  });

  it('tells which call has failed, and nothing of it', async () => {
    const { gate } = await scene(json({ secret: 1 }, 500));
    const { status, body } = await callOnce(gate.port, page);
    expect([status, JSON.parse(body).detail, body.includes('secret')]).toEqual([
      502,
      'the call `orders` answered 500',
      false,
    ]);
    expect(await gate.records()).toMatchObject([
      { status: 502, code: 'upstream.broken', policies: expect.stringContaining('orders answered 500') },
    ]);
  });

  it('comes with a gap where that may be', async () => {
    const { gate } = await scene((_request, response) => void response.destroy(), ', optional: true, default: []');
    const { status, headers, body } = await callOnce(gate.port, page);
    expect([status, headers['x-gatehouse-partial'], JSON.parse(body)]).toEqual([
      200,
      'orders',
      { name: 'Zoë', orders: [] },
    ]);
  });

  it('is given up when a call takes too long', async () => {
    const { gate } = await scene(() => {}, ', timeout: 50ms');
    expect((await callOnce(gate.port, page)).status).toBe(504);
  });

  it('is given up when its caller leaves: calls are cut, and the record says so', async () => {
    const asked = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const { gate } = await scene((_request, response) => {
      response.on('close', cut.resolve);
      asked.resolve();
    });
    const request = http.get({
      port: gate.port,
      host: '127.0.0.1',
      path: page.path,
      headers: page.headers,
      agent: false,
    });
    request.on('error', () => {});
    await asked.promise;
    request.destroy();
    await cut.promise;
    expect(await gate.records()).toMatchObject([{ code: 'request.cancelled' }]);
  });
});
