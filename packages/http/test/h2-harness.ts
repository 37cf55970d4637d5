import http2 from 'node:http2';
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { serveHttp2, SERVER_LIMITS, type Http2FrontOptions, type Http2FrontSession } from '../src/index.ts';
import { Gate, listen, type GateOptions } from './harness.ts';
import { dial, until, type Peer } from './peer.ts';
import { RawUpstream, type OnPeer } from './raw-upstream.ts';

export interface Http2Gate {
  readonly gate: Gate;
  readonly port: number;
  readonly sessions: Http2FrontSession[];
  /** Why sessions were ended. */
  readonly abuses: string[];
  /** Sessions that have come to their end. */
  closed: number;
  /** Of a client of Node's. */
  readonly connect: () => http2.ClientHttp2Session;
  readonly dial: () => Promise<Peer>;
}

export interface Http2GateOptions extends GateOptions {
  readonly budget?: Http2FrontOptions['budget'];
}

/** The bare gate, which speaks HTTP/2 to callers by prior knowledge. */
export async function http2Gate(upstreamPort: number, options: Http2GateOptions = {}): Promise<Http2Gate> {
  const gate = new Gate(upstreamPort, options);
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const clients: http2.ClientHttp2Session[] = [];
  const peers: Peer[] = [];
  const own: Http2Gate = {
    gate,
    port: 0,
    sessions: [],
    abuses: [],
    closed: 0,
    connect: () => {
      const client = http2.connect(`http://127.0.0.1:${own.port}`);
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    dial: async () => {
      const peer = await dial(own.port);
      peers.push(peer);
      return peer;
    },
  };
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    const session = serveHttp2(socket, {
      limits,
      wheel: gate.wheel,
      events: gate,
      onClosed: () => own.closed++,
      onAbuse: (cause) => own.abuses.push(cause),
      ...(options.budget !== undefined && { budget: options.budget }),
    });
    own.sessions.push(session);
    socket.resume();
  });
  Object.assign(own, { port: await listen(server) });
  onTestFinished(async () => {
    for (const client of clients) client.destroy();
    for (const peer of peers) peer.destroy();
    await until(() => own.closed === own.sessions.length, 'the end of every session');
    server.close();
    await gate.close(undefined);
  });
  return own;
}

export async function http2GateWith(
  onPeer: OnPeer,
  options: Http2GateOptions = {},
): Promise<Http2Gate & { readonly upstream: RawUpstream }> {
  const upstream = new RawUpstream(onPeer);
  const port = await listen(upstream.server);
  onTestFinished(() => {
    for (const peer of upstream.peers) peer.destroy();
    upstream.server.close();
  });
  return Object.assign(await http2Gate(port, options), { upstream });
}

type Head = http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader;

export interface Heard {
  readonly headers: Head;
  readonly interim: Head[];
  readonly trailers: http2.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly rstCode: number;
  readonly error: string;
}

/** Resolves with all that a stream brought, once it is closed. */
export async function heard(stream: http2.ClientHttp2Stream): Promise<Heard> {
  const interim: Heard['interim'] = [];
  const pieces: Buffer[] = [];
  let headers: Heard['headers'] = {};
  let trailers: http2.IncomingHttpHeaders = {};
  let error = '';
  stream.on('headers', (each) => interim.push(each));
  stream.on('response', (each) => (headers = each));
  stream.on('trailers', (each) => (trailers = each));
  stream.on('data', (bytes: Buffer) => pieces.push(bytes));
  stream.on('error', (each: NodeJS.ErrnoException) => (error = each.code ?? String(each)));
  await new Promise<void>((resolve) => {
    stream.on('close', () => resolve());
  });
  return { headers, interim, trailers, body: Buffer.concat(pieces), rstCode: stream.rstCode ?? 0, error };
}
