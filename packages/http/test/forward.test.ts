import http from 'node:http';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { gateTo } from './harness.ts';

const LIMITS = { bodyBytesMax: 8_000_000 };

function raw(reply: string): net.Server {
  return net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(reply));
  });
}

const echo = () =>
  http.createServer((request, response) => {
    response.setHeader(
      'x-seen',
      JSON.stringify([request.headers.host, request.headers.via, request.headers['x-real-ip']]),
    );
    request.pipe(response);
  });

/** A POST that does not say how long it is. */
function streamed(bytes: number): RequestInit & { readonly duplex: 'half' } {
  return { method: 'POST', body: new Blob([new Uint8Array(bytes)]).stream(), duplex: 'half' };
}

describe('forwarding', () => {
  it('carries a body of several megabytes both ways, whole', async () => {
    const gate = await gateTo(echo(), LIMITS);
    const body = Buffer.alloc(3_000_000, 'abcdefg');
    const reply = await fetch(`http://127.0.0.1:${gate.port}/x`, { method: 'POST', body });
    expect(Buffer.from(await reply.arrayBuffer()).equals(body)).toBe(true);
    expect(gate.outcomes).toMatchObject([{ status: 200, bytesIn: 3_000_000, bytesOut: 3_000_000, code: undefined }]);
  });

  it('tells the upstream its own host and drops what a caller may not say', async () => {
    const gate = await gateTo(echo(), LIMITS);
    const reply = await fetch(`http://127.0.0.1:${gate.port}/x`, { headers: { 'x-real-ip': '6.6.6.6' } });
    expect(JSON.parse(reply.headers.get('x-seen') ?? '')).toEqual(['upstream.test', '1.1 gatehouse', null]);
    expect(reply.headers.get('x-request-id')).toBe('r1');
  });

  it('answers 413 once a streamed body passes its limit', async () => {
    const patient = http.createServer((request, response) => {
      request.resume();
      request.on('end', () => response.end('all of it'));
    });
    const gate = await gateTo(patient, LIMITS);
    await fetch(`http://127.0.0.1:${gate.port}/x`, streamed(9_000_000)).catch(() => undefined);
    expect(gate.outcomes).toMatchObject([{ status: 413, code: 'request.body_too_large' }]);
  });

  it('breaks off when the limit is passed after the reply began', async () => {
    const gate = await gateTo(echo(), LIMITS);
    const call = fetch(`http://127.0.0.1:${gate.port}/x`, streamed(9_000_000));
    await expect(call.then((answer) => answer.text())).rejects.toThrow(/terminated|failed/);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'request.body_too_large' }]);
  });

  it('answers 502 when nobody listens', async () => {
    const silent = net.createServer();
    const gate = await gateTo(silent);
    silent.close();
    expect((await fetch(`http://127.0.0.1:${gate.port}/`)).status).toBe(502);
    expect(gate.outcomes).toMatchObject([{ code: 'upstream.unreachable' }]);
  });

  it.each([
    ['garbage', 'hello\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['nothing', ''],
  ])('answers 502 to a reply of %s', async (_name, reply) => {
    const gate = await gateTo(raw(reply));
    expect((await fetch(`http://127.0.0.1:${gate.port}/`)).status).toBe(502);
    expect(gate.outcomes).toMatchObject([{ code: 'upstream.broken' }]);
  });

  it.each([
    ['length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'],
  ])('never lets a truncated reply look complete (%s)', async (_name, reply) => {
    const gate = await gateTo(raw(reply));
    await expect(fetch(`http://127.0.0.1:${gate.port}/`).then((answer) => answer.text())).rejects.toThrow(
      /terminated|failed/,
    );
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  it('reads a reply that ends with its connection', async () => {
    const gate = await gateTo(raw('HTTP/1.1 200 OK\r\n\r\nall of it'));
    expect(await (await fetch(`http://127.0.0.1:${gate.port}/`)).text()).toBe('all of it');
  });

  it('cuts the upstream off when the caller leaves', async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => (left = resolve));
    const stalling = net.createServer((socket) => {
      socket.on('data', () => {});
      socket.on('error', () => {});
      socket.on('close', () => left());
    });
    const gate = await gateTo(stalling);
    const abort = new AbortController();
    const call = fetch(`http://127.0.0.1:${gate.port}/`, { signal: abort.signal });
    await new Promise<void>((resolve) => stalling.once('connection', () => resolve()));
    abort.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    expect(gate.outcomes).toMatchObject([{ code: 'request.cancelled' }]);
  });

  it('tunnels a WebSocket upgrade after the upstream has agreed', async () => {
    const upstream = http.createServer();
    upstream.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ');
      socket.on('data', (bytes) => socket.end(bytes));
    });
    const gate = await gateTo(upstream);
    const socket = net.connect(gate.port, '127.0.0.1');
    let seen = '';
    socket.on('data', (bytes) => {
      seen += bytes.toString('latin1');
      if (seen.endsWith('hello ')) socket.write('world');
    });
    socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    expect(seen).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nhello world$/s);
  });

  it.each([
    ['GET', 200],
    ['POST', 502],
  ])('a kept connection that died while idle: %s answers %d', async (method, status) => {
    // Answers once a connection, then cuts it at the next request without a word.
    const once = net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        socket.once('data', () => socket.destroy());
      });
    });
    const gate = await gateTo(once);
    expect((await fetch(`http://127.0.0.1:${gate.port}/`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${gate.port}/`, { method })).status).toBe(status);
    expect(gate.outcomes[1]).toMatchObject({ attempts: method === 'GET' ? 2 : 1 });
  });

  it('relays early hints', async () => {
    const gate = await gateTo(
      raw('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );
    const hints = await new Promise<unknown>((resolve, reject) => {
      const call = http.get({ port: gate.port, host: '127.0.0.1' });
      call.on('error', reject);
      call.on('information', (info) => resolve([info.statusCode, info.headers['link']]));
    });
    expect(hints).toEqual([103, '</a>']);
  });

  it('keeps the length and drops the body of HEAD', async () => {
    const gate = await gateTo(raw('HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n'));
    const reply = await fetch(`http://127.0.0.1:${gate.port}/`, { method: 'HEAD' });
    expect([reply.headers.get('content-length'), await reply.text()]).toEqual(['123', '']);
  });
});
