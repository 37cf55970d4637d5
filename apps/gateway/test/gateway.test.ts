import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawStatus } from './raw-call.ts';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

let upstream: Upstream;
let gate: Running;

const config = (port: number): string => `
upstreams:
  origin: { targets: ["http://127.0.0.1:${port}"] }
apis:
  open: { basePath: /open, access: open, upstream: origin }
  keyed: { basePath: /keyed, access: key, upstream: origin }
  members: { basePath: /members, upstream: origin, routes: [ { method: GET, path: "/things/{id}" }, { method: POST, path: /things } ] }
  limited: { basePath: /limited, access: open, upstream: origin, policies: [ { rate-limit: { limit: 3, window: 1m, by: route } } ] }
  shaped:
    basePath: /shaped
    access: open
    upstream: origin
    policies:
      - headers: { request: { set: { x-added: "1" }, remove: [x-secret] }, response: { set: { x-reply: "2" } } }
      - rewrite: { path: "/inner/{rest}" }
      - body-size: { max: 10B }
  narrow: { basePath: /narrow, upstream: origin, routes: [ { method: GET, path: /x } ], policies: [ { cors: { origins: ["https://app.example"] } } ] }
  hosted: { basePath: /hosted, access: open, upstream: origin, policies: [ { headers: { request: { set: { host: inner.test } } } } ] }
  crossed: { basePath: /crossed, access: open, upstream: origin, policies: [ { cors: { origins: ["https://app.example"], methods: [GET], credentials: true } } ] }
  fenced: { basePath: /fenced, access: open, upstream: origin, policies: [ { ip-access: { deny: ["127.0.0.0/8"] } } ] }
  encoded: { basePath: /encoded, access: open, upstream: origin, routes: [ { path: "/*", allow: [encoded-slash] } ] }
  gone: { basePath: /gone, access: open, upstream: "http://127.0.0.1:1" }
plans: { gold: { apis: [members], limits: [ { limit: 100, window: 1m } ] } }
applications:
  mobile: { team: apps, keys: [ { name: ci, secret: key-1 } ], subscriptions: [ { api: members, plan: gold } ] }
  other: { keys: [ { name: x, secret: key-2 } ] }
`;

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    if (request.url === '/dateless') response.sendDate = false;
    if (request.url === '/dated') response.setHeader('date', 'Tue, 01 Jan 2030 00:00:00 GMT');
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
  gate = await startGate(config(upstream.port), 2);
});
afterAll(async () => {
  await gate.stop();
  await upstream.close();
});

const auth = { authorization: 'Bearer key-1' };

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(gate.url + path, init);
}

async function seen(path: string, init: RequestInit = {}): Promise<{ url: string; headers: Record<string, string> }> {
  const reply: { url: string; headers: Record<string, string> } = JSON.parse(await (await call(path, init)).text());
  return reply;
}

describe('access', () => {
  it.each([
    ['/open/x', {}, 200],
    ['/keyed/x', {}, 401],
    ['/keyed/x', { authorization: 'Bearer nope' }, 401],
    ['/keyed/x', auth, 200],
    ['/keyed/x', { 'x-api-key': 'key-2' }, 200],
    ['/keyed/x', { apikey: 'key-2' }, 200],
    ['/members/things/1', auth, 200],
    ['/members/things/1', { authorization: 'Bearer key-2' }, 403],
    ['/nowhere', auth, 404],
    ['/fenced/x', {}, 403],
  ])('%s with %j answers %d', async (path, headers, status) => {
    const reply = await call(path, { headers });
    expect(reply.status).toBe(status);
    if (status < 400) return;
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(await reply.json()).toMatchObject({ status, requestId: reply.headers.get('x-request-id') });
  });

  it('answers 405 with what is allowed', async () => {
    const reply = await call('/members/things/1', { method: 'DELETE', headers: auth });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('tells the upstream who calls, and only in its own words', async () => {
    const lies = {
      'x-gatehouse-application': 'admin',
      'x-forwarded-for': '6.6.6.6',
      x_forwarded_for: '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    };
    const { headers, url } = await seen('/members/things/1?a=b', {
      headers: { ...auth, ...lies, connection: 'keep-alive' },
    });
    expect(url).toBe('/things/1?a=b');
    expect(headers).toMatchObject({
      'x-gatehouse-application': 'mobile',
      'x-gatehouse-credential': 'ci',
      'x-gatehouse-plan': 'gold',
      'x-forwarded-for': '127.0.0.1',
      via: '1.1 gatehouse-test',
    });
    expect(headers['forwarded']).toContain('for=127.0.0.1');
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('x_forwarded_for');
  });

  it('keeps a valid request id, and makes its own otherwise', async () => {
    const reply = await call('/open/x', { headers: { 'x-request-id': 'mine-1' } });
    expect(reply.headers.get('x-request-id')).toBe('mine-1');
    expect(JSON.parse(await reply.text())).toMatchObject({ headers: { 'x-request-id': 'mine-1' } });
    const odd = await call('/open/x', { headers: { 'x-request-id': 'a b' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-v]{27}$/);
  });
});

describe('policies', () => {
  it('limits exactly, and says so', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, async () => call('/limited/x')));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.headers.get('ratelimit-policy')).toContain('q=3;w=60');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('shapes requests and replies', async () => {
    const reply = await call('/shaped/a/b?c=d', { headers: { 'x-secret': '1' } });
    expect(reply.headers.get('x-reply')).toBe('2');
    const { url, headers }: { url: string; headers: Record<string, string> } = JSON.parse(await reply.text());
    expect(url).toBe('/inner/a/b?c=d');
    expect(headers).toMatchObject({ 'x-added': '1' });
    expect(headers).not.toHaveProperty('x-secret');
  });

  it.each([
    ['with a length', 'x'.repeat(11)],
    ['streamed', new Blob(['x'.repeat(11)]).stream()],
  ])('refuses a body that is too large, %s', async (_name, body) => {
    const init: RequestInit = { method: 'POST', body, duplex: 'half' };
    const reply = await fetch(`${gate.url}/shaped/a`, init);
    expect(reply.status).toBe(413);
  });

  it('answers a preflight of a route that has no OPTIONS, before it asks for a key', async () => {
    const ask = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    expect((await call('/narrow/x', { method: 'OPTIONS', headers: ask })).status).toBe(204);
    expect((await call('/narrow/x', { method: 'OPTIONS' })).status).toBe(405);
    expect(
      (await call('/narrow/x', { method: 'OPTIONS', headers: { ...ask, 'access-control-request-method': 'PUT' } }))
        .status,
    ).toBe(405);
  });

  it('replaces the host that the upstream sees', async () => {
    expect((await seen('/hosted/x')).headers['host']).toBe('inner.test');
  });

  it('answers a preflight itself and lets its own word stand alone', async () => {
    const origin = 'https://app.example';
    const preflight = await call('/crossed/x', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const reply = await call('/crossed/x', { headers: { origin } });
    expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

describe('ambiguous paths', () => {
  it.each([
    '/open/a%2fb',
    '/open/a%5cb',
    '/open/%00',
    '/open/%2e%2e/keyed',
    '/open//x',
    '/open/a;b',
    '/open/%252e',
    '/open/a\\b',
  ])('%s is refused', async (path) => {
    // fetch would tidy the path: the raw form must reach the gate.
    expect(await rawStatus(gate.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toBe(400);
  });

  it('go through where the route allows them, in canonical form', async () => {
    expect((await seen('/encoded/a%2fb')).url).toBe('/a%2Fb');
  });
});

describe('hops (RFC 9110 §7.6)', () => {
  it('row 31: counts Max-Forwards of OPTIONS down, and answers at 0 itself', async () => {
    const options = (value: string): RequestInit => ({ method: 'OPTIONS', headers: { 'max-forwards': value } });
    expect((await seen('/open/x', options('3'))).headers['max-forwards']).toBe('2');
    expect((await call('/open/x', options('0'))).status).toBe(204);
  });

  it('row 32: refuses a request that has been here before', async () => {
    const reply = await call('/open/x', { headers: { via: '1.1 other, 1.1 gatehouse-test' } });
    expect([reply.status, await reply.json()]).toMatchObject([508, { code: 'request.loop' }]);
  });

  it("row 47: adds a Date where the upstream sends none, and keeps the upstream's", async () => {
    expect(Date.parse((await call('/open/dateless')).headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 5000);
    expect((await call('/open/dated')).headers.get('date')).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
  });

  it('row 19: answers OPTIONS * itself', async () => {
    expect(await rawStatus(gate.port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toBe(204);
  });
});

describe('upstreams', () => {
  it('answers 502 when nobody listens', async () => {
    const reply = await call('/gone/x');
    expect([reply.status, await reply.json()]).toMatchObject([502, { code: 'upstream.unreachable' }]);
  });
});
