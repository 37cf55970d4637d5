import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';

const open: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop, close } of open.splice(0)) {
    await stop?.();
    await close?.();
  }
});

interface Set {
  readonly gate: Running;
  readonly origin: Upstream;
}

async function gateWith(
  handle: RequestListener,
  config = '{}',
  options: { workers?: number; access?: string } = {},
): Promise<Set> {
  const origin = await startUpstream(handle);
  const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
  const gate = await startGate(
    `
upstreams: { origin: { targets: [ "http://127.0.0.1:${origin.port}" ], timeouts: { firstByte: 300ms, idle: 300ms }, retries: { attempts: 0 } } }
apis: { a: { access: ${options.access ?? 'open'}, upstream: origin, policies: [ { cache: ${config} } ] } }
applications:
  one: { keys: [ { name: k, sha256: "${sha256('one')}" } ] }
  two: { keys: [ { name: k, sha256: "${sha256('two')}" } ] }
`,
    options.workers ?? 1,
  );
  open.push(gate, origin);
  return { gate, origin };
}

/** Each reply says which it is. */
function counting(fields: Record<string, string>, status = 200): RequestListener {
  let count = 0;
  return (_request, response) => {
    response.writeHead(status, fields);
    response.end(`reply ${++count}`);
  };
}

async function get(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{
  text: string;
  status: number;
  cache: string;
  age: string | null;
  header: (name: string) => string | null;
}> {
  const reply = await fetch(url, { headers, method });
  return {
    text: await reply.text(),
    status: reply.status,
    cache: reply.headers.get('cache-status') ?? '',
    age: reply.headers.get('age'),
    header: (name) => reply.headers.get(name),
  };
}

describe('a cache', () => {
  it('asks once and answers many, over all workers', async () => {
    const { gate, origin } = await gateWith(counting({ 'cache-control': 'max-age=60' }), '{}', { workers: 2 });
    const first = await get(`${gate.url}/a`);
    expect([first.text, first.cache]).toEqual(['reply 1', 'gatehouse; fwd=uri-miss; fwd-status=200; stored']);
    for (let i = 0; i < 10; i++) {
      const { text, cache, age } = await get(`${gate.url}/a`, { connection: 'close' });
      expect([text, cache, age]).toEqual(['reply 1', expect.stringMatching(/^gatehouse; hit; ttl=\d+$/), '0']);
    }
    expect(origin.seen).toHaveLength(1);
    const words = (await gate.records()).map(({ cacheStatus }) => cacheStatus);
    expect(words.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      ...Array.from({ length: 10 }, () => 'hit'),
      'uri-miss',
    ]);
  });

  it('lets one of many ask who miss at once, over all workers', async () => {
    const { gate, origin } = await gateWith(
      (_request, response) =>
        void setTimeout(() => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('slow'), 100),
      '{}',
      { workers: 2 },
    );
    const all = await Promise.all(
      Array.from({ length: 50 }, async () => get(`${gate.url}/a`, { connection: 'close' })),
    );
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set(['slow']));
    expect(origin.seen).toHaveLength(1);
    expect(all.filter(({ cache }) => cache.includes('collapsed'))).toHaveLength(49);
  });

  it('does not keep callers waiting for each other for what cannot be shared', async () => {
    const { gate, origin } = await gateWith(
      (_request, response) =>
        void setTimeout(() => response.writeHead(200, { 'cache-control': 'private' }).end('mine'), 50),
    );
    await get(`${gate.url}/a`);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 20 }, async () => get(`${gate.url}/a`)));
    expect(performance.now() - begun).toBeLessThan(900);
    expect(origin.seen).toHaveLength(21);
  });

  it('keeps what one caller gets from all others, unless it is for all', async () => {
    const handle: RequestListener = (request, response) => {
      const own = request.url === '/own';
      response.writeHead(200, { 'cache-control': own ? 'max-age=60' : 'public, max-age=60' });
      response.end(String(request.headers['x-gatehouse-application']));
    };
    const { gate, origin } = await gateWith(handle, '{}', { access: 'key' });
    const ask = async (path: string, key: string): Promise<string> =>
      (await get(gate.url + path, { apikey: key })).text;
    expect([
      await ask('/own', 'one'),
      await ask('/own', 'two'),
      await ask('/own', 'one'),
      await ask('/own', 'two'),
    ]).toEqual(['one', 'two', 'one', 'two']);
    expect(origin.seen).toHaveLength(2);
    expect([await ask('/all', 'one'), await ask('/all', 'two')]).toEqual(['one', 'one']);
    expect((await get(`${gate.url}/own`)).status).toBe(401);
  });

  it('never answers one host with what another said (CVE-2026-2836)', async () => {
    const { gate } = await gateWith((request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers['x-forwarded-host']),
    );
    const { request } = await import('node:http');
    const ask = async (host: string): Promise<string> =>
      new Promise((resolve) => {
        request({ port: gate.port, host: '127.0.0.1', path: '/', headers: { host } }, (reply) => {
          let text = '';
          reply.on('data', (piece) => (text += String(piece)));
          reply.on('end', () => resolve(text));
        }).end();
      });
    expect([await ask('a.example'), await ask('b.example'), await ask('a.example')]).toEqual([
      'a.example',
      'b.example',
      'a.example',
    ]);
  });

  it('gives what is stale at once, and a newer one next', async () => {
    const { gate, origin } = await gateWith(
      counting({ 'cache-control': 'max-age=0, stale-while-revalidate=60', etag: '"1"' }),
    );
    await get(`${gate.url}/a`);
    const stale = await get(`${gate.url}/a`);
    expect([stale.text, stale.cache]).toEqual(['reply 1', expect.stringContaining('hit; fwd=stale')]);
    await expect.poll(() => origin.seen.length).toBe(2);
    await expect.poll(async () => (await get(`${gate.url}/a`)).text).not.toBe('reply 1');
  });

  it.each([
    ['answers 503', (response: Parameters<RequestListener>[1]) => response.writeHead(503).end()],
    ['breaks off before its head', (response: Parameters<RequestListener>[1]) => response.socket?.destroy()],
    ['says nothing', () => {}],
  ])('stands in for an upstream that %s', async (_, fail) => {
    let broken = false;
    const { gate } = await gateWith(
      (_request, response) =>
        broken ? fail(response) : response.writeHead(200, { 'cache-control': 'max-age=0', etag: '"1"' }).end('good'),
      '{ staleIfError: 1m }',
    );
    await get(`${gate.url}/a`);
    broken = true;
    const { text, status, cache } = await get(`${gate.url}/a`);
    expect([text, status]).toEqual(['good', 200]);
    expect(cache).toContain('fwd=stale');
    expect((await gate.records()).map(({ cacheStatus }) => cacheStatus)).toEqual(['uri-miss', 'stale']);
  });

  it('never keeps what broke off', async () => {
    let count = 0;
    const { gate } = await gateWith((_request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '10' });
      if (++count === 1) response.write('half', () => response.socket?.destroy());
      else response.end('the whole!');
    });
    await expect(get(`${gate.url}/a`)).rejects.toThrow();
    expect((await get(`${gate.url}/a`)).text).toBe('the whole!');
  });

  it('validates, and answers conditions and ranges of callers by itself', async () => {
    const { gate, origin } = await gateWith((request, response) => {
      response.setHeader('cache-control', request.url === '/fresh' ? 'max-age=60' : 'max-age=0');
      response.setHeader('etag', '"1"');
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.end('0123456789');
    });
    await get(`${gate.url}/fresh`);
    const part = await get(`${gate.url}/fresh`, { range: 'bytes=2-4' });
    expect([part.status, part.text, part.header('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await get(`${gate.url}/fresh`, { range: 'bytes=20-' })).status).toBe(416);
    const had = await get(`${gate.url}/fresh`, { 'if-none-match': 'W/"1"', 'cache-control': 'max-age=60' });
    expect([had.status, had.text, had.header('etag')]).toEqual([304, '', '"1"']);
    const head = await get(`${gate.url}/fresh`, {}, 'HEAD');
    expect([head.status, head.text, head.header('content-length')]).toEqual([200, '', '10']);
    expect(origin.seen).toHaveLength(1);
    await get(`${gate.url}/stale`);
    const again = await get(`${gate.url}/stale`);
    expect([again.text, again.cache]).toEqual(['0123456789', expect.stringContaining('fwd=stale; fwd-status=304')]);
    expect((await get(`${gate.url}/stale`, { 'if-none-match': '"1"', 'cache-control': 'max-age=60' })).status).toBe(
      304,
    );
  });

  it('forgets what an unsafe method has changed', async () => {
    const { gate } = await gateWith(counting({ 'cache-control': 'max-age=60' }));
    expect((await get(`${gate.url}/a`)).text).toBe('reply 1');
    await get(`${gate.url}/a`, {}, 'PUT');
    expect((await get(`${gate.url}/a`)).text).toBe('reply 3');
  });

  it('keeps the reply to a POST that says it is what a GET would get', async () => {
    let count = 0;
    const { gate } = await gateWith((request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-location': request.url ?? '' });
      response.end(`${request.method} ${++count}`);
    });
    await get(`${gate.url}/a`);
    await get(`${gate.url}/a`, {}, 'POST');
    expect((await get(`${gate.url}/a`)).text).toBe('POST 2');
  });

  it('purges by address, prefix and tag', async () => {
    const { gate } = await gateWith((request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'cache-tag': `users, user-${request.url?.slice(-1)}` });
      response.end(String(Math.random()));
    });
    const seen = async (path: string): Promise<string> => {
      const { text, header } = await get(gate.url + path);
      expect(header('cache-tag')).toBeNull();
      return text;
    };
    const paths = ['/x/1', '/x/2', '/y/3'];
    const read = async (): Promise<string[]> => Promise.all(paths.map(seen));
    const changed = async (before: string[]): Promise<boolean[]> =>
      (await read()).map((text, index) => text !== before[index]);
    const first = await read();
    expect(await changed(first)).toEqual([false, false, false]);
    expect(gate.gateway.purge({ tag: 'user-1' })).toBe(1);
    expect(await changed(first)).toEqual([true, false, false]);
    const second = await read();
    expect(gate.gateway.purge({ prefix: `http://127.0.0.1:${gate.port}/x/` })).toBe(2);
    expect(await changed(second)).toEqual([true, true, false]);
    const third = await read();
    expect(gate.gateway.purge({ url: `http://127.0.0.1:${gate.port}/y/3` })).toBe(1);
    expect(await changed(third)).toEqual([false, false, true]);
    expect(gate.gateway.purge({ tag: 'users' })).toBeGreaterThan(2);
  });

  it('goes on when a worker dies that others were waiting for', async () => {
    let calls = 0;
    const { gate } = await gateWith(
      (_request, response) =>
        void (++calls === 1 ? undefined : response.writeHead(200, { 'cache-control': 'max-age=60' }).end('second')),
      '{}',
      { workers: 2 },
    );
    const asked = Array.from({ length: 8 }, async () =>
      get(`${gate.url}/a`, { connection: 'close' }).catch(() => undefined),
    );
    await expect.poll(() => calls).toBeGreaterThan(0);
    await gate.gateway.killWorker(0);
    await gate.gateway.killWorker(1);
    await Promise.all(asked);
    await expect
      .poll(async () => (await get(`${gate.url}/a`).catch(() => undefined))?.text, { timeout: 5000 })
      .toBe('second');
  });
});
