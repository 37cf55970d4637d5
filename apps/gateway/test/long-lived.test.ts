import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, startGate, startUpstream, type Running } from './harness.ts';

// official peer on both sides: the `ws` package

const yaml = (port: number, note = ''): string => `
upstreams: { demo: { targets: ["http://127.0.0.1:${port}"] } }
apis: { demo: { access: open, upstream: demo, routes: [ { method: "*", path: "/live/*" } ]${note} } }
`;
const ELSEWHERE = yaml(1).replaceAll('/live/*', '/elsewhere/*');

interface Echo {
  readonly port: number;
  /** Heads of the handshakes, oldest first. */
  readonly asked: http.IncomingMessage[];
  readonly server: WebSocketServer;
}

async function echoServer(): Promise<Echo> {
  const web = http.createServer();
  const server = new WebSocketServer({
    server: web,
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
  });
  const asked: http.IncomingMessage[] = [];
  server.on('connection', (socket, request) => {
    asked.push(request);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  const port = await listen(web);
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    web.close();
  });
  return { port, asked, server };
}

async function gateTo(port: number): Promise<Running> {
  const gate = await startGate(yaml(port));
  onTestFinished(() => gate.stop());
  return gate;
}

async function open(gate: Running, options?: WebSocket.ClientOptions, protocols?: string[]): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${gate.port}/live/room?a=1`, protocols, options);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** What comes back; without fragments `ws` gives each message as one Buffer. */
async function said(socket: WebSocket, data: string | Buffer): Promise<Buffer> {
  const heard = Promise.withResolvers<Buffer>();
  socket.once('message', (reply) => {
    if (Buffer.isBuffer(reply)) heard.resolve(reply);
    else heard.reject(new TypeError('not a Buffer'));
  });
  socket.send(data);
  return heard.promise;
}

describe('a WebSocket of the ws package', () => {
  it('echoes text, bytes, nothing and two megabytes, compressed as both sides agreed', async () => {
    const echo = await echoServer();
    const socket = await open(await gateTo(echo.port), { perMessageDeflate: true });
    expect(socket.extensions).toContain('permessage-deflate');
    expect((await said(socket, 'Grüße')).toString()).toBe('Grüße');
    expect(await said(socket, '')).toHaveLength(0);
    const bytes = randomBytes(2_000_000);
    expect((await said(socket, bytes)).equals(bytes)).toBe(true);
    expect(echo.asked[0]?.url).toBe('/live/room?a=1');
  });

  it('agrees on a subprotocol', async () => {
    const echo = await echoServer();
    const socket = await open(await gateTo(echo.port), {}, ['chat.v1', 'chat.v2']);
    expect(socket.protocol).toBe('chat.v2');
  });

  it('carries pings and pongs of both sides', async () => {
    const echo = await echoServer();
    const socket = await open(await gateTo(echo.port));
    const pong = once(socket, 'pong');
    socket.ping('ours');
    expect(String((await pong)[0])).toBe('ours');
    const [served] = echo.server.clients;
    const answered = once(served ?? socket, 'pong');
    served?.ping('theirs');
    expect(String((await answered)[0])).toBe('theirs');
  });

  it.each([
    [1000, ''],
    [1001, 'going away'],
    [4321, 'a code of their own'],
  ])('ends with the code %i that either side gave', async (code, reason) => {
    const echo = await echoServer();
    const gate = await gateTo(echo.port);
    const ours = await open(gate);
    const heard = once([...echo.server.clients][0] ?? ours, 'close');
    ours.close(code, reason);
    expect([(await heard)[0], String((await heard)[1])]).toEqual([code, reason]);

    const theirs = await open(gate);
    const ended = once(theirs, 'close');
    [...echo.server.clients].at(-1)?.close(code, reason);
    expect([(await ended)[0], String((await ended)[1])]).toEqual([code, reason]);
  });

  it('ends when the server dies, with one record of status 101', async () => {
    const echo = await echoServer();
    const gate = await gateTo(echo.port);
    const socket = await open(gate);
    const ended = once(socket, 'close');
    for (const client of echo.server.clients) client.terminate();
    expect((await ended)[0]).toBe(1006);
    expect(await gate.records()).toMatchObject([{ status: 101, path: '/live/room' }]);
  });

  it('stays with the configuration that it began under while others come and go', async () => {
    const echo = await echoServer();
    const gate = await gateTo(echo.port);
    const socket = await open(gate);
    await gate.publish(ELSEWHERE);
    expect((await said(socket, 'still here')).toString()).toBe('still here');
    expect((await fetch(`${gate.url}/live/room`)).status).toBe(404);
    await gate.publish(yaml(echo.port, ', policies: [ { ip-access: { deny: [127.0.0.1] } } ]'));
    expect((await said(socket, 'and here')).toString()).toBe('and here');
    expect((await fetch(`${gate.url}/live/room`)).status).toBe(403);
  });
});

describe('a stream of events', () => {
  it('brings each event as it is sent, and stays with the configuration that it began under', async () => {
    const begun = Promise.withResolvers<http.ServerResponse>();
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      begun.resolve(response);
      response.flushHeaders();
    });
    onTestFinished(() => upstream.close());
    const gate = await gateTo(upstream.port);
    const reply = await fetch(`${gate.url}/live/events`);
    const reader = reply.body?.getReader();
    const response = await begun.promise;
    const next = async (event: string): Promise<string> => {
      response.write(event);
      return Buffer.from((await reader?.read())?.value ?? []).toString();
    };
    expect(await next('data: 1\n\n')).toBe('data: 1\n\n');
    await gate.publish(ELSEWHERE);
    expect(await next('data: 2\n\n')).toBe('data: 2\n\n');
    response.end();
    expect((await reader?.read())?.done).toBe(true);
    expect(await gate.records()).toMatchObject([{ status: 200, path: '/live/events', bytesOut: 18 }]);
  });
});
