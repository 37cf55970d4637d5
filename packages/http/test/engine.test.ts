import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptWire } from '../src/wire.ts';
import { SERVER_LIMITS, ServerConnection, type ServerEvents } from '../src/server-connection.ts';
import { TimerWheel } from '../src/timer-wheel.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers every request with what it read: `METHOD path body`. */
const echo: ServerEvents = {
  onRequest(connection) {
    let body = '';
    const line = `${connection.head.method} ${connection.head.target.path} `;
    return {
      onReady: () => connection.wantBody(),
      onBodyData: (bytes, start, end) => (body += bytes.toString('latin1', start, end)),
      onBodyEnd() {
        const text = line + body;
        const keep = connection.persists;
        connection.markReplied();
        connection.wire?.text(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
        connection.finish(keep);
      },
      onSettled() {},
      onCallerDrain() {},
      onCallerGone() {
        connection.abort();
      },
      onFault(error) {
        throw error;
      },
    };
  },
  onRefused() {},
  onClosed() {},
};

async function serve(): Promise<number> {
  const wheel = new TimerWheel({ tickMs: 50, monotonic: () => performance.now() });
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    const connection = new ServerConnection({ limits: SERVER_LIMITS, wheel, events: echo });
    connection.start(acceptWire(socket, connection));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => wheel.close(),
  );
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

/** Sends the pieces one read apart and returns all that comes back until the connection closes. */
async function talk(port: number, pieces: readonly string[]): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  let reply = '';
  socket.on('data', (bytes) => (reply += bytes.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  return reply;
}

const CLOSING = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

describe('a server connection', () => {
  it('answers pipelined requests in order', async () => {
    const port = await serve();
    const reply = await talk(port, [
      `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${CLOSING}`,
    ]);
    expect(reply.split(/HTTP.*?\r\n\r\n/s).slice(1)).toEqual(['GET /1 ', 'POST /2 abc', 'GET /last ']);
  });

  it('reads a request that arrives byte by byte', async () => {
    const port = await serve();
    const request =
      'POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    expect(await talk(port, request.split(''))).toContain('POST /x abc');
  });

  it('sends 100 Continue before it reads the body', async () => {
    const port = await serve();
    const head =
      'POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n';
    const reply = await talk(port, [head, 'ok']);
    expect(reply.startsWith('HTTP/1.1 ')).toBe(true);
    expect(reply).toContain('POST /x ok');
  });

  it.each([
    ['garbage', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['two framings', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ])('answers 400 to %s and closes', async (_name, request) => {
    const port = await serve();
    expect(await talk(port, [request])).toMatch(/^HTTP\/1\.1 400 .*connection: close/s);
  });

  it('answers 431 to a head that never ends', async () => {
    const port = await serve();
    const reply = await talk(port, [`GET / HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(9000)}`]);
    expect(reply).toMatch(/^HTTP\/1\.1 431 /);
  });
});
