/** Defects of matching and forwarding that a review has found, and that are mended. */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { caller, gate, send, upstream, within } from './review-tools.ts';

function get(path: string, host = 'a'): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

describe('retries', () => {
  it('carry the trailers of the request', async () => {
    let tries = 0;
    let trailers: NodeJS.Dict<string> = {};
    const { port } = await upstream((request, response) => {
      request.resume();
      request.on('end', () => {
        trailers = request.trailers;
        response.writeHead(tries++ === 0 ? 503 : 200).end();
      });
    });
    const running = await gate(`
upstreams: { o: { targets: ["http://127.0.0.1:${port}"], retries: { attempts: 1, on: [503] } } }
apis: { all: { basePath: "", access: open, upstream: o } }
`);
    await new Promise<void>((resolve) => {
      const headers = { trailer: 'x-checksum', 'transfer-encoding': 'chunked' };
      const request = http.request({ port: running.port, method: 'PUT', headers, agent: false }, (reply) => {
        reply.resume();
        reply.on('end', resolve);
      });
      request.addTrailers({ 'x-checksum': 'abc' });
      request.end('body');
    });
    expect([tries, trailers['x-checksum']]).toEqual([2, 'abc']);
  });

  it('wait before they ask the same endpoint again, and lose nothing of a body that comes meanwhile', async () => {
    const seen: { atMs: number; body: string }[] = [];
    const { port } = await upstream((request, response) => {
      let body = '';
      if (seen.push({ atMs: performance.now(), body: '' }) === 1) {
        response.writeHead(503, { 'retry-after': '1' }).end();
        return;
      }
      request.on('data', (bytes) => (body += bytes));
      request.on('end', () => {
        seen[1] = { atMs: seen[1]?.atMs ?? 0, body };
        response.end();
      });
    });
    const running = await gate(`
upstreams: { o: { targets: ["http://127.0.0.1:${port}"], retries: { attempts: 1, on: [503] } } }
apis: { all: { basePath: "", access: open, upstream: o } }
`);
    const one = caller(running.port, 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabc');
    await sleep(300);
    one.socket.write('def');
    await within(4000, () => one.text() !== '');
    expect([one.text().slice(9, 12), seen[1]?.body]).toEqual(['200', 'abcdef']);
    expect((seen[1]?.atMs ?? 0) - (seen[0]?.atMs ?? 0)).toBeGreaterThan(950);
  });

  it('do not hammer an upstream that asks to be left alone', async () => {
    let tries = 0;
    const { port } = await upstream((_request, response) => {
      tries++;
      response.writeHead(503, { 'retry-after': '60' }).end();
    });
    const running = await gate(`
upstreams: { o: { targets: ["http://127.0.0.1:${port}"], retries: { attempts: 3, on: [503], budget: 100% } } }
apis: { all: { basePath: "", access: open, upstream: o } }
`);
    await send(running.port, get('/'));
    expect(tries).toBe(1);
  });
});

describe('refusals', () => {
  it('have the reason of their own status line', async () => {
    const running = await gate(`
apis: { all: { basePath: "/x", access: open, upstream: "http://127.0.0.1:1", routes: [ { method: GET, path: "/a", policies: [ { rate-limit: { limit: 1, window: 1m } } ] } ] } }
`);
    const lines: string[] = [];
    for (const path of ['/none', '/x/a', '/x/a'])
      lines.push((await send(running.port, get(path))).split('\r\n')[0] ?? '');
    expect(lines).toEqual([
      'HTTP/1.1 404 No such route',
      'HTTP/1.1 502 Upstream unreachable',
      'HTTP/1.1 429 Too many requests',
    ]);
  });
});

describe('hosts', () => {
  it.each(['secret.example.com.', 'secret.example.com.:80'])('%s is secret.example.com', async (host) => {
    const { port } = await upstream();
    const running = await gate(`
apis:
  guarded: { basePath: "/a", hosts: [secret.example.com], access: key, upstream: "http://127.0.0.1:${port}" }
  any: { basePath: "/a", access: open, upstream: "http://127.0.0.1:${port}" }
`);
    expect((await send(running.port, get('/a/', host))).slice(9, 12)).toBe('401');
  });

  it('an IPv6 host is the same in each of its spellings', async () => {
    const { port } = await upstream();
    const running = await gate(`
apis:
  guarded: { basePath: "/a", hosts: ["[::1]"], access: key, upstream: "http://127.0.0.1:${port}" }
  any: { basePath: "/a", access: open, upstream: "http://127.0.0.1:${port}" }
`);
    expect((await send(running.port, get('/a/', '[0:0:0:0:0:0:0:1]'))).slice(9, 12)).toBe('401');
  });
});

describe('keys', () => {
  it('of the gate never reach an upstream, not even where no key is needed', async () => {
    const origin = await upstream();
    const running = await gate(`
apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:${origin.port}" } }
applications: { a: { keys: [ { name: k, secret: key-of-the-gate } ] } }
`);
    await fetch(running.url, { headers: { authorization: 'Bearer key-of-the-gate' } });
    expect(origin.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('the record', () => {
  it('of a caller that left has the status of the error table', async () => {
    const { port } = await upstream(() => {});
    const running = await gate(`
apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}" } }
`);
    const one = caller(running.port, get('/'));
    await sleep(200);
    one.socket.destroy();
    await sleep(500);
    expect((await running.records()).map(({ status, code }) => [status, code])).toEqual([[499, 'request.cancelled']]);
  });
});
