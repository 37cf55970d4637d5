import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, ask, refuses, repliesTo } from './ask.ts';
import { gateWith } from './harness.ts';
import { OK, onRequests, replying } from './raw-upstream.ts';
import { field, statusOf } from './read-message.ts';

describe('Expect: 100-continue (RFC 9110 §10.1.1)', () => {
  const waiting = (length: number) => aPost(`Expect: 100-continue\r\nContent-Length: ${length}\r\n`);
  it('row 23: the gate answers 100 once the upstream is there, and keeps the expectation to itself', async () => {
    const { gate, upstream } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(waiting(2));
    await caller.hears('HTTP/1.1 100 Continue\r\n\r\n');
    expect(upstream.peers).toHaveLength(1);
    caller.send('hi');
    const replies = await repliesTo(caller, 'POST');
    expect(replies.map((each) => statusOf(each))).toEqual([100, 200]);
    expect([upstream.requests[0]?.body, field(upstream.requests[0], 'expect')]).toEqual(['hi', undefined]);
  });
  it('row 23: a refusal before the body asks for no body', async () => {
    const { replies, caller } = await ask(waiting(2), {
      ready: ({ forward }) => forward.refuse({ code: 'auth.missing', detail: 'who are you?' }),
    });
    await caller.farewell();
    expect(replies.map((each) => statusOf(each))).toEqual([401]);
  });
  it('row 23: a length beyond the limit is refused before the body, and before any upstream hears of it', async () => {
    const { replies, upstream } = await ask(waiting(11), { bodyBytesMax: 10 });
    expect(replies.map((each) => statusOf(each))).toEqual([413]);
    expect(upstream.peers).toHaveLength(0);
  });
  it('row 23: an upstream that cannot be reached is told of without a 100', async () => {
    const { gate } = await gateWith(() => {}, { connectionsMax: 0 });
    const caller = await gate.call();
    caller.send(waiting(2));
    expect((await repliesTo(caller, 'POST')).map((each) => statusOf(each))).toEqual([503]);
  });
  it('row 23: HTTP/1.0 is never told 100', async () => {
    const request = `${aGet('Content-Length: 2\r\nExpect: 100-continue\r\n', 'POST /x HTTP/1.0')}hi`;
    const { replies, seen } = await ask(request);
    expect([replies.map((each) => statusOf(each)), seen?.body]).toEqual([[200], 'hi']);
  });
  it('row 23: without a body nobody waits for a 100', async () => {
    expect((await ask(aGet('Expect: 100-continue\r\n'))).replies.map((each) => statusOf(each))).toEqual([200]);
  });
  for (const value of ['magic', '100-continue, magic', '100-continue;q=1', '']) {
    refuses(`row 23: answers 417 to the expectation "${value}"`, aGet(`Expect: ${value}\r\n`), 417);
  }
});

describe('requests whose body has no meaning (RFC 9110 §9.3.1)', () => {
  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('row 29: the body of %s goes with its length', async (method) => {
    const { seen } = await ask(`${aGet('Content-Length: 2\r\n', `${method} /x HTTP/1.1`)}hi`);
    expect([seen?.start, field(seen, 'content-length'), seen?.body]).toEqual([`${method} /x HTTP/1.1`, '2', 'hi']);
  });
  it('row 29: the chunked body of GET goes in chunks', async () => {
    const { seen } = await ask(`${aGet('Transfer-Encoding: chunked\r\n')}2\r\nhi\r\n0\r\n\r\n`);
    expect([field(seen, 'transfer-encoding'), seen?.body, seen?.complete]).toEqual(['chunked', 'hi', true]);
  });
  it('row 29: a POST without a body gets no framing invented', async () => {
    const { seen } = await ask(aPost(''));
    expect(seen?.fields.map(([name]) => name)).toEqual(['host', 'via']);
  });
});

describe('bodies that nobody reads (RFC 9112 §9.3)', () => {
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  it('row 30: an answer that leaves the body unread closes, and the body is no request', async () => {
    const { gate } = await gateWith(replying(OK), {
      ready: ({ forward }) => forward.answer({ status: 200, message: OK }, undefined),
    });
    const caller = await gate.call();
    caller.send(aPost(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED));
    expect(await caller.farewell()).toBe(OK);
    expect(gate.exchanges.map(({ target }) => target)).toEqual(['/x']);
  });
  it('row 30: an answer to a request whose body is empty keeps the connection', async () => {
    const { gate } = await gateWith(replying(OK), {
      ready: ({ forward }) => forward.answer({ status: 200, message: OK }, undefined),
    });
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 0\r\n') + SMUGGLED);
    await repliesTo(caller, 'POST', 2);
    expect(gate.exchanges.map(({ target }) => target)).toEqual(['/x', '/smuggled']);
  });
  it('row 30: a reply before the body is complete says close, and what is left of the body is no request', async () => {
    const { gate, upstream } = await gateWith((peer) => peer.socket.once('data', () => peer.send(OK)));
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 100\r\n', 'first'));
    const [early] = await repliesTo(caller, 'POST');
    expect([statusOf(early), field(early, 'connection'), early?.body]).toEqual([200, 'close', 'ok']);
    caller.send(SMUGGLED);
    await caller.farewell();
    expect(gate.exchanges).toHaveLength(1);
    await (await upstream.peer()).farewell();
    expect(gate.pool.size).toBe(0);
  });
});

describe('repeating a request (RFC 9110 §9.2.2, RFC 9112 §9.3.1)', () => {
  /** Answers the first request of a connection, and breaks off at the second. */
  const dying = (spoken: string) =>
    gateWith((peer, index) =>
      onRequests(peer, (request, count) => {
        if (index > 0 || count === 1)
          peer.send(request.start.startsWith('HEAD') ? aReply('Content-Length: 2\r\n') : OK);
        else {
          peer.send(spoken);
          peer.end();
        }
      }),
    );
  const BODY = 'Content-Length: 2\r\n';
  it.each([
    ['GET', aGet(), '', 200, 2],
    ['HEAD', aGet('', 'HEAD /x HTTP/1.1'), '', 200, 2],
    ['DELETE with a small body', `${aGet(BODY, 'DELETE /x HTTP/1.1')}hi`, '', 200, 2],
    ['PUT with a small body', `${aGet(BODY, 'PUT /x HTTP/1.1')}hi`, '', 200, 2],
    [
      'PUT with a body that was not kept',
      `${aGet('Content-Length: 2000\r\n', 'PUT /x HTTP/1.1')}${'x'.repeat(2000)}`,
      '',
      502,
      1,
    ],
    ['POST', aPost(BODY, 'hi'), '', 502, 1],
    ['PATCH', `${aGet(BODY, 'PATCH /x HTTP/1.1')}hi`, '', 502, 1],
    ['FOO', aGet('', 'FOO /x HTTP/1.1'), '', 502, 1],
    ['GET after a part of the reply', aGet(), 'HTTP/1.1 200 OK\r\nContent-', 502, 1],
    ['GET after an interim reply', aGet(), 'HTTP/1.1 103 Early\r\n\r\n', 502, 1],
  ])('row 39: on a kept connection that breaks: %s', async (_name, request, spoken, status, attempts) => {
    const { gate, upstream } = await dying(spoken);
    const caller = await gate.call();
    const method = request.slice(0, request.indexOf(' '));
    caller.send(aGet('', `${method} /first HTTP/1.1`));
    await repliesTo(caller, method);
    caller.send(request);
    const replies = await repliesTo(caller, method, 2);
    expect(statusOf(replies.at(-1))).toBe(status);
    expect(gate.outcomes[1]).toMatchObject({ status, attempts });
    expect(upstream.requests).toHaveLength(attempts + 1);
    expect(upstream.requests.at(-1)?.body).toBe(upstream.requests.at(attempts === 2 ? -2 : -1)?.body);
  });
  it('row 39: a new connection that breaks is no reason to ask again', async () => {
    const { reply, upstream } = await ask(aGet(), { upstream: (peer) => peer.socket.once('data', () => peer.end()) });
    expect([statusOf(reply), upstream.peers.length]).toEqual([502, 1]);
  });
  it('row 39: nothing is repeated once a part of the reply has gone out', async () => {
    const { caller, gate, upstream } = await ask(aGet(), {
      retries: 3,
      upstream: (peer) =>
        peer.socket.once('data', () => {
          peer.send(aReply('Content-Length: 5\r\n', 'abc'));
          peer.end();
        }),
    });
    expect(await caller.farewell()).toMatch(/abc$/);
    expect([gate.outcomes[0]?.attempts, upstream.peers.length]).toEqual([1, 1]);
  });
});

describe('bytes that nobody asked for (RFC 9112 §9.2)', () => {
  const EVIL = 'HTTP/1.1 200 OK\r\nX-Evil: 1\r\nContent-Length: 0\r\n\r\n';
  it('row 40: an idle connection that speaks is destroyed, and the next request gets another', async () => {
    const { gate, upstream } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(aGet());
    await repliesTo(caller);
    const peer = await upstream.peer();
    peer.send(EVIL);
    await peer.farewell();
    caller.send(aGet());
    const [, second] = await repliesTo(caller, 'GET', 2);
    expect([field(second, 'x-evil'), second?.body, upstream.peers.length]).toEqual([undefined, 'ok', 2]);
  });
  it('row 40: a reply with more behind it answers one request only', async () => {
    const { gate, upstream } = await gateWith((peer, index) => replying(index === 0 ? OK + EVIL : OK)(peer, index));
    const caller = await gate.call();
    caller.send(aGet() + aPost(''));
    const replies = await repliesTo(caller, 'GET', 2);
    expect(replies.map((each) => [statusOf(each), field(each, 'x-evil')])).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    expect(upstream.peers).toHaveLength(2);
  });
  it('row 40: a connection that has just been destroyed is given to nobody, not even in the same turn', async () => {
    const { gate, upstream } = await gateWith(replying(OK + EVIL));
    const taken: boolean[] = [];
    const caller = await gate.call();
    caller.send(aPost(''));
    const peer = await upstream.peer();
    const first = gate.exchanges[0]?.forward;
    if (first === undefined) throw new Error('no exchange');
    // Comes last in the read that brought the surplus, long before the socket says that it has closed.
    const settled = first.onSettled.bind(first);
    first.onSettled = () => {
      settled();
      const next = gate.pool.take();
      taken.push(next?.uses === 0);
      next?.destroy();
    };
    await peer.farewell();
    expect(taken).toContain(true);
    expect(taken.at(-1)).toBe(true);
  });
});
