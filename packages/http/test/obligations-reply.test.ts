import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, ask, distrusts, repliesTo } from './ask.ts';
import { gateWith } from './harness.ts';
import { OK, replying, replyingOnce } from './raw-upstream.ts';
import { field, statusOf } from './read-message.ts';

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

describe('trailers (RFC 9110 §6.5)', () => {
  const withTrailers = (trailers: string) => `2\r\nok\r\n0\r\n${trailers}\r\n`;
  const FORBIDDEN = [
    'Host',
    'Connection',
    'Authorization',
    'Cookie',
    'Set-Cookie',
    'Content-Type',
    'X-Forwarded-For',
    'Forwarded',
    'X-Gatehouse-Application',
    'X-Real-IP',
    'X-API-Key',
    'Via',
    'X-Request-Id',
    'Traceparent',
    'Keep-Alive',
    'Proxy-Connection',
    'HTTP2-Settings',
    'X_Sum',
  ];

  it('row 16: go upstream with the request', async () => {
    const { seen } = await ask(aPost(CHUNKED, withTrailers('X-Sum: 1\r\nGrpc-Status:0\r\n')));
    expect([seen?.body, seen?.trailers]).toEqual(['ok', 'X-Sum: 1\r\nGrpc-Status: 0\r\n']);
  });
  it('row 16: go to a caller that says TE: trailers', async () => {
    const upstream = aReply(CHUNKED, withTrailers('X-Sum: 1\r\n'));
    const asked = await ask(aGet('TE: deflate, trailers\r\nConnection: TE\r\n'), { upstream });
    expect([asked.reply?.body, asked.reply?.trailers]).toEqual(['ok', 'X-Sum: 1\r\n']);
  });
  it('row 16: do not go to a caller that does not say TE: trailers', async () => {
    const { reply } = await ask(aGet(), { upstream: aReply(CHUNKED, withTrailers('X-Sum: 1\r\n')) });
    expect([reply?.body, reply?.trailers, reply?.complete]).toEqual(['ok', '', true]);
  });
  it.each(FORBIDDEN)('row 16: never carry %s, either way', async (name) => {
    const body = withTrailers(`${name}: evil\r\nX-Sum: 1\r\n`);
    const request = aPost(`${CHUNKED}TE: trailers\r\n`, body);
    const { seen, reply } = await ask(request, { upstream: aReply(CHUNKED, body) });
    expect([seen?.trailers, reply?.trailers]).toEqual(['X-Sum: 1\r\n', 'X-Sum: 1\r\n']);
  });
  it.each([
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'A : b',
    ': b',
    'A: b\r\n c',
    'A: b\u0000',
    `A: ${'x'.repeat(9000)}`,
    Array.from({ length: 40 }, (_, i) => `a${i}: 1`).join('\r\n'),
  ])('row 16: make the message malformed when they are %j', async (trailers) => {
    const body = withTrailers(`${trailers}\r\n`);
    expect(statusOf((await ask(aPost(CHUNKED, body))).reply)).toBe(400);
    const { caller, gate } = await ask(aGet(), { upstream: aReply(CHUNKED, body) });
    expect(await caller.farewell()).not.toContain('\r\n0\r\n');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });
});

describe('interim replies (RFC 9110 §15.2)', () => {
  const interim = (status: number) =>
    `HTTP/1.1 ${status} Interim\r\nLink: </a>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n`;
  it.each([102, 103, 199])('row 24: relays %d without its one-hop fields, then the final reply', async (status) => {
    const { replies } = await ask(aGet(), { upstream: interim(status) + interim(status) + OK });
    expect(replies.map((reply) => statusOf(reply))).toEqual([status, status, 200]);
    expect(replies[0]?.fields).toEqual([['link', '</a>']]);
  });
  it('row 24: takes framing out of an interim reply', async () => {
    const upstream = `HTTP/1.1 103 Early\r\nContent-Length: 5\r\n${CHUNKED}\r\n${OK}`;
    const { replies } = await ask(aGet(), { upstream });
    expect(replies[0]?.fields).toEqual([]);
    expect(replies[1]?.body).toBe('ok');
  });
  it('row 24: does not relay the 100 of an upstream: the gate has answered the expectation itself', async () => {
    const { replies } = await ask(aGet(), { upstream: interim(100) + OK });
    expect(replies.map((reply) => statusOf(reply))).toEqual([200]);
  });
  it('row 24: relays nothing of the kind to HTTP/1.0', async () => {
    const { replies } = await ask(aGet('', 'GET /x HTTP/1.0'), { upstream: interim(103) + OK });
    expect(replies.map((reply) => statusOf(reply))).toEqual([200]);
  });
  distrusts('row 24: distrusts an upstream that never comes to the point', interim(103).repeat(9) + OK);
});

describe('replies without a body (RFC 9110 §6.4.1)', () => {
  it.each([
    ['HEAD keeps its length', 'HEAD', 'HTTP/1.1 200 OK', 'Content-Length: 123\r\n', '123'],
    ['HEAD gets no length invented', 'HEAD', 'HTTP/1.1 200 OK', '', undefined],
    ['HEAD of something chunked', 'HEAD', 'HTTP/1.1 200 OK', CHUNKED, undefined],
    ['304 keeps its length', 'GET', 'HTTP/1.1 304 Not Modified', 'Content-Length: 123\r\n', '123'],
    ['304 without a length', 'GET', 'HTTP/1.1 304 Not Modified', '', undefined],
    ['204 has no length', 'GET', 'HTTP/1.1 204 No Content', 'Content-Length: 0\r\n', undefined],
    ['204 of something chunked', 'GET', 'HTTP/1.1 204 No Content', CHUNKED, undefined],
  ])('row 28: %s, and the connections are kept', async (_name, method, status, fields, length) => {
    const { gate, upstream } = await gateWith(replying(aReply(fields, '', status)));
    const caller = await gate.call();
    for (const count of [1, 2]) {
      caller.send(aGet('', `${method} /x HTTP/1.1`));
      const got = await repliesTo(caller, method, count);
      expect(field(got.at(-1), 'content-length')).toBe(length);
      expect(field(got.at(-1), 'transfer-encoding')).toBe(undefined);
    }
    expect(upstream.peers).toHaveLength(1);
  });
  it.each([
    ['HEAD', 'HTTP/1.1 200 OK', 'Content-Length: 5\r\n', 'hello'],
    ['HEAD', 'HTTP/1.1 200 OK', CHUNKED, '5\r\nhello\r\n0\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK', 'Content-Length: 38\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content', 'Content-Length: 5\r\n', 'hello'],
    ['GET', 'HTTP/1.1 304 Not Modified', 'Content-Length: 5\r\n', 'hello'],
  ])(
    'row 28: body bytes behind a reply to %s with %s never reach a caller, and their connection is closed',
    async (...row) => {
      const [method, status, fields, body] = row;
      const { gate, upstream } = await gateWith((peer, index) =>
        replying(index === 0 ? aReply(fields, body, status) : aReply('X-Second: 1\r\n', '', status))(peer, index),
      );
      const caller = await gate.call();
      caller.send(aGet('', `${method} /x HTTP/1.1`));
      await repliesTo(caller, method, 1);
      await (await upstream.peer()).farewell();
      caller.send(aGet('', `${method} /x HTTP/1.1`));
      const [, second] = await repliesTo(caller, method, 2);
      expect([statusOf(second), field(second, 'x-second'), second?.rest]).toEqual([
        Number(status.slice(9, 12)),
        '1',
        '',
      ]);
      expect(upstream.peers).toHaveLength(2);
    },
  );
});

describe('replies that break off (RFC 9112 §8)', () => {
  const CUT = [
    ['a length', aReply('Content-Length: 10\r\n', 'abc')],
    ['10 GB announced', aReply('Content-Length: 10737418240\r\n', 'abc')],
    ['chunks, in the data', aReply(CHUNKED, '5\r\nabc')],
    ['chunks, between two', aReply(CHUNKED, '3\r\nabc\r\n')],
    ['chunks, before the last CRLF', aReply(CHUNKED, '3\r\nabc\r\n0\r\n')],
    ['chunks, in the trailers', aReply(CHUNKED, '3\r\nabc\r\n0\r\nX-Sum: 1\r\n')],
  ] as const;
  it.each(CUT)('row 41: %s: the caller sees that it is not the whole', async (_name, upstream) => {
    const { reply, caller, gate } = await ask(aGet(), { upstream: replyingOnce(upstream) });
    await caller.farewell();
    expect([reply?.body, reply?.complete]).toEqual(['abc', false]);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken', bytesOut: 3 }]);
  });
  it.each(CUT)('row 41: %s: a caller of HTTP/1.0 sees it too', async (_name, upstream) => {
    const { caller } = await ask(aGet('', 'GET /x HTTP/1.0'), { upstream: replyingOnce(upstream) });
    const text = await caller.farewell();
    // Without a length the end of the connection is the end of the reply: only a reset tells the two apart.
    if (!/content-length/i.test(text)) expect(caller.error).toBe('ECONNRESET');
    else expect(text.length).toBeLessThan(text.indexOf('\r\n\r\n') + 4 + 10);
  });
  it('row 41: a reply that ends with its connection is broken when that is reset', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send('HTTP/1.1 200 OK\r\n\r\nabc');
    await caller.hears('abc');
    peer.reset();
    expect(await caller.farewell()).not.toMatch(/0\r\n\r\n$/);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });
});

describe('replies that are none (RFC 9110 §15.6.3)', () => {
  for (const text of [
    'hello\r\n\r\n',
    'HTTP/2.0 200 OK\r\n\r\n',
    'HTTP/1.2 200 OK\r\n\r\n',
    'HTTP/1.1 2x0 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 099 OK\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1200 OK\r\n\r\n',
    '\r\nHTTP/1.1 200 OK\r\n\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  ]) {
    distrusts(`row 42: answers 502 to ${JSON.stringify(text)}`, text);
  }
  distrusts('row 42: answers 502 to nothing at all', (peer) => peer.end());
  distrusts('row 42: answers 502 to half a head', replyingOnce('HTTP/1.1 200 OK\r\nContent-Le'));
  distrusts('row 42: answers 502 to a reset', (peer) => peer.socket.once('data', () => peer.reset()));
  it.each(['HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.0 200 OK', 'HTTP/1.1 299 Caf\u00e9 & more', 'HTTP/1.1 999 X'])(
    'row 42: takes the status line %s',
    async (line) => {
      const { reply } = await ask(aGet(), { upstream: aReply('Content-Length: 2\r\n', 'ok', line) });
      expect([statusOf(reply), reply?.body]).toEqual([Number(line.slice(9, 12)), 'ok']);
      expect(reply?.start.slice(13)).toBe(line.slice(13));
    },
  );
});

describe('Date (RFC 9110 §6.6.1)', () => {
  it('row 47: keeps the date of the upstream', async () => {
    const { reply } = await ask(aGet(), {
      upstream: aReply('Date: Tue, 01 Sep 2026 00:00:00 GMT\r\nContent-Length: 0\r\n'),
    });
    expect(field(reply, 'date')).toBe('Tue, 01 Sep 2026 00:00:00 GMT');
  });
});
