import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith, type GateOptions } from './harness.ts';
import { until } from './peer.ts';
import { OK, onRequests, replying, requestsOf, type OnPeer } from './raw-upstream.ts';
import { statusOf } from './read-message.ts';

interface Turns {
  readonly count?: number;
  readonly request?: string;
  readonly options?: GateOptions;
}

/** `count` requests, one after another over one connection; tells how many connections the upstream saw. */
async function inTurn(onPeer: OnPeer, { count = 10, request = aGet(), options = {} }: Turns = {}) {
  const { gate, upstream } = await gateWith(onPeer, options);
  const caller = await gate.call();
  for (let i = 1; i <= count; i++) {
    caller.send(request);
    await repliesTo(caller, 'GET', i);
  }
  return { connections: upstream.peers.length, statuses: gate.outcomes.map(({ status }) => status), gate, upstream };
}

describe('connections to an upstream', () => {
  it('serve one request after another', async () => {
    expect((await inTurn(replying(OK), { count: 50 })).connections).toBe(1);
  });
  it('serve requests with bodies, by length and in chunks, one after another', async () => {
    const request = aPost('Content-Length: 2\r\n', 'hi');
    const { connections, upstream } = await inTurn(replying(OK), { request });
    expect([connections, upstream.requests.map(({ body }) => body)]).toEqual([
      1,
      Array.from({ length: 10 }, () => 'hi'),
    ]);
  });
  it.each([
    ['a length', OK, 1],
    ['an empty body', aReply('Content-Length: 0\r\n'), 1],
    ['chunks', aReply('Transfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n'), 1],
    ['trailers', aReply('Transfer-Encoding: chunked\r\n', '0\r\nX-Sum: 1\r\n\r\n'), 1],
    ['HTTP/1.0 that keeps', aReply('Content-Length: 2\r\nConnection: keep-alive\r\n', 'ok', 'HTTP/1.0 200 OK'), 1],
    ['HTTP/1.0', aReply('Content-Length: 2\r\n', 'ok', 'HTTP/1.0 200 OK'), 3],
    ['a word that it closes', aReply('Content-Length: 2\r\nConnection: Close\r\n', 'ok'), 3],
    ['surplus bytes', `${OK}!`, 3],
  ])('after a reply with %s', async (_name, reply, connections) => {
    const turns = await inTurn(replying(reply), { count: 3 });
    expect([turns.connections, turns.statuses]).toEqual([connections, [200, 200, 200]]);
  });
  it('are one for each request under way', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const callers = await Promise.all(Array.from({ length: 5 }, async () => gate.call()));
    for (const caller of callers) caller.send(aGet());
    await until(() => upstream.requests.length === 5, 'five requests');
    expect(upstream.peers).toHaveLength(5);
    for (const peer of upstream.peers) peer.send(OK);
    await gate.quiet();
    for (const caller of callers) caller.send(aGet());
    await until(() => upstream.requests.length === 10, 'five more');
    expect(upstream.peers.map((peer) => requestsOf(peer).length)).toEqual([2, 2, 2, 2, 2]);
  });
  it('are used last in, first out, so that few stay warm', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const [first, second] = [await gate.call(), await gate.call()];
    first.send(aGet());
    await (await upstream.peer(0)).hears('GET');
    second.send(aGet());
    await (await upstream.peer(1)).hears('GET');
    for (const [peer, caller] of [
      [upstream.peers[1], second],
      [upstream.peers[0], first],
    ] as const) {
      peer?.send(OK);
      await caller.hears('ok');
    }
    second.send(aGet());
    await until(() => upstream.requests.length === 3, 'the third request');
    expect(upstream.peers.map((peer) => requestsOf(peer).length)).toEqual([2, 1]);
  });
  it('are not trusted any more once they have been idle too long', async () => {
    const { gate, upstream } = await gateWith(replying(OK), { virtualTime: true, poolIdleMs: 1000 });
    const caller = await gate.call();
    caller.send(aGet());
    await repliesTo(caller);
    gate.advance(900);
    caller.send(aGet());
    await repliesTo(caller, 'GET', 2);
    expect(upstream.peers).toHaveLength(1);
    gate.advance(1000);
    caller.send(aPost(''));
    await repliesTo(caller, 'GET', 3);
    expect(upstream.peers).toHaveLength(2);
    await upstream.peers[0]?.farewell();
  });
  it('that the upstream has closed while idle are not used', async () => {
    const { gate, upstream } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(aGet());
    await repliesTo(caller);
    upstream.peers[0]?.end();
    await upstream.peers[0]?.farewell();
    caller.send(aPost(''));
    expect((await repliesTo(caller, 'GET', 2)).map((reply) => statusOf(reply))).toEqual([200, 200]);
    expect(gate.outcomes[1]?.attempts).toBe(1);
  });
  it('close with their pool once they are idle', async () => {
    const { gate, upstream } = await gateWith((peer) => onRequests(peer, () => {}));
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('GET');
    gate.pool.close();
    peer.send(OK);
    await repliesTo(caller);
    await peer.farewell();
    expect(gate.pool.size).toBe(0);
  });
});

describe('a retry that the host allows', () => {
  it.each([429, 502, 503])('takes the place of a %d, whose rest is never read', async (status) => {
    const busy = aReply('Content-Length: 5\r\n', 'busy!', `HTTP/1.1 ${status} Busy`);
    const { statuses, connections, gate } = await inTurn(
      (peer, index) => replying(index === 0 ? busy : OK)(peer, index),
      {
        count: 1,
        options: { retries: 1 },
      },
    );
    expect([statuses, connections]).toEqual([[200], 2]);
    expect(gate.exchanges[0]?.legResults).toMatchObject([
      { kind: 'reply', status },
      { kind: 'reply', status: 200 },
    ]);
  });
  it('lets the last answer stand', async () => {
    const busy = aReply('Retry-After: 7\r\nContent-Length: 0\r\n', '', 'HTTP/1.1 503 Busy');
    const { statuses, gate } = await inTurn(replying(busy), { count: 1, options: { retries: 2 } });
    expect([statuses, gate.outcomes[0]?.attempts]).toEqual([[503], 3]);
    expect(gate.exchanges[0]?.legResults.at(-1)).toEqual({ kind: 'reply', status: 503, retryAfter: '7' });
  });
});
