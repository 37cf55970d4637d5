import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK, replying } from './raw-upstream.ts';
import { statusOf } from './read-message.ts';

describe('slow callers (RFC 9112 §9.5)', () => {
  const LIMITS = { headTimeoutMs: 1000, idleTimeoutMs: 5000, bodyIdleMs: 2000, lingerMs: 500 };
  const slow = async () => gateWith(replying(OK), { virtualTime: true, limits: LIMITS });

  it('row 38: a head that takes too long is answered 408, however steadily it trickles', async () => {
    const { gate } = await slow();
    const caller = await gate.call();
    for (const piece of 'GET /x HTTP/1.1\r\n') {
      await caller.sendPieces([piece]);
      gate.advance(100);
      if (caller.closed) break;
    }
    expect(await caller.farewell()).toMatch(/^HTTP\/1\.1 408 .*connection: close/s);
    expect(gate.refused).toEqual(['request.timeout']);
  });
  it('row 38: a connection that says nothing is closed without a word', async () => {
    const { gate } = await slow();
    const caller = await gate.call();
    await until(() => gate.connections.length === 1, 'the connection');
    gate.advance(1100);
    expect(await caller.farewell()).toBe('');
  });
  it('row 38: an idle connection is closed without a word', async () => {
    const { gate } = await slow();
    const caller = await gate.call();
    caller.send(aGet());
    await repliesTo(caller);
    gate.advance(4500);
    await turn();
    expect(caller.closed).toBe(false);
    gate.advance(1000);
    expect(await caller.farewell()).toMatch(/ok$/);
  });
  it('row 38: a body that stalls is answered 408 and cut off upstream', async () => {
    const { gate, upstream } = await slow();
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 10\r\n', 'abc'));
    const peer = await upstream.peer();
    await peer.hears('abc');
    gate.advance(2200);
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(408);
    await peer.farewell();
    expect(gate.outcomes).toMatchObject([{ status: 408, code: 'request.timeout', bytesIn: 3 }]);
  });
  it('row 38: a body that makes progress may take its time', async () => {
    const { gate, upstream } = await slow();
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 10\r\n'));
    const peer = await upstream.peer();
    for (let i = 0; i < 10; i++) {
      await until(() => peer.received.endsWith('\r\n\r\n' + 'b'.repeat(i)), `byte ${i}`);
      gate.advance(1500);
      caller.send('b');
    }
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(200);
  });
  it('row 38: a caller that takes nothing of its reply for too long is cut off, and the upstream with it', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true, limits: LIMITS });
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 50000000\r\n'));
    peer.send(Buffer.alloc(50_000_000));
    await until(() => (gate.connections[0]?.wire?.socket.writableLength ?? 0) > 0, 'a full caller');
    gate.advance(5200);
    await gate.quiet();
    await until(() => peer.closed, 'the end upstream');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'request.timeout' }]);
  });
  it('row 38: a caller that reads slowly but steadily gets its whole reply', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true, limits: LIMITS });
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 30000000\r\nConnection: close\r\n'));
    peer.send(Buffer.alloc(30_000_000));
    const wire = gate.connections[0]?.wire;
    while (gate.outcomes.length === 0) {
      await until(() => wire?.full === true || gate.outcomes.length > 0, 'a full caller');
      gate.advance(4000);
      caller.socket.resume();
      await until(() => wire?.full === false, 'an empty one');
      caller.socket.pause();
    }
    caller.socket.resume();
    await caller.hearsBytes(30_000_000);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined, bytesOut: 30_000_000 }]);
  });
});
