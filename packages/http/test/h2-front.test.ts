import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, expect, it } from 'vitest';
import { http2GateWith, heard } from './h2-harness.ts';
import * as frames from './h2-frames.ts';
import { until } from './peer.ts';
import { OK, replying, requestsOf } from './raw-upstream.ts';
import { field } from './read-message.ts';

describe('HTTP/2 from callers', () => {
  it('forwards a request and its reply, many at once over one session', async () => {
    const { connect, upstream, gate } = await http2GateWith(replying(OK));
    const client = connect();
    const replies = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => heard(client.request({ ':path': `/a${i}?b=1`, 'x-one': '1' }))),
    );
    for (const reply of replies) {
      expect(reply).toMatchObject({ headers: { ':status': 200, 'x-request-id': 'r1' }, rstCode: 0 });
      expect(String(reply.body)).toBe('ok');
    }
    expect(upstream.requests.map(({ start }) => start).toSorted()).toContain('GET /a7?b=1 HTTP/1.1');
    expect(gate.outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('joins the crumbs of a cookie, and sends authority as Host', async () => {
    const { connect, upstream, gate } = await http2GateWith(replying(OK));
    await heard(connect().request([':path', '/', ':authority', 'A.example:80', 'cookie', 'a=1', 'cookie', 'b=2']));
    expect(field(upstream.requests[0], 'cookie')).toBe('a=1; b=2');
    expect(gate.exchanges[0]?.caller.head.authority).toBe('a.example:80');
  });

  it('forwards a body without a length in chunks, and one with a length as it is', async () => {
    const { connect, upstream } = await http2GateWith(replying(OK));
    const client = connect();
    const open = client.request({ ':method': 'POST', ':path': '/open' });
    open.write('one');
    open.end('two');
    await heard(open);
    const sized = client.request({ ':method': 'POST', ':path': '/sized', 'content-length': '6' });
    sized.end('onetwo');
    await heard(sized);
    expect(upstream.requests.map((each) => [field(each, 'content-length'), field(each, 'transfer-encoding')])).toEqual([
      [undefined, 'chunked'],
      ['6', undefined],
    ]);
    expect(upstream.requests.map(({ body }) => body)).toEqual(['onetwo', 'onetwo']);
  });

  it('relays a large body both ways under back-pressure', async () => {
    const size = 3_000_000;
    const { connect, gate } = await http2GateWith((peer) => {
      peer.socket.on('data', () => {
        const [request] = requestsOf(peer);
        if (request?.complete !== true) return;
        peer.send(`HTTP/1.1 200 OK\r\ncontent-length: ${request.body.length}\r\n\r\n`);
        peer.send(request.body);
      });
    });
    const stream = connect().request({ ':method': 'POST', ':path': '/', 'content-length': `${size}` });
    const sent = Buffer.alloc(size, 'abcdefghijklmnopqrstuvw');
    stream.end(sent);
    const reply = await heard(stream);
    expect(reply.body.equals(sent)).toBe(true);
    expect(gate.outcomes).toMatchObject([{ status: 200, bytesIn: size, bytesOut: size }]);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n', { ':status': 200, 'content-length': '7' }],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', { ':status': 204 }],
    ['GET', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\netag: "a"\r\n\r\n', { ':status': 304, etag: '"a"' }],
  ])('%s answered %j has no body', async (method, reply, headers) => {
    const { connect } = await http2GateWith(replying(reply));
    const got = await heard(connect().request({ ':method': method, ':path': '/' }));
    expect(got).toMatchObject({ headers, rstCode: 0 });
    expect(got.body).toHaveLength(0);
  });

  it('leaves out what belongs to a connection, and keeps every Set-Cookie apart', async () => {
    const { connect } = await http2GateWith(
      replying(
        'HTTP/1.1 200 OK\r\nConnection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\ncontent-length: 0\r\n\r\n',
      ),
    );
    const { headers } = await heard(connect().request({ ':path': '/' }));
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect([headers['x-hop'], headers.connection, headers['keep-alive']]).toEqual([undefined, undefined, undefined]);
  });

  it('relays trailers both ways, those of a reply to callers that take them', async () => {
    const reply =
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 9\r\nset-cookie: no\r\n\r\n';
    const { connect, upstream } = await http2GateWith(replying(reply));
    const client = connect();
    const stream = client.request({ ':method': 'POST', ':path': '/', te: 'trailers' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-up': '1', authorization: 'no' }));
    stream.end('body');
    const got = await heard(stream);
    expect(got).toMatchObject({ headers: { ':status': 200 }, rstCode: 0 });
    expect(Object.entries(got.trailers)).toEqual([['x-sum', '9']]);
    expect(upstream.peers[0]?.received).toMatch(/0\r\nx-up: 1\r\n\r\n$/);
    expect(Object.entries((await heard(client.request({ ':path': '/' }))).trailers)).toEqual([]);
  });

  it('relays interim replies, and asks for a body that waits for 100', async () => {
    const { connect, upstream } = await http2GateWith(
      replying('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    );
    const stream = connect().request({ ':method': 'POST', ':path': '/', expect: '100-continue' });
    const going = heard(stream);
    await once(stream, 'continue');
    stream.end('body');
    const { interim, headers } = await going;
    expect(headers[':status']).toBe(200);
    expect(interim.map((each) => [each[':status'], each['link']])).toEqual([
      [100, undefined],
      [103, '</a>'],
    ]);
    expect(upstream.requests[0]?.body).toBe('body');
  });

  it.each([
    ['content-length: 9\r\n\r\nsome', 'the length is not reached'],
    ['transfer-encoding: chunked\r\n\r\n4\r\nsome\r\n', 'the last chunk is missing'],
  ])('never lets a reply look whole of which %j is all (%s)', async (rest) => {
    const { connect, gate } = await http2GateWith((peer) => {
      peer.socket.once('data', () => {
        peer.send(`HTTP/1.1 200 OK\r\n${rest}`);
        setImmediate(() => peer.end());
      });
    });
    const stream = connect().request({ ':path': '/' });
    let ended = false;
    stream.on('end', () => (ended = stream.rstCode === 0));
    const got = await heard(stream);
    expect(got).toMatchObject({ headers: { ':status': 200 }, rstCode: http2.constants.NGHTTP2_INTERNAL_ERROR });
    expect(ended).toBe(false);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  it('aborts the upstream when the caller resets its stream, and keeps the session', async () => {
    const { connect, upstream, gate } = await http2GateWith(() => {});
    const client = connect();
    const stream = client.request({ ':path': '/' });
    stream.on('error', () => {});
    await (await upstream.peer()).hears('\r\n\r\n');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ status: 0, code: 'request.cancelled' }]);
    await until(() => upstream.peers[0]?.closed === true, 'the end of the upstream connection');
    expect(client.destroyed).toBe(false);
  });

  it.each([0, 8])('a body that is reset with code %i is no whole body', async (code) => {
    const { dial, upstream, gate } = await http2GateWith(() => {});
    const caller = await dial();
    caller.send(frames.preface, frames.settings(), frames.headers(1, frames.request('POST', '/')));
    caller.send(frames.data(1, 'half'));
    await (await upstream.peer()).hears('half');
    caller.send(frames.reset(1, code));
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ code: 'request.cancelled' }]);
    expect(upstream.peers[0]?.received).not.toContain('\r\n0\r\n');
  });

  it('answers before the body has ended, and asks for no more of it', async () => {
    const { connect } = await http2GateWith(
      (peer) => {
        peer.socket.once('data', () => peer.send('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno'));
      },
      { limits: { lingerMs: 10 } },
    );
    const stream = connect().request({ ':method': 'POST', ':path': '/' });
    stream.write('some');
    const got = await heard(stream);
    expect(got).toMatchObject({ headers: { ':status': 403 }, rstCode: 0 });
    expect(String(got.body)).toBe('no');
  });

  it('refuses what has no place, in the words of the gate', async () => {
    const { connect, gate } = await http2GateWith(replying(OK), { limits: { headBytesMax: 2000 } });
    const client = connect();
    const status = async (headers: http2.OutgoingHttpHeaders): Promise<unknown> =>
      (await heard(client.request(headers))).headers[':status'];
    expect(await status({ ':path': '/', 'x-long': 'x'.repeat(2500) })).toBe(431);
    expect(await status({ ':path': '/', te: 'trailers', 'x-one': '1' })).toBe(200);
    expect(await status({ ':method': 'CONNECT', ':authority': 'a:1' })).toBe(501);
    expect(gate.refused).toEqual(['request.head_too_large', 'request.method_unsupported']);
  });

  it('drains: streams under way are answered, then the session ends', async () => {
    const { connect, upstream, sessions } = await http2GateWith(() => {});
    const client = connect();
    const stream = client.request({ ':path': '/' });
    const going = heard(stream);
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    sessions[0]?.drain();
    await once(client, 'goaway');
    peer.send(OK);
    expect((await going).headers[':status']).toBe(200);
    await once(client, 'close');
  });

  it('cuts: streams under way are reset', async () => {
    const { connect, upstream, sessions, gate } = await http2GateWith(() => {});
    const client = connect();
    const going = heard(client.request({ ':path': '/' }));
    await (await upstream.peer()).hears('\r\n\r\n');
    sessions[0]?.cut('gateway.draining');
    expect((await going).headers[':status']).toBeUndefined();
    expect(gate.outcomes).toMatchObject([{ code: 'gateway.draining' }]);
  });

  it('closes a session without streams after a while, and one that never says a word', async () => {
    const { connect, dial, gate, sessions } = await http2GateWith(replying(OK), { virtualTime: true });
    const client = connect();
    await heard(client.request({ ':path': '/' }));
    const mute = await dial();
    await until(() => sessions.length === 2, 'both sessions');
    gate.advance(11_000);
    await mute.farewell();
    expect(client.destroyed).toBe(false);
    gate.advance(80_000);
    await once(client, 'close');
  });
});
