import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
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
    gate.advance(3000);
    await turns();
    peer.send('def');
    expect(await caller.farewell()).toMatch(/abcdef$/);
  });
});

describe('a caller that leaves in the middle', () => {
  it.each([
    ['of a head', 'GET /x HTTP/1.1\r\nHos', 0],
    ['before anything', '', 0],
    ['of a body', aPost('Content-Length: 10\r\n', 'abc'), 1],
    ['of a body of 10 GB', aPost('Content-Length: 10737418240\r\n', 'abc'), 1],
    ['of a chunk', aPost('Transfer-Encoding: chunked\r\n', '5\r\nabc'), 1],
    ['of the trailers', aPost('Transfer-Encoding: chunked\r\n', '0\r\nX: 1\r\n'), 1],
  ])('%s gets nothing, and no upstream takes what it sent for the whole', async (_name, request, exchanges) => {
    const { gate, upstream } = await gateWith(replying(OK), { bodyBytesMax: 2e10 });
    const caller = await gate.call();
    caller.send(request);
    if (exchanges > 0) await (await upstream.peer()).hears('\r\n\r\n');
    await turns();
    caller.end();
    expect(await caller.farewell()).toBe('');
    expect(gate.outcomes.map(({ code }) => code)).toEqual(Array.from({ length: exchanges }, () => 'request.cancelled'));
    for (const peer of upstream.peers) await peer.farewell();
    expect(upstream.requests.filter(({ complete }) => complete)).toEqual([]);
  });
  it('of waiting is noticed, and the upstream is told', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    caller.destroy();
    await peer.farewell();
    await gate.quiet();
    expect(gate.outcomes).toMatchObject([{ code: 'request.cancelled' }]);
  });
  it('of a 10 GB reply ends that reply upstream', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    peer.send(aReply('Content-Length: 10737418240\r\n', 'abc'));
    await caller.hears('abc');
    caller.reset();
    await peer.farewell();
    await until(() => gate.outcomes.length === 1, 'the end');
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'request.cancelled' }]);
  });
});

describe('keep-alive (RFC 9112 §9.3)', () => {
  it.each([
    ['HTTP/1.1', aGet(), true, undefined],
    ['HTTP/1.1 that says close', aGet('Connection: foo, Close\r\n'), false, 'close'],
    [
      'HTTP/1.1 that says keep-alive and close',
      aGet('Connection: keep-alive\r\nConnection: close\r\n'),
      false,
      'close',
    ],
    ['HTTP/1.0', aGet('', 'GET /x HTTP/1.0'), false, 'close'],
    ['HTTP/1.0 that says keep-alive', aGet('Connection: Keep-Alive\r\n', 'GET /x HTTP/1.0'), true, 'keep-alive'],
    ['HTTP/1.0 that says both', aGet('Connection: close, keep-alive\r\n', 'GET /x HTTP/1.0'), false, 'close'],
  ])('of %s', async (_name, request, keeps, says) => {
    const { gate } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(request);
    const [reply] = await repliesTo(caller);
    expect(reply?.fields.find(([name]) => name === 'connection')?.[1]).toBe(says);
    if (!keeps) {
      await caller.farewell();
      return;
    }
    caller.send(request);
    expect(await repliesTo(caller, 'GET', 2)).toHaveLength(2);
  });
  it('ends with a reply to HTTP/1.0 that has no length', async () => {
    const { gate } = await gateWith(replying(aReply('Transfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n')));
    const caller = await gate.call();
    caller.send(aGet('Connection: keep-alive\r\n', 'GET /x HTTP/1.0'));
    expect(await caller.farewell()).toMatch(/connection: close\r\n\r\nok$/);
    expect(caller.error).toBe('');
  });
});
