import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply } from './ask.ts';
import { gateWith } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK, replying } from './raw-upstream.ts';
import { readMessages, statusOf } from './read-message.ts';

async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

const finals = (text: string) => readMessages(text, { as: 'reply' }).filter((message) => statusOf(message) >= 200);

describe('a caller that has sent all it will send', () => {
  it.each([
    ['GET', aGet()],
    ['GET that closes', aGet('Connection: close\r\n')],
    ['GET of HTTP/1.0', aGet('', 'GET /x HTTP/1.0')],
    ['GET of HTTP/1.0 that keeps', aGet('Connection: keep-alive\r\n', 'GET /x HTTP/1.0')],
    ['POST by length', aPost('Content-Length: 2\r\n', 'hi')],
    ['POST in chunks', aPost('Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n0\r\n\r\n')],
  ])('still gets its answer, and then the connection ends: %s', async (_name, request) => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(request);
    caller.end();
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    await turns();
    peer.send(OK);
    const text = await caller.farewell();
    expect(finals(text).map(({ body }) => body)).toEqual(['ok']);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined }]);
  });
  it('is known to have left, in HTTP/1.0 too, once its system says so', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.send(aGet('', 'GET /x HTTP/1.0'));
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    caller.end();
    await turns();
    for (let pokes = 0; pokes < 3; pokes++) {
      gate.advance(1100);
      await turns();
    }
    expect([peer.closed, caller.received]).toEqual([false, '']);
    caller.reset();
    await turns();
    gate.advance(1100);
    await until(() => peer.closed, 'the end of the upstream');
    expect(gate.outcomes).toMatchObject([{ code: 'request.cancelled' }]);
  });
  it('of HTTP/1.0 gets its reply however long it waits for it', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.send(aGet('', 'GET /x HTTP/1.0'));
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    caller.end();
    for (let pokes = 0; pokes < 3; pokes++) {
      await turns();
      gate.advance(1100);
    }
    peer.send(OK);
    expect(finals(await caller.farewell()).map(({ body }) => body)).toEqual(['ok']);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined }]);
  });
  it('still gets all the answers to what it pipelined', async () => {
    const { gate } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 2\r\n', 'hi') + aGet() + aPost('Content-Length: 2\r\n', 'hi') + aGet());
    caller.end();
    expect(finals(await caller.farewell()).map((reply) => statusOf(reply))).toEqual([200, 200, 200, 200]);
  });
  it('still gets the rest of a reply that has begun, and then the connection ends', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 6\r\n', 'abc'));
    await caller.hears('abc');
    caller.end();
    await turns();
    peer.send('def');
    expect(await caller.farewell()).toMatch(/abcdef$/);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: undefined, bytesOut: 6 }]);
  });
  it('gets its reply however long after the probe that comes', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    caller.end();
    await caller.hears('HTTP/1.1 102 ');
    gate.advance(3000);
    await turns();
    peer.send(aReply('Content-Length: 6\r\n', 'abc'));
    await caller.hears('abc');
    gate.advance(700);
    await turns();
    peer.send('def');
    expect(await caller.farewell()).toMatch(/abcdef$/);
  });
  it('is taken to have left when the reply is silent for a second or two after its head', async () => {
    const { gate, upstream } = await gateWith(() => {}, { virtualTime: true });
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 6\r\n', 'abc'));
    await caller.hears('abc');
    caller.end();
    await turns();
    gate.advance(1500);
    await until(() => peer.closed, 'the end of the upstream');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'request.cancelled' }]);
  });
});
