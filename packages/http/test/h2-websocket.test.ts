import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { http2Gate, http2GateWith } from './h2-harness.ts';
import { gateTo, listen } from './harness.ts';
import { until } from './peer.ts';
import { webSocketAccept } from '../src/h2/front-wire.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ASK = `GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
const CONNECT = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'http',
  ':path': '/x',
  'sec-websocket-version': '13',
};

/** An upstream of HTTP/2 that takes WebSockets and sends back what comes. */
function echo(): http2.Http2Server {
  const server = http2.createServer({ settings: { enableConnectProtocol: true } });
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    stream.respond({ ':status': headers[':protocol'] === 'websocket' ? 200 : 400 });
    stream.pipe(stream);
  });
  const sessions: http2.ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
  });
  return server;
}

async function connected(client: http2.ClientHttp2Session): Promise<http2.ClientHttp2Stream> {
  if (client.remoteSettings.enableConnectProtocol !== true) await once(client, 'remoteSettings');
  return client.request(CONNECT, { endStream: false });
}

describe('WebSockets over HTTP/2 (RFC 8441)', () => {
  it('reaches an upstream of HTTP/1.1, with a key of the gate', async () => {
    const { connect, upstream, gate } = await http2GateWith(
      (peer) => {
        peer.socket.once('data', () => {
          const key = /sec-websocket-key: (.*)\r\n/.exec(peer.received)?.[1] ?? '';
          peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
          peer.send(`Sec-WebSocket-Accept: ${webSocketAccept(key)}\r\n\r\nhello`);
        });
      },
      { limits: { lingerMs: 10 } },
    );
    const stream = await connected(connect());
    let got = '';
    stream.on('data', (bytes: Buffer) => (got += String(bytes)));
    const [headers] = await once(stream, 'response');
    expect(headers).toMatchObject({ ':status': 200 });
    expect(headers).not.toHaveProperty('sec-websocket-accept');
    await until(() => got === 'hello', 'what the upstream says first');
    stream.write('from the caller');
    await upstream.peers[0]?.hears('from the caller');
    upstream.peers[0]?.send(' again');
    await until(() => got === 'hello again', 'more');
    upstream.peers[0]?.end();
    await once(stream, 'close');
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ status: 101, code: undefined }]);
  });

  it('is reset where the upstream has not read the key', async () => {
    const { connect, gate } = await http2GateWith((peer) => {
      peer.socket.once('data', () => {
        peer.send('HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n');
      });
    });
    const stream = await connected(connect());
    stream.on('error', () => {});
    await until(() => stream.closed, 'the reset');
    expect(stream.rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR);
    await gate.quiet();
  });

  it('a refusal of the upstream is the answer', async () => {
    const { connect } = await http2GateWith((peer) => {
      peer.socket.once('data', () => peer.send('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'));
    });
    const stream = await connected(connect());
    const [headers] = await once(stream, 'response');
    expect(headers).toMatchObject({ ':status': 403 });
    stream.close();
  });

  it('ends at the upstream when the caller resets it', async () => {
    const { connect, upstream, gate } = await http2GateWith((peer) => {
      peer.socket.once('data', () => {
        const key = /sec-websocket-key: (.*)\r\n/.exec(peer.received)?.[1] ?? '';
        peer.send('HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
        peer.send(`Sec-WebSocket-Accept: ${webSocketAccept(key)}\r\n\r\n`);
      });
    });
    const stream = await connected(connect());
    stream.on('error', () => {});
    await once(stream, 'response');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await until(() => upstream.peers[0]?.finished === true, 'the end of the upstream connection');
    upstream.peers[0]?.end();
    await gate.quiet();
  });

  it('reaches an upstream of HTTP/2 from a caller of HTTP/1.1', async () => {
    const gate = await gateTo(echo(), { http2: 'h2' });
    const caller = await gate.call();
    caller.send(ASK);
    await caller.hears('\r\n\r\n');
    expect(caller.received).toMatch(/^HTTP\/1\.1 101 /);
    expect(caller.received).toContain(`sec-websocket-accept: ${webSocketAccept(KEY)}\r\n`);
    caller.send('ping');
    await caller.hears('ping');
    caller.destroy();
    await gate.quiet();
  });

  it('passes HTTP/2 on both sides', async () => {
    const server = echo();
    const port = await listen(server);
    onTestFinished(() => void server.close());
    const { connect } = await http2Gate(port, { http2: 'h2' });
    const stream = await connected(connect());
    let got = '';
    stream.on('data', (bytes: Buffer) => (got += String(bytes)));
    stream.on('error', () => {});
    stream.write('ping');
    await until(() => got === 'ping', 'the echo');
    stream.close();
  });

  it('is refused where an upstream of HTTP/2 takes none', async () => {
    const server = http2.createServer(() => {});
    const sessions: http2.ServerHttp2Session[] = [];
    server.on('session', (session) => sessions.push(session));
    const gate = await gateTo(server, { http2: 'h2' });
    onTestFinished(() => {
      for (const session of sessions) session.destroy();
    });
    const caller = await gate.call();
    caller.send(ASK);
    await caller.hears('\r\n\r\n');
    expect(caller.received).toMatch(/^HTTP\/1\.1 502 /);
  });
});
