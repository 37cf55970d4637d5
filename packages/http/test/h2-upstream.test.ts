import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { aGet, aPost, repliesTo } from './ask.ts';
import * as frames from './h2-frames.ts';
import { heard, http2Gate, type Http2GateOptions } from './h2-harness.ts';
import { gateTo, gateWith, listen, type Gate, type GateOptions } from './harness.ts';
import { turn, until, type Peer } from './peer.ts';
import { field, statusOf } from './read-message.ts';

type OnStream = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

interface Http2Upstream {
  readonly server: http2.Http2Server;
  readonly sessions: http2.ServerHttp2Session[];
}

function http2Upstream(onStream: OnStream, options: http2.ServerOptions = {}): Http2Upstream {
  const sessions: http2.ServerHttp2Session[] = [];
  const server = http2.createServer(options);
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { server, sessions };
}

/** A gate whose upstream speaks HTTP/2, and that speaks HTTP/1.1 to callers. */
async function gateToHttp2(onStream: OnStream, options: GateOptions = {}): Promise<Http2Upstream & { gate: Gate }> {
  const upstream = http2Upstream(onStream);
  return { ...upstream, gate: await gateTo(upstream.server, { http2: 'h2', ...options }) };
}

/** HTTP/2 on both sides. */
async function bothWays(onStream: OnStream, options: Http2GateOptions = {}): ReturnType<typeof http2Gate> {
  const upstream = http2Upstream(onStream);
  return http2Gate(await listen(upstream.server), { http2: 'h2', ...options });
}

const echo: OnStream = (stream) => {
  stream.respond({ ':status': 200 });
  stream.pipe(stream);
};

async function asked(gate: Gate, request: string): Promise<{ caller: Peer; status: number; body: string }> {
  const caller = await gate.call();
  caller.send(request);
  const reply = (await repliesTo(caller, request.slice(0, request.indexOf(' ')))).at(-1);
  return { caller, status: statusOf(reply), body: reply?.body ?? '' };
}

describe('HTTP/2 to upstreams', () => {
  it('sends the request of a caller of HTTP/1.1 as a stream, and its reply back', async () => {
    let seen: http2.IncomingHttpHeaders = {};
    const { gate } = await gateToHttp2((stream, headers) => {
      seen = headers;
      stream.respond({ ':status': 201, 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] });
      stream.end('made');
    });
    const { caller, status, body } = await asked(gate, aPost('Content-Length: 4\r\nX-Up: 1\r\n', 'body'));
    expect([status, body]).toEqual([201, 'made']);
    expect(caller.received).toMatch(/set-cookie: a=1\r\nset-cookie: b=2\r\n/);
    expect(seen).toMatchObject({
      ':method': 'POST',
      ':path': '/x',
      ':scheme': 'http',
      ':authority': 'upstream.test',
      'content-length': '4',
      'x-up': '1',
      via: '1.1 gatehouse',
    });
    expect(seen).not.toHaveProperty('host');
    expect(seen).not.toHaveProperty('te');
  });

  it('shares one session', async () => {
    const { gate, sessions } = await gateToHttp2(echo);
    for (let i = 0; i < 3; i++) {
      const body = `body ${i}`;
      const got = await asked(gate, aPost(`Content-Length: ${body.length}\r\n`, body));
      expect(got.body).toBe(body);
    }
    const many = await Promise.all(Array.from({ length: 10 }, async () => asked(gate, aGet())));
    expect(many.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(sessions).toHaveLength(1);
  });

  it('opens a second session where the peer takes no more streams', async () => {
    const waiting: http2.ServerHttp2Stream[] = [];
    const upstream = http2Upstream((stream) => waiting.push(stream), { settings: { maxConcurrentStreams: 2 } });
    const gate = await gateTo(upstream.server, { http2: 'h2' });
    const first = asked(gate, aGet());
    await until(() => waiting.length === 1, 'the first stream');
    const rest = [1, 2].map(async () => asked(gate, aGet()));
    await until(() => waiting.length === 3, 'all streams');
    expect(upstream.sessions).toHaveLength(2);
    for (const stream of waiting) {
      stream.respond();
      stream.end('ok');
    }
    expect((await Promise.all([first, ...rest])).map(({ body }) => body)).toEqual(['ok', 'ok', 'ok']);
  });

  it('relays a large body both ways under back-pressure', async () => {
    const size = 3_000_000;
    const { connect } = await bothWays(echo);
    const stream = connect().request({ ':method': 'POST', ':path': '/' });
    const sent = Buffer.alloc(size, 'abcdefghijklmnopqrstuvw');
    stream.end(sent);
    expect((await heard(stream)).body.equals(sent)).toBe(true);
  });

  it.each([
    [200, { 'content-length': '7' }, 'HEAD'],
    [204, {}, 'GET'],
    [304, { etag: '"a"', 'content-length': '7' }, 'GET'],
  ])('%i with %j to %s has no body, and the connection of the caller is kept', async (status, headers, method) => {
    const { gate } = await gateToHttp2((stream) =>
      stream.respond({ ':status': status, ...headers }, { endStream: true }),
    );
    const caller = await gate.call();
    caller.send(`${method} /x HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [reply] = await repliesTo(caller, method);
    expect([statusOf(reply), reply?.body, reply?.complete]).toEqual([status, '', true]);
    for (const [name, value] of Object.entries(headers)) expect(field(reply, name)).toBe(value);
    expect(caller.finished).toBe(false);
  });

  it('relays interim replies and trailers', async () => {
    const { gate } = await gateToHttp2((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '9', 'set-cookie': 'no' }));
      stream.end('ok');
    });
    const caller = await gate.call();
    caller.send(aGet('TE: trailers\r\n'));
    const [early, reply] = await repliesTo(caller);
    expect([statusOf(early), field(early, 'link')]).toEqual([103, '</a>']);
    expect([reply?.body, reply?.trailers]).toEqual(['ok', 'x-sum: 9\r\n']);
  });

  it.each([
    [http2.constants.NGHTTP2_INTERNAL_ERROR, 'an error'],
    [http2.constants.NGHTTP2_NO_ERROR, 'no error'],
  ])('a reply that is reset with code %i, %s, never looks whole', async (code) => {
    const { gate, upstream } = await gateWith(
      (peer) => {
        peer.socket.once('data', () => {
          peer.send(frames.settings(), frames.settingsAck());
          peer.send(frames.headers(1, frames.block([[':status', '200']])), frames.data(1, 'half'));
        });
      },
      { http2: 'h2' },
    );
    const caller = await gate.call();
    caller.send(aGet());
    await caller.hears('half');
    upstream.peers[0]?.send(frames.reset(1, code));
    expect(await caller.farewell()).not.toContain('0\r\n\r\n');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  it('a length that is not kept is a broken reply', async () => {
    const { gate } = await gateWith(
      (peer) => {
        peer.socket.once('data', () => {
          peer.send(frames.settings(), frames.settingsAck());
          const head = frames.block([
            [':status', '200'],
            ['content-length', '9'],
          ]);
          peer.send(frames.headers(1, head), frames.data(1, 'half', frames.END_STREAM));
        });
      },
      { http2: 'h2' },
    );
    const caller = await gate.call();
    caller.send(aGet());
    await caller.farewell();
    expect(gate.outcomes).toMatchObject([{ code: 'upstream.broken' }]);
  });

  it('sends a request again that the upstream has refused, whatever its method', async () => {
    let count = 0;
    const { gate } = await gateToHttp2((stream, headers) => {
      if (count++ === 0) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else echo(stream, headers);
    });
    const { status, body } = await asked(gate, aPost('Content-Length: 4\r\n', 'body'));
    expect([count, status, body]).toEqual([2, 200, 'body']);
  });

  it('answers 503 when it is refused again and again', async () => {
    let count = 0;
    const { gate } = await gateToHttp2((stream) => {
      count++;
      stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    });
    expect((await asked(gate, aGet())).status).toBe(503);
    expect(count).toBe(3);
  });

  it('opens another session after GOAWAY, and sends what was not dealt with again', async () => {
    const { gate, upstream } = await gateWith(
      (peer, index) => {
        peer.socket.once('data', () => {
          peer.send(frames.settings(), frames.settingsAck());
          if (index === 0) peer.send(frames.goaway(0, 0));
          else peer.send(frames.headers(1, frames.block([[':status', '204']]), frames.END_HEADERS + frames.END_STREAM));
        });
      },
      { http2: 'h2' },
    );
    const { status } = await asked(gate, aPost('Content-Length: 4\r\n', 'body'));
    expect([status, upstream.peers.length]).toEqual([204, 2]);
  });

  it('gives up a stream of a session that is going away and breaks, though its upstream stays', async () => {
    const { gate, upstream } = await gateWith(
      (peer) => {
        peer.socket.once('data', () =>
          peer.send(frames.settings(), frames.settingsAck(), frames.goaway(1, 0), frames.data(0, 'x')),
        );
      },
      { http2: 'h2', timeouts: { firstByteMs: 1000 }, virtualTime: true },
    );
    const going = asked(gate, aGet());
    await (await upstream.peer()).hearsBytes(100);
    const said = (): string => upstream.peers[0]?.received.slice(frames.preface.length) ?? '';
    await until(() => frames.goaways(said()).length > 0, 'our GOAWAY');
    gate.advance(1100);
    expect((await going).status).toBe(504);
    await until(() => gate.pool.size === 0, 'an empty pool');
  });

  it('sends an idempotent request again whose kept session has died, and no other', async () => {
    let count = 0;
    const { gate } = await gateToHttp2((stream, headers) => {
      if (++count === 2 || count === 4) stream.session?.destroy();
      else echo(stream, headers);
    });
    expect((await asked(gate, aGet())).status).toBe(200);
    expect((await asked(gate, aGet())).status).toBe(200);
    expect((await asked(gate, aPost('Content-Length: 4\r\n', 'body'))).status).toBe(502);
    expect(count).toBe(4);
  });

  it('aborts the stream when the caller leaves, and keeps the session', async () => {
    const closed: number[] = [];
    const { gate, sessions } = await gateToHttp2((stream, { ':path': path }) => {
      stream.on('close', () => closed.push(stream.rstCode ?? -1));
      if (path !== '/x') stream.respond({ ':status': 204 }, { endStream: true });
    });
    const caller = await gate.call();
    caller.send(aGet());
    await until(() => sessions.length === 1, 'a session');
    caller.reset();
    await until(() => closed.length === 1, 'the end of the stream');
    expect(closed).toEqual([http2.constants.NGHTTP2_CANCEL]);
    expect((await asked(gate, aGet('', 'GET /other HTTP/1.1'))).status).toBe(204);
    expect(sessions).toHaveLength(1);
  });

  it('a request whose body breaks off is reset, and never ends', async () => {
    let ended = false;
    let code = 0;
    const { gate } = await gateToHttp2((stream) => {
      stream.on('end', () => (ended = !stream.closed));
      stream.on('close', () => (code = stream.rstCode ?? 0));
      stream.resume();
    });
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 9\r\n', 'half'));
    await until(() => gate.exchanges.length === 1, 'an exchange');
    caller.end();
    await until(() => code !== 0, 'the end of the stream');
    expect([ended, code]).toEqual([false, http2.constants.NGHTTP2_CANCEL]);
  });

  it('gives up a stream without an answer, and a session that answers no ping', async () => {
    const { gate, upstream } = await gateWith(
      (peer) => {
        peer.socket.once('data', () => peer.send(frames.settings(), frames.settingsAck()));
      },
      { http2: 'h2', timeouts: { firstByteMs: 1000 }, virtualTime: true },
    );
    const going = asked(gate, aGet());
    await (await upstream.peer()).hearsBytes(100);
    gate.advance(1100);
    expect((await going).status).toBe(504);
    gate.advance(5100);
    await until(() => upstream.peers[0]?.closed === true, 'the end of the session');
  });

  it('answers 502 where nobody listens', async () => {
    const server = net.createServer();
    const gate = await gateTo(server, { http2: 'h2' });
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    expect((await asked(gate, aGet())).status).toBe(502);
  });

  it('closes a session that is idle for a minute', async () => {
    const { gate, sessions } = await gateToHttp2(echo, { virtualTime: true });
    await asked(gate, aGet());
    const [session] = sessions;
    if (session === undefined) throw new Error('no session');
    const closed = once(session, 'close');
    gate.advance(61_000);
    await closed;
  });
});

/** Lets time pass for both ends: those that are asked whether they are there can answer. */
async function pass(gate: Gate, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    gate.advance(1000);
    for (let i = 0; i < 3; i++) await turn();
  }
}

describe('streams of gRPC', () => {
  it('carry trailers, te and a reply that is trailers only, by HTTP/2 on both sides', async () => {
    const seen: http2.IncomingHttpHeaders[] = [];
    const { dial } = await bothWays((stream, headers) => {
      seen.push(headers);
      const own = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5', 'grpc-message': 'no' };
      stream.respond(own, { endStream: true });
    });
    const caller = await dial();
    const fields = [
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['grpc-timeout', '1S'],
    ] as const;
    caller.send(frames.preface, frames.settings(), frames.headers(1, frames.request('POST', '/a.B/C', fields)));
    caller.send(frames.data(1, 'xxxxx', frames.END_STREAM));
    await until(() => frames.ended(caller.received, 1), 'the end of the stream');
    // One HEADERS with END_STREAM and no DATA at all.
    expect(
      frames
        .read(caller.received)
        .filter(({ stream }) => stream === 1)
        .map(({ type, flags }) => [type, flags & 1]),
    ).toEqual([[1, 1]]);
    expect(seen[0]).toMatchObject({ te: 'trailers', 'grpc-timeout': '1S', 'content-type': 'application/grpc' });
  });

  it('flow both ways at once, with silences that no body may have', async () => {
    const { connect, gate } = await bothWays(
      (stream) => {
        stream.once('data', () => {
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.on('data', (bytes: Buffer) => stream.write(`<${String(bytes)}>`));
        stream.on('end', () => stream.end());
      },
      { virtualTime: true, timeouts: { idleMs: 10_000_000 } },
    );
    const stream = connect().request({
      ':method': 'POST',
      ':path': '/a.B/C',
      te: 'trailers',
      'content-type': 'application/grpc',
    });
    let got = '';
    stream.on('data', (bytes: Buffer) => (got += String(bytes)));
    const going = heard(stream);
    await until(() => gate.exchanges.length === 1, 'an exchange');
    await pass(gate, 100_000);
    stream.write('one');
    await until(() => got === '<one>', 'the first message');
    await pass(gate, 100_000);
    stream.write('two');
    await until(() => got === '<one><two>', 'the second message');
    await pass(gate, 100_000);
    stream.end();
    const { trailers, rstCode } = await going;
    expect([trailers['grpc-status'], rstCode]).toEqual(['0', 0]);
  });
});
