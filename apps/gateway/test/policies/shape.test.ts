import { execFile } from 'node:child_process';
import net from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { listen, startUpstream } from '../harness.ts';
import { shapeGate } from './shape-gate.ts';

const curl = promisify(execFile);

describe('maintenance', () => {
  it('answers in place of the upstream', async () => {
    const { url, main, records } = await shapeGate('{ maintenance: { message: "back at six", retryAfter: 10m } }');
    const reply = await fetch(`${url}/v1/x`, { method: 'POST', body: 'abc' });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '600']);
    expect(await reply.json()).toMatchObject({ code: 'route.maintenance', detail: 'back at six' });
    expect(main.seen).toHaveLength(0);
    await expect.poll(() => records).toMatchObject([{ code: 'route.maintenance', status: 503 }]);
  });

  it('lets those through who may', async () => {
    const { url } = await shapeGate('{ maintenance: { allow: [127.0.0.0/8] } }');
    expect(await (await fetch(`${url}/v1/x`)).text()).toBe('main');
  });
});

describe('redirect', () => {
  it('is followed by real clients', async () => {
    const { url } = await shapeGate('{ redirect: { to: "https://a.example/new/{rest}", status: 308 } }');
    const reply = await fetch(`${url}/v1/old/x/y?q=1`, { redirect: 'manual', method: 'POST', body: 'abc' });
    expect([reply.status, reply.headers.get('location'), await reply.text()]).toEqual([
      308,
      'https://a.example/new/x/y?q=1',
      '',
    ]);
    const { stdout } = await curl('curl', ['-sI', `${url}/v1/old/x`]);
    expect(stdout).toMatch(/^HTTP\/1\.1 308 [\s\S]*location: https:\/\/a\.example\/new\/x\r\n/i);
  });

  it('leads to no other server, whatever the path', async () => {
    const { url } = await shapeGate('{ redirect: { to: "/{rest}" } }');
    for (const path of ['//evil.example', '/%2Fevil.example', '/%5Cevil.example', '/..//evil.example']) {
      const { stdout } = await curl('curl', [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code} %{redirect_url}',
        '--path-as-is',
        `${url}/v1/old/${path}`,
      ]);
      expect(stdout).not.toMatch(/evil\.example(?!:)[^/]*$/);
      expect(stdout).toMatch(/^400 /);
    }
  });
});

describe('rewrite', () => {
  it('changes path and query by pattern', async () => {
    const { url, main } = await shapeGate(
      '{ rewrite: { match: "^/old/([^/]+)/(.*)$", path: "/new/$2/$1", query: { set: { v: "2" }, remove: [debug] } } }',
    );
    await fetch(`${url}/v1/old/a/b/c?debug=1&x=%2f`);
    expect(main.seen[0]?.url).toBe('/new/b/c/a?x=%2f&v=2');
  });
});

describe('fault', () => {
  it('answers with a status, and nothing goes upstream', async () => {
    const { url, main, records } = await shapeGate('{ fault: { share: 100%, abort: 418 } }');
    const reply = await fetch(`${url}/v1/x`, { method: 'POST', body: 'abc' });
    expect([reply.status, reply.headers.get('x-gatehouse-fault')]).toEqual([418, 'abort 418']);
    expect(main.seen).toHaveLength(0);
    expect(records).toMatchObject([{ status: 418, policies: 'fault: abort 418' }]);
  });

  it('cuts the connection without a word', async () => {
    const { port, records } = await shapeGate('{ fault: { share: 100%, abort: reset } }');
    const heard = await new Promise<string>((resolve) => {
      let text = '';
      const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n'));
      socket.on('data', (bytes) => (text += bytes.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    expect(heard).toBe('');
    expect(records).toMatchObject([{ code: 'route.fault', policies: 'fault: abort reset' }]);
  });

  it('lets a call wait', async () => {
    const { url, records } = await shapeGate('{ fault: { share: 100%, delay: 60ms } }');
    const begunMs = performance.now();
    const reply = await fetch(`${url}/v1/x`);
    expect([await reply.text(), reply.headers.get('x-gatehouse-fault')]).toEqual(['main', 'delay']);
    expect(performance.now() - begunMs).toBeGreaterThan(55);
    expect(records).toMatchObject([{ status: 200, policies: 'fault: delay' }]);
  });

  it('ends with a caller that leaves while it waits', async () => {
    const { port, main, records } = await shapeGate('{ fault: { share: 100%, delay: 80ms } }');
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n'));
    setTimeout(() => socket.resetAndDestroy(), 20);
    await expect.poll(() => records).toMatchObject([{ code: 'request.cancelled' }]);
    expect(main.seen).toHaveLength(0);
  });
});

describe('canary', () => {
  it('sends calls to the other upstream, and says so in the record', async () => {
    const { url, records } = await shapeGate('{ canary: { upstream: other, header: { name: x-canary } } }');
    expect(await (await fetch(`${url}/v1/x`)).text()).toBe('main');
    expect(await (await fetch(`${url}/v1/x`, { headers: { 'x-canary': '1' } })).text()).toBe('other');
    expect(records).toMatchObject([{ status: 200 }, { policies: 'canary: other' }]);
    expect(records[0]).not.toHaveProperty('policies');
  });

  it('keeps a caller where its cookie says', async () => {
    const { url } = await shapeGate('{ canary: { upstream: other, weight: 50%, sticky: { by: cookie } } }');
    const sides = new Set<string>();
    for (let caller = 0; caller < 12; caller++) {
      const first = await fetch(`${url}/v1/x`);
      const side = await first.text();
      sides.add(side);
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
      const again = await fetch(`${url}/v1/x`, { headers: { cookie } });
      expect([await again.text(), again.headers.get('set-cookie')]).toEqual([side, null]);
    }
    expect(sides.size).toBe(2);
  });

  it('has its answers kept apart by a cache', async () => {
    const { url, main, other } = await shapeGate(
      '{ canary: { upstream: other, header: { name: x-canary } } }, { cache: { ttl: 1m } }',
    );
    const get = async (headers: Record<string, string> = {}): Promise<string> =>
      (await fetch(`${url}/v1/x`, { headers })).text();
    const marked = { 'x-canary': '1' };
    expect([await get(marked), await get(), await get(marked), await get()]).toEqual([
      'other',
      'main',
      'other',
      'main',
    ]);
    expect([main.seen.length, other.seen.length]).toEqual([1, 1]);
  });

  it('is refused when it names no upstream', async () => {
    await expect(shapeGate('{ canary: { upstream: nobody } }')).rejects.toThrow(/`canary` names no upstream/);
  });
});

describe('mirror', () => {
  it('sends a copy without what is secret or anybody says of itself', async () => {
    const { url, main, other, records } = await shapeGate('{ rewrite: { path: /w } }, { mirror: { upstream: other } }');
    const headers = {
      authorization: 'Basic abc',
      cookie: 'a=b',
      'x-own': '1',
      'x-gatehouse-application': 'root',
      'x-forwarded-for': '1.2.3.4',
      connection: 'close, x-hop',
      'x-hop': '1',
    };
    const { stdout } = await curl('curl', [
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      '-s',
      '-d',
      'hello',
      `${url}/v1/x?q=1`,
    ]);
    expect(stdout).toBe('main');
    await expect.poll(() => other.seen.length).toBe(1);
    const [copy] = other.seen;
    const [call] = main.seen;
    expect([copy?.method, copy?.url]).toEqual(['POST', '/w?q=1']);
    expect(copy?.headers).toMatchObject({
      'x-own': '1',
      'x-gatehouse-mirror': '1',
      'content-length': '5',
      host: `127.0.0.1:${other.port}`,
      'x-request-id': call?.headers['x-request-id'],
      'x-forwarded-for': call?.headers['x-forwarded-for'],
      via: call?.headers['via'],
    });
    for (const name of ['authorization', 'cookie', 'x-gatehouse-application', 'x-hop']) {
      expect(copy?.headers).not.toHaveProperty(name);
    }
    expect(call?.headers).not.toHaveProperty('x-gatehouse-mirror');
    expect(call?.headers).toMatchObject({ authorization: 'Basic abc', cookie: 'a=b' });
    expect(records).toMatchObject([{ status: 200, policies: 'mirror: copied' }]);
  });

  it.each([
    ['answers nothing', (socket: net.Socket) => void socket.on('error', () => {})],
    ['breaks off', (socket: net.Socket) => void socket.destroy()],
    ['answers nonsense', (socket: net.Socket) => void socket.on('error', () => {}).end('nonsense\r\n\r\n')],
  ])('neither slows nor fails a call by a mirror that %s', async (_, serve) => {
    const bad = net.createServer(serve);
    const badPort = await listen(bad);
    const { url, records } = await shapeGate(`{ mirror: { upstream: "http://127.0.0.1:${badPort}", timeout: 100ms } }`);
    for (let call = 0; call < 10; call++) {
      const begunMs = performance.now();
      expect(await (await fetch(`${url}/v1/x`)).text()).toBe('main');
      expect(performance.now() - begunMs).toBeLessThan(95);
    }
    expect(records).toHaveLength(10);
    bad.close();
  });

  it('does not copy a body whose length nobody knows, which goes through as it comes', async () => {
    const { url, other, records } = await shapeGate('{ mirror: { upstream: other } }');
    const body = new Blob(['hello']).stream();
    expect(await (await fetch(`${url}/v1/x`, { method: 'POST', body, duplex: 'half' })).text()).toBe('main');
    expect(other.seen).toHaveLength(0);
    expect(records).toMatchObject([{ policies: 'mirror: not copied, length unknown' }]);
  });

  it('does not copy what a cache answers', async () => {
    const { url, other } = await shapeGate('{ cache: { ttl: 1m } }, { mirror: { upstream: other } }');
    for (let call = 0; call < 3; call++) await (await fetch(`${url}/v1/x`)).text();
    await expect.poll(() => other.seen.length).toBe(1);
  });

  it('leaves the other side to fail by itself', async () => {
    const failing = await startUpstream((_request, response) => response.writeHead(500).end('x'.repeat(2_000_000)));
    const { url, records } = await shapeGate(`{ mirror: { upstream: "http://127.0.0.1:${failing.port}" } }`);
    expect((await fetch(`${url}/v1/x`)).status).toBe(200);
    await expect.poll(() => failing.seen.length).toBe(1);
    expect(records).toMatchObject([{ status: 200 }]);
    await failing.close();
  });
});
