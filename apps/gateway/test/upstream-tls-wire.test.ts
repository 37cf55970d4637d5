import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clockedGate, type ClockedGate } from './clocked-gate.ts';
import { listen } from './harness.ts';
import { authority as callersAuthority, certificates, pairOf } from './tls-callers.ts';

/* What happens on connections to targets that speak TLS, or should. */

const authority = new TestAuthority();
const stranger = new TestAuthority('A stranger');
const good = authority.issue({ names: ['127.0.0.1', '::1'] });
const CA = `ca: ${JSON.stringify(authority.pem)}`;

const CONNECT_MS = 3000;
const PROTOCOLS = ['http1', 'h2'] as const;
type Protocol = (typeof PROTOCOLS)[number];
type Handler = (request: Readable, response: Writable) => void;

async function service(protocol: Protocol, handle: Handler, host = '127.0.0.1'): Promise<number> {
  const server = protocol === 'http1' ? https.createServer(good, handle) : http2.createSecureServer(good, handle);
  onTestFinished(() => void server.close());
  if (host === '127.0.0.1') return listen(server);
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const upstream = (port: number, { protocol = 'http1', settings = CA, host = '127.0.0.1' } = {}): string =>
  `{ protocol: ${protocol}, targets: ["https://${host}:${port}"], tls: { ${settings} }, retries: { attempts: 0 }, timeouts: { connect: ${CONNECT_MS}ms } }`;

const gateTo = async (port: number, way: Parameters<typeof upstream>[1] = {}): Promise<ClockedGate> =>
  clockedGate(`upstreams: { a: ${upstream(port, way)} }\napis: { a: { access: open, upstream: a } }\n`);

const answerOk: Handler = (_request, response) => void response.end('ok');

describe.each(PROTOCOLS)('a target of https://, by %s', (protocol) => {
  it('that does not speak TLS is not reached', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    });
    onTestFinished(() => void server.close());
    const gate = await gateTo(await listen(server), { protocol });
    const reply = await fetch(gate.url);
    expect([reply.status, await reply.json()]).toMatchObject([502, { code: 'upstream.unreachable' }]);
    expect(gate.logged.join('')).toMatch(/wrong version number|packet length/i);
  });

  it('that says nothing is waited for as long as a connection may take, and no later request waits with it', async () => {
    const silent: net.Socket[] = [];
    const well = await service(protocol, answerOk);
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      if (silent.length === 0) silent.push(socket.resume());
      else socket.pipe(net.connect(well, '127.0.0.1')).pipe(socket);
    });
    onTestFinished(() => void server.close());
    const gate = await gateTo(await listen(server), { protocol });
    const reply = fetch(gate.url);
    await vi.waitFor(() => expect(silent).toHaveLength(1));
    const closed = Promise.all(silent.map(async (socket) => once(socket, 'close')));
    gate.advance(CONNECT_MS + 100);
    expect(await (await reply).json()).toMatchObject({ code: 'upstream.timeout' });
    expect(await (await fetch(gate.url)).text()).toBe('ok');
    await closed;
  });

  it('gets and gives large bodies whole', async () => {
    const port = await service(protocol, (request, response) => void request.pipe(response));
    const gate = await gateTo(port, { protocol });
    const bytes = randomBytes(8_000_000);
    const reply = await fetch(gate.url, { method: 'POST', body: bytes });
    expect(sha256(Buffer.from(await reply.arrayBuffer()))).toBe(sha256(bytes));
  });

  it('may be an address of IPv6, which its certificate must name', async () => {
    const port = await service(protocol, answerOk, '::1');
    const gate = await gateTo(port, { protocol, host: '[::1]' });
    expect(await (await fetch(gate.url)).text()).toBe('ok');
  });

  it('that is in two upstreams is looked at for each as that says', async () => {
    const port = await service(protocol, answerOk);
    const gate = await clockedGate(`
upstreams:
  ours: ${upstream(port, { protocol })}
  theirs: ${upstream(port, { protocol, settings: `ca: ${JSON.stringify(stranger.pem)}` })}
apis:
  ours: { basePath: /ours, access: open, upstream: ours }
  theirs: { basePath: /theirs, access: open, upstream: theirs }
`);
    const statusOf = async (path: string): Promise<number> => (await fetch(gate.url + path)).status;
    const statuses = [await statusOf('/ours'), await statusOf('/theirs'), await statusOf('/ours')];
    expect(statuses).toEqual([200, 502, 200]);
  });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a WebSocket', () => {
  it('may be under TLS on both sides', async () => {
    const web = https.createServer(good);
    const server = new WebSocketServer({ server: web });
    server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    const port = await listen(web);
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      web.close();
    });
    const gate = await clockedGate(`
gateway: { tls: { certificates: [ { ${pairOf(certificates.fallback)} } ] } }
upstreams: { a: ${upstream(port)} }
apis: { a: { access: open, upstream: a } }
`);
    const socket = new WebSocket(`wss://127.0.0.1:${gate.tlsPort}/`, { ca: callersAuthority.pem });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const bytes = randomBytes(2_000_000);
    socket.send(bytes);
    const [heard]: unknown[] = await once(socket, 'message');
    expect(Buffer.isBuffer(heard) && heard.equals(bytes)).toBe(true);
  });
});
