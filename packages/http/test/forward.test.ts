import { ERRORS } from '@gatehouse/kernel';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptWire, Forward, Pool, SERVER_LIMITS, ServerConnection, TimerWheel } from '../src/index.ts';
import type { ForwardHost, ForwardOutcome, ServerEvents } from '../src/index.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

/** Sends everything to one pool and refuses in plain text. */
function plainHost(
  caller: ServerConnection,
  { pool, outcomes, begin }: { pool: Pool; outcomes: ForwardOutcome[]; begin: () => void },
): ForwardHost {
  return {
    bodyBytesMax: 8_000_000,
    replayBytesMax: 1000,
    ready: begin,
    firstLeg: () => ({
      pool,
      authority: 'upstream.test',
      target: caller.head.target.path + caller.head.target.query,
      timeouts: { connectMs: 1000, firstByteMs: 5000, idleMs: 5000 },
    }),
    retryLeg: () => undefined,
    legEnded: () => {},
    requestLines: () => 'via: 1.1 gatehouse\r\n',
    replyLines: () => 'x-request-id: r1\r\n',
    refusal({ code }, keepAlive) {
      const { status, title } = ERRORS[code];
      const closing = keepAlive ? '' : 'connection: close\r\n';
      return { status, message: `HTTP/1.1 ${status} ${title}\r\ncontent-length: 0\r\n${closing}\r\n` };
    },
    ended: (outcome) => outcomes.push(outcome),
  };
}

/** A bare gate in front of `upstream`; resolves with each exchange's outcome through `outcomes`. */
async function gate(upstream: net.Server): Promise<{ port: number; outcomes: ForwardOutcome[] }> {
  const upstreamPort = await listen(upstream);
  const monotonic = () => performance.now();
  const wheel = new TimerWheel({ tickMs: 50, monotonic });
  const pool = new Pool({
    destination: { host: '127.0.0.1', port: upstreamPort, tls: false },
    limits: SERVER_LIMITS,
    wheel,
    monotonic,
    connectionsMax: 64,
    idleMs: 4000,
  });
  const outcomes: ForwardOutcome[] = [];
  const events: ServerEvents = {
    onRequest(caller) {
      const forward: Forward = new Forward(
        caller,
        plainHost(caller, { pool, outcomes, begin: () => forward.begin() }),
        monotonic,
      );
      return forward;
    },
    onRefused() {},
    onClosed() {},
  };
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    const caller = new ServerConnection({ limits: SERVER_LIMITS, wheel, events });
    caller.start(acceptWire(socket, caller));
  });
  closers.push(() => pool.close());
  closers.push(() => wheel.close());
  return { port: await listen(server), outcomes };
}

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

describe('forwarding', () => {
  it('carries a body of several megabytes both ways, whole', async () => {
    const { port, outcomes } = await gate(echo());
    const body = Buffer.alloc(3_000_000, 'abcdefg');
    const reply = await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body });
    expect(Buffer.from(await reply.arrayBuffer()).equals(body)).toBe(true);
    expect(outcomes).toMatchObject([{ status: 200, bytesIn: 3_000_000, bytesOut: 3_000_000, code: undefined }]);
  });

  it('tells the upstream its own host and drops what a caller may not say', async () => {
    const { port } = await gate(echo());
    const reply = await fetch(`http://127.0.0.1:${port}/x`, { headers: { 'x-real-ip': '6.6.6.6' } });
    expect(JSON.parse(reply.headers.get('x-seen') ?? '')).toEqual(['upstream.test', '1.1 gatehouse', null]);
    expect(reply.headers.get('x-request-id')).toBe('r1');
  });

  it('answers 413 once a streamed body passes its limit', async () => {
    const patient = http.createServer((request, response) => {
      request.resume();
      request.on('end', () => response.end('all of it'));
    });
    const { port, outcomes } = await gate(patient);
    await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body: Buffer.alloc(9_000_000) }).catch(() => undefined);
    expect(outcomes).toMatchObject([{ status: 413, code: 'request.body_too_large' }]);
  });

  it('breaks off when the limit is passed after the reply began', async () => {
    const { port, outcomes } = await gate(echo());
    const call = fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body: Buffer.alloc(9_000_000) });
    await expect(call.then((answer) => answer.text())).rejects.toThrow(/terminated|failed/);
    expect(outcomes).toMatchObject([{ status: 200, code: 'request.body_too_large' }]);
  });

  it('answers 502 when nobody listens', async () => {
    const silent = net.createServer();
    const { port, outcomes } = await gate(silent);
    silent.close();
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(502);
    expect(outcomes).toMatchObject([{ code: 'upstream.unreachable' }]);
  });

  it.each([
    ['garbage', 'hello\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['nothing', ''],
  ])('answers 502 to a reply of %s', async (_name, reply) => {
    const { port, outcomes } = await gate(raw(reply));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(502);
    expect(outcomes).toMatchObject([{ code: 'upstream.broken' }]);
  });

  it.each([
    ['length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc'],
  ])('never lets a truncated reply look complete (%s)', async (_name, reply) => {
    const { port, outcomes } = await gate(raw(reply));
    await expect(fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())).rejects.toThrow(
      /terminated|failed/,
    );
    expect(outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  it('reads a reply that ends with its connection', async () => {
    const { port } = await gate(raw('HTTP/1.1 200 OK\r\n\r\nall of it'));
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('all of it');
  });

  it('cuts the upstream off when the caller leaves', async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => (left = resolve));
    const stalling = net.createServer((socket) => {
      socket.on('data', () => {});
      socket.on('error', () => {});
      socket.on('close', () => left());
    });
    const { port, outcomes } = await gate(stalling);
    const abort = new AbortController();
    const call = fetch(`http://127.0.0.1:${port}/`, { signal: abort.signal });
    await new Promise<void>((resolve) => stalling.once('connection', () => resolve()));
    abort.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toMatchObject([{ code: 'request.cancelled' }]);
  });

  it('tunnels a WebSocket upgrade after the upstream has agreed', async () => {
    const upstream = http.createServer();
    upstream.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ');
      socket.on('data', (bytes) => socket.end(bytes));
    });
    const { port } = await gate(upstream);
    const socket = net.connect(port, '127.0.0.1');
    closers.push(() => socket.destroy());
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
    const { port, outcomes } = await gate(once);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/`, { method })).status).toBe(status);
    expect(outcomes[1]).toMatchObject({ attempts: method === 'GET' ? 2 : 1 });
  });

  it('relays early hints', async () => {
    const { port } = await gate(
      raw('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );
    const hints = await new Promise<unknown>((resolve, reject) => {
      const call = http.get({ port, host: '127.0.0.1' });
      call.on('error', reject);
      call.on('information', (info) => resolve([info.statusCode, info.headers['link']]));
    });
    expect(hints).toEqual([103, '</a>']);
  });

  it('keeps the length and drops the body of HEAD', async () => {
    const { port } = await gate(raw('HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n'));
    const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' });
    expect([reply.headers.get('content-length'), await reply.text()]).toEqual(['123', '']);
  });
});
