import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith, type Gate } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK, onRequests, replying } from './raw-upstream.ts';
import { readMessages, statusOf } from './read-message.ts';

/** One of each way that a request can end. */
const KINDS = [
  (n: number) => aGet('A: b\r\n', `GET /${n} HTTP/1.1`),
  (n: number) => aPost(`Content-Length: ${12 + String(n).length}\r\n`, `GET / HTTP\r\n${n}`),
  (n: number) =>
    aPost('Transfer-Encoding: chunked\r\n', `5;x=y\r\nGET /\r\n00${String(n).length}\r\n${n}\r\n0\r\nX-T: 1\r\n\r\n`),
  (n: number) => aGet('Content-Length: 0\r\n', `DELETE /${n} HTTP/1.1`),
];
const stream = (count: number) => Array.from({ length: count }, (_, n) => KINDS[n % KINDS.length]?.(n) ?? '').join('');
const expected = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const bodies = ['', `GET / HTTP\r\n${n}`, `GET /${n}`, ''];
    const targets = [`GET /${n}`, 'POST /x', 'POST /x', `DELETE /${n}`];
    return `${targets[n % 4]} HTTP/1.1|${bodies[n % 4]}`;
  });

/** Tells each caller what it asked. */
const echoing = () =>
  gateWith((peer) =>
    onRequests(peer, ({ start, body }) =>
      peer.send(aReply(`Content-Length: ${start.length + 1 + body.length}\r\n`, `${start}|${body}`)),
    ),
  );

async function check(gate: Gate, pieces: readonly string[], count: number): Promise<void> {
  const caller = await gate.call();
  await caller.sendPieces(pieces);
  const replies = await repliesTo(caller, 'POST', count);
  expect(replies.map(({ body }) => body)).toEqual(expected(count));
  caller.destroy();
}

const split = (text: string, bytes: number) => text.match(new RegExp(`[^]{1,${bytes}}`, 'g')) ?? [];

describe('pipelined requests (RFC 9112 §9.3.2)', () => {
  it.each([1, 2, 3, 7, 64, 1000, 100_000])('100 of them in pieces of %d bytes are answered in order', async (bytes) => {
    const { gate, upstream } = await echoing();
    await check(gate, split(stream(100), bytes), 100);
    expect(upstream.peers).toHaveLength(1);
  });
  it('are answered in order wherever the read between them ends', async () => {
    const { gate } = await echoing();
    const text = stream(4);
    for (let at = 1; at < text.length; at++) await check(gate, [text.slice(0, at), text.slice(at)], 4);
  });
  it('reach the upstream one at a time', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(aGet('', 'GET /1 HTTP/1.1') + aGet('', 'GET /2 HTTP/1.1'));
    const peer = await upstream.peer();
    await peer.hears('/1');
    for (let i = 0; i < 20; i++) await turn();
    expect([peer.received.includes('/2'), upstream.peers.length, gate.exchanges.length]).toEqual([false, 1, 1]);
    peer.send(OK);
    await peer.hears('/2');
    peer.send(OK);
    expect(await repliesTo(caller, 'GET', 2)).toHaveLength(2);
  });
  it('behind one that closes are not dealt with', async () => {
    const { gate } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(aGet('Connection: close\r\n') + aGet());
    expect(readMessages(await caller.farewell(), { as: 'reply' })).toHaveLength(1);
    expect(gate.exchanges).toHaveLength(1);
  });
  it('behind one that is malformed are not dealt with', async () => {
    const { gate } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(`${aGet()}${aGet('A : b\r\n')}${aGet()}`);
    const replies = readMessages(await caller.farewell(), { as: 'reply' });
    expect(replies.map((reply) => statusOf(reply))).toEqual([200, 400]);
  });

  it.each(['shared', 'stream'] as const)(
    'go on after a refusal by the clock, binary bodies included (%s reads)',
    async (reads) => {
      const { gate, upstream } = await gateWith(
        (peer) => onRequests(peer, ({ start }) => start.includes('/x') && peer.send(OK)),
        { virtualTime: true, reads },
      );
      const caller = await gate.call();
      const body = '\n\u0000\r'.repeat(20_000);
      caller.send(`${aGet('', 'GET /slow HTTP/1.1')}${aPost(`Content-Length: ${body.length}\r\n`, body.slice(0, 10))}`);
      await (await upstream.peer()).hears('/slow');
      for (let i = 0; i < 20; i++) await turn();
      caller.send(body.slice(10));
      for (let i = 0; i < 20; i++) await turn();
      gate.advance(5200);
      const replies = await repliesTo(caller, 'POST', 2);
      expect(replies.map((reply) => statusOf(reply))).toEqual([504, 200]);
      await until(() => gate.outcomes.length === 2, 'both');
      expect(gate.outcomes[1]).toMatchObject({ bytesIn: body.length });
    },
  );
});
