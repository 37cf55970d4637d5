import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith, type Gate } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK, replying, requestsOf } from './raw-upstream.ts';
import { statusOf } from './read-message.ts';

/** More than the kernel holds for two sockets. */
const BYTES = 24_000_000;
/** What the gate may hold of one body: a read and what the socket takes before it says stop. */
const HELD_MAX = 300_000;

/** Bytes in which every place is known by its neighbourhood. */
function pattern(bytes: number): Buffer {
  const body = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) body.writeUInt32LE(at, at);
  return body;
}

const digest = (what: string | Buffer) =>
  createHash('sha256')
    .update(typeof what === 'string' ? Buffer.from(what, 'latin1') : what)
    .digest('hex');

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** What the gate holds for its callers, unsent. */
const held = (gate: Gate) => gate.connections.reduce((sum, each) => sum + (each.wire?.socket.writableLength ?? 0), 0);

describe('a caller that reads slowly', () => {
  it.each([
    ['by length', aReply(`Content-Length: ${BYTES}\r\n`), ''],
    ['in one chunk', aReply('Transfer-Encoding: chunked\r\n') + `${BYTES.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
  ])('holds the upstream back, and gets everything (%s)', async (_name, head, tail) => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    const body = pattern(BYTES);
    peer.send(head);
    peer.send(body);
    peer.send(tail);
    await until(() => held(gate) > 0, 'a full caller');
    await turns(100);
    expect(held(gate)).toBeLessThan(HELD_MAX);
    expect(peer.socket.writableLength).toBeGreaterThan(0);
    caller.socket.resume();
    // In bytes first: to look at the whole text after every read would cost more than the transfer.
    await caller.hearsBytes(BYTES);
    const [reply] = await repliesTo(caller);
    expect(digest(reply?.body ?? '')).toBe(digest(body));
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined, bytesOut: BYTES }]);
  });

  it('that pipelines without reading makes the gate stop, not swell', async () => {
    const big = aReply('Content-Length: 60000\r\n', 'r'.repeat(60_000));
    const { gate, upstream } = await gateWith(replying(big));
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet().repeat(1000));
    await until(() => held(gate) > 0, 'a full caller');
    await turns(400);
    expect(held(gate)).toBeLessThan(HELD_MAX);
    expect(gate.exchanges.length).toBeLessThan(500);
    caller.socket.resume();
    await until(() => gate.outcomes.length === 1000, 'all replies');
    await caller.hearsBytes(1000 * 60_000);
    expect(upstream.peers).toHaveLength(1);
  });

  it('that pipelines what the gate answers itself, without reading, makes the gate stop, not swell', async () => {
    const message = aReply('Content-Length: 60000\r\n', 'r'.repeat(60_000));
    const { gate } = await gateWith(() => {}, {
      ready: ({ forward }) => forward.answer({ status: 200, message }, undefined),
    });
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet().repeat(2000));
    await until(() => held(gate) > 0, 'a full caller');
    await turns(400);
    expect(held(gate)).toBeLessThan(HELD_MAX);
    caller.socket.resume();
    await until(() => gate.outcomes.length === 2000, 'all replies');
    await caller.hearsBytes(2000 * 60_000);
  });

  /** Fills the caller, and lets the reply end before the caller has taken it all. */
  async function lateEnd(fields: string) {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.socket.pause();
    caller.send(aGet(fields));
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Transfer-Encoding: chunked\r\n'));
    // Small pieces, so that the gate comes to hold some of them before it holds the upstream back.
    while (held(gate) === 0) await peer.sendPieces([`2000\r\n${'p'.repeat(0x2000)}\r\n`]);
    await peer.sendPieces(['0\r\n\r\n']);
    await gate.quiet();
    expect(held(gate)).toBeGreaterThan(0);
    return { gate, caller, peer };
  }
  it('still gets the end of a reply that closes, however late it reads', async () => {
    const { gate, caller } = await lateEnd('Connection: close\r\n');
    gate.advance(3000);
    await turns(5);
    caller.socket.resume();
    expect([(await caller.farewell()).slice(-7), caller.error]).toEqual(['\r\n0\r\n\r\n', '']);
  });
  it('still gets it when it has closed its own side meanwhile', async () => {
    const { caller } = await lateEnd('Connection: close\r\n');
    caller.end();
    await turns(20);
    caller.socket.resume();
    expect([(await caller.farewell()).slice(-7), caller.error]).toEqual(['\r\n0\r\n\r\n', '']);
  });
  it('does not stop the clock of an upstream that says nothing', async () => {
    const { gate, caller, peer } = await lateEnd('');
    caller.send(aGet('', 'GET /silent HTTP/1.1'));
    await peer.hears('GET /silent');
    // Interim replies fill the caller before the reply has begun.
    await peer.sendPieces(Array.from({ length: 4 }, () => `HTTP/1.1 103 Early\r\nLink: ${'l'.repeat(30_000)}\r\n\r\n`));
    await until(() => gate.connections[0]?.wire?.full === true, 'a full caller');
    caller.socket.resume();
    await until(() => held(gate) === 0, 'an empty caller');
    gate.advance(5200);
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ status: 200 }, { status: 504, code: 'upstream.timeout' }]);
  });
  it('is not waited for for ever', async () => {
    const { gate } = await lateEnd('Connection: close\r\n');
    gate.advance(100_000);
    await until(() => gate.closed === 1, 'the end of the connection');
  });
});

describe('an upstream that reads slowly', () => {
  it.each([
    ['by length', `Content-Length: ${BYTES}\r\n`],
    ['chunked', 'Transfer-Encoding: chunked\r\n'],
  ])('holds the caller back, and gets everything (%s)', async (_name, fields) => {
    const { gate, upstream } = await gateWith((peer) => peer.socket.pause());
    const caller = await gate.call();
    const body = pattern(BYTES);
    caller.send(aPost(fields));
    if (fields.startsWith('T')) caller.send(`${BYTES.toString(16)}\r\n`);
    caller.send(body);
    if (fields.startsWith('T')) caller.send('\r\n0\r\n\r\n');
    const peer = await upstream.peer();
    await until(() => gate.connections[0]?.wire?.paused === true, 'a paused caller');
    await turns(100);
    expect(caller.socket.writableLength).toBeGreaterThan(0);
    peer.socket.resume();
    await peer.hearsBytes(BYTES);
    await until(() => requestsOf(peer)[0]?.complete === true, 'the whole request');
    expect(digest(requestsOf(peer)[0]?.body ?? '')).toBe(digest(body));
    peer.send(OK);
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(200);
  });

  it('that never reads on is given up: 504', async () => {
    const { gate, upstream } = await gateWith((peer) => peer.socket.pause(), { virtualTime: true });
    const caller = await gate.call();
    caller.send(aPost(`Content-Length: ${BYTES}\r\n`));
    caller.send(pattern(BYTES));
    await upstream.peer();
    await until(() => gate.connections[0]?.wire?.paused === true, 'a paused caller');
    await turns(20);
    gate.advance(5200);
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ status: 504, code: 'upstream.timeout' }]);
  });

  it('that breaks while the caller is held back is followed by another, and the caller reads on', async () => {
    const options = { retries: 1, replayBytesMax: 2 * BYTES };
    const { gate, upstream } = await gateWith((peer, index) => {
      if (index === 0) peer.socket.pause();
      else replying(OK)(peer, index);
    }, options);
    const caller = await gate.call();
    const body = 'b'.repeat(BYTES);
    caller.send(aPost(`Content-Length: ${BYTES}\r\n`, body));
    const first = await upstream.peer();
    await until(() => gate.connections[0]?.wire?.paused === true, 'a paused caller');
    first.reset();
    expect(statusOf((await repliesTo(caller, 'POST'))[0])).toBe(200);
    expect(gate.outcomes).toMatchObject([{ status: 200, attempts: 2, bytesIn: BYTES }]);
  });
});
