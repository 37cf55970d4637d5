import { expect, describe, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith, type GateOptions } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK, replying, type OnPeer } from './raw-upstream.ts';
import { field, statusOf } from './read-message.ts';

const TIMEOUTS = { connectMs: 1000, firstByteMs: 3000, idleMs: 2000 };

async function slow(onPeer: OnPeer = () => {}, options: GateOptions = {}) {
  const { gate, upstream } = await gateWith(onPeer, { virtualTime: true, timeouts: TIMEOUTS, ...options });
  return { gate, upstream, caller: await gate.call() };
}

describe('an upstream that takes its time', () => {
  it('row 42: to accept a connection: 504', async () => {
    // A TLS handshake that nobody answers is a connection that never comes to be.
    const { gate, upstream, caller } = await slow(() => {}, { tls: true });
    caller.send(aGet());
    await upstream.peer();
    gate.advance(1100);
    const [reply] = await repliesTo(caller);
    expect([statusOf(reply), field(reply, 'x-code')]).toEqual([504, 'upstream.timeout']);
    expect(gate.exchanges[0]?.legResults).toEqual([{ kind: 'failure', failure: 'connect-timeout' }]);
  });
  it('row 42: to begin its reply: 504, and its connection is closed', async () => {
    const { gate, upstream, caller } = await slow();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    gate.advance(2800);
    await turn();
    expect(caller.received).toBe('');
    gate.advance(400);
    const [reply] = await repliesTo(caller);
    expect([statusOf(reply), field(reply, 'x-code')]).toEqual([504, 'upstream.timeout']);
    await peer.farewell();
    expect(gate.exchanges[0]?.legResults).toEqual([{ kind: 'failure', failure: 'first-byte-timeout' }]);
  });
  it('row 42: to end its reply head, however steadily that trickles: 504', async () => {
    const { gate, upstream, caller } = await slow();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    for (const piece of 'HTTP/1.1 200 OK\r\nX-Slow: ') {
      await peer.sendPieces([piece]);
      gate.advance(150);
    }
    expect(statusOf((await repliesTo(caller))[0])).toBe(504);
  });
  it('row 42: in the middle of its reply: what the caller has is not the whole', async () => {
    const { gate, upstream, caller } = await slow();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n'));
    await caller.hears('abc');
    gate.advance(2200);
    expect((await caller.farewell()).slice(-5)).not.toBe('0\r\n\r\n');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.timeout' }]);
  });
  it('is waited for as long as its reply makes progress', async () => {
    const { gate, upstream, caller } = await slow();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 10\r\n'));
    for (let i = 1; i <= 10; i++) {
      peer.send('b');
      await caller.hears(`\r\n\r\n${'b'.repeat(i)}`);
      gate.advance(1500);
    }
    expect(statusOf((await repliesTo(caller))[0])).toBe(200);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined, bytesOut: 10 }]);
  });
  it('is not hurried while the request is still on its way', async () => {
    const { gate, upstream, caller } = await slow();
    caller.send(aPost('Content-Length: 10\r\n'));
    const peer = await upstream.peer();
    for (let i = 1; i <= 10; i++) {
      caller.send('b');
      await peer.hears(`\r\n\r\n${'b'.repeat(i)}`);
      gate.advance(2000);
    }
    peer.send(OK);
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(200);
  });
  it('is asked again elsewhere when the host has another leg', async () => {
    const { gate, upstream, caller } = await slow((peer, index) => index === 1 && replying(OK)(peer, index), {
      retries: 1,
    });
    caller.send(aPost('Content-Length: 2\r\n', 'hi'));
    await (await upstream.peer()).hears('hi');
    gate.advance(3200);
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(200);
    expect(upstream.requests.map(({ body }) => body)).toEqual(['hi', 'hi']);
    expect(gate.outcomes).toMatchObject([{ status: 200, attempts: 2 }]);
  });
});

describe('an upstream that cannot be had', () => {
  it('row 42: is not there: 502', async () => {
    const { gate, upstream } = await gateWith(() => {});
    upstream.server.close();
    const caller = await gate.call();
    caller.send(aGet());
    const [reply] = await repliesTo(caller);
    expect([statusOf(reply), field(reply, 'x-code')]).toEqual([502, 'upstream.unreachable']);
  });
  it('row 42: has its fill of connections: 503, and the others go on', async () => {
    const { gate, upstream } = await gateWith(() => {}, { connectionsMax: 2 });
    const busy = [await gate.call(), await gate.call()];
    for (const caller of busy) caller.send(aGet());
    const peers = [await upstream.peer(0), await upstream.peer(1)];
    for (const peer of peers) await peer.hears('\r\n\r\n');
    const caller = await gate.call();
    caller.send(aGet());
    const [refusal] = await repliesTo(caller);
    expect([statusOf(refusal), field(refusal, 'x-code')]).toEqual([503, 'upstream.overloaded']);
    for (const peer of peers) peer.send(OK);
    for (const each of busy) await each.hears('ok');
    caller.send(aGet());
    await until(() => upstream.requests.length === 3, 'the request that was refused before');
    expect([upstream.peers.length, gate.outcomes[2]?.attempts]).toEqual([2, 0]);
  });
});
