import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, ask, repliesTo } from './ask.ts';
import { gateWith, type GateOptions } from './harness.ts';
import { turn, until } from './peer.ts';
import { OK } from './raw-upstream.ts';
import { field, readMessages, statusOf } from './read-message.ts';

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const SWITCH = `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}Sec-WebSocket-Accept: x\r\n\r\n`;

async function opening(options: GateOptions = {}) {
  const { gate, upstream } = await gateWith(() => {}, options);
  const caller = await gate.call();
  caller.send(aGet(`${UPGRADE}Sec-WebSocket-Key: k\r\n`));
  const peer = await upstream.peer();
  await peer.hears('\r\n\r\n');
  return { gate, caller, peer };
}

async function opened(options: GateOptions = {}) {
  const all = await opening(options);
  all.peer.send(SWITCH);
  await all.caller.hears('\r\n\r\n');
  return all;
}

describe('switching protocols (RFC 9110 §7.8)', () => {
  it('row 25: asks the upstream in words of its own and carries bytes both ways after the 101', async () => {
    const { gate, caller, peer } = await opened();
    const [asked] = readMessages(peer.received, { as: 'request' });
    expect([field(asked, 'connection'), field(asked, 'upgrade')]).toEqual(['upgrade', 'websocket']);
    expect(field(asked, 'sec-websocket-key')).toBe('k');
    const [switched] = readMessages(caller.received, { as: 'reply' });
    expect([statusOf(switched), field(switched, 'upgrade'), field(switched, 'connection')]).toEqual([
      101,
      'websocket',
      'upgrade',
    ]);
    expect([field(switched, 'sec-websocket-accept'), field(switched, 'x-request-id')]).toEqual(['x', 'r1']);
    caller.send('ping');
    await peer.hears('\r\n\r\nping');
    peer.send('pong');
    await caller.hears('\r\n\r\npong');
    peer.end();
    await caller.farewell();
    expect(gate.outcomes).toMatchObject([{ status: 101, code: undefined, bytesIn: 4, bytesOut: 4 }]);
  });
  it('row 25: bytes that came with the 101 go with it', async () => {
    const { caller, peer } = await opening();
    peer.send(`${SWITCH}hello`);
    await caller.hears('\r\n\r\nhello');
  });
  it('row 25: bytes that the caller sends ahead wait for the 101', async () => {
    const { caller, peer } = await opening();
    const heard = peer.received;
    caller.send('ahead');
    for (let i = 0; i < 20; i++) await turn();
    expect(peer.received).toBe(heard);
    peer.send(SWITCH);
    await peer.hears('\r\n\r\nahead');
  });
  it('row 25: bytes sent ahead of a refused upgrade are no request: the answer closes', async () => {
    const { gate, caller, peer } = await opening();
    caller.send(aGet('', 'GET /smuggled HTTP/1.1'));
    for (let i = 0; i < 20; i++) await turn();
    peer.send(OK);
    const [answer] = await repliesTo(caller);
    expect([statusOf(answer), field(answer, 'connection'), answer?.body]).toEqual([200, 'close', 'ok']);
    await caller.farewell();
    expect(gate.exchanges).toHaveLength(1);
  });
  it('row 25: a refusal of our own to an upgrade closes too', async () => {
    const { caller, gate } = await ask(aGet(UPGRADE) + aGet('', 'GET /smuggled HTTP/1.1'), {
      ready: ({ forward }) => forward.refuse({ code: 'auth.missing', detail: 'who are you?' }),
    });
    expect(await caller.farewell()).toMatch(/^HTTP\/1\.1 401 .*connection: close\r\n\r\n$/s);
    expect(gate.exchanges).toHaveLength(1);
  });

  it.each([
    ['nobody asked', aGet()],
    ['only Upgrade was said', aGet('Upgrade: websocket\r\n')],
    ['only Connection was said', aGet('Connection: upgrade\r\n')],
    ['h2c was asked', aGet('Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n')],
    ['something else was asked', aGet('Connection: upgrade\r\nUpgrade: foo/2\r\n')],
    ['HTTP/1.0 asked', aGet(UPGRADE, 'GET /x HTTP/1.0')],
    ['a request with a body asked', aPost(`${UPGRADE}Content-Length: 2\r\n`, 'hi')],
  ])('row 25: a 101 when %s is no reply', async (_name, request) => {
    const { reply, gate, upstream } = await ask(request, { upstream: SWITCH });
    expect([statusOf(reply), field(reply, 'x-code')]).toEqual([502, 'upstream.broken']);
    await (await upstream.peer()).farewell();
    expect(gate.outcomes).toMatchObject([{ code: 'upstream.broken' }]);
  });
  it('row 25: a 101 to another protocol than was asked is no reply', async () => {
    const upstream = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    expect(statusOf((await ask(aGet(UPGRADE), { upstream })).reply)).toBe(502);
  });

  it.each([
    ['h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'],
    ['h2c behind websocket', 'Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n'],
    ['h2c before websocket', 'Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n'],
    ['h2c in other case', 'Connection: upgrade\r\nUpgrade: H2C\r\n'],
    ['settings alone', 'HTTP2-Settings: AAMAAABk\r\n'],
  ])('row 27: never forwards %s', async (_name, fields) => {
    const { seen, reply } = await ask(aGet(fields));
    expect(statusOf(reply)).toBe(200);
    expect(seen?.fields.map(([name]) => name)).toEqual(['host', 'via']);
  });
});

describe('the end of a tunnel', () => {
  it('comes when the caller leaves: the upstream is closed', async () => {
    const { gate, caller, peer } = await opened();
    caller.reset();
    await until(() => peer.closed, 'the end upstream');
    expect(gate.outcomes).toMatchObject([{ status: 101, code: undefined }]);
  });
  it('comes when the upstream resets', async () => {
    const { gate, caller, peer } = await opened();
    peer.reset();
    await caller.farewell();
    expect(gate.outcomes).toMatchObject([{ status: 101, code: undefined }]);
  });
  it('does not wait for ever for a caller that keeps its side open', async () => {
    const { gate, caller, peer } = await opened({ virtualTime: true });
    caller.socket.removeAllListeners('end');
    peer.end();
    await gate.quiet();
    await turn();
    gate.advance(5000);
    await until(() => gate.closed === 1, 'the end of the connection');
  });
  it('comes after everything that the upstream said', async () => {
    const { caller, peer } = await opened();
    peer.send(Buffer.alloc(2_000_000, 'x'));
    peer.end();
    expect(await caller.farewell()).toHaveLength(caller.received.indexOf('\r\n\r\n') + 4 + 2_000_000);
  });
  it('never comes while a slow caller still reads: the upstream waits', async () => {
    const { caller, peer, gate } = await opened();
    caller.socket.pause();
    peer.send(Buffer.alloc(20_000_000, 'x'));
    await until(() => (gate.connections[0]?.wire?.socket.writableLength ?? 0) > 0, 'a full caller');
    for (let i = 0; i < 50; i++) await turn();
    expect(gate.connections[0]?.wire?.socket.writableLength).toBeLessThan(300_000);
    caller.socket.resume();
    await caller.hearsBytes(20_000_000);
    expect(caller.receivedBytes).toBeGreaterThan(20_000_000);
  });
});

describe('requests after an upgrade that was not one', () => {
  it('are read as requests: the token was not ours, so nothing was switched', async () => {
    const request = aGet('Connection: upgrade\r\nUpgrade: foo/2\r\n');
    const { gate } = await gateWith((peer) => peer.socket.on('data', () => peer.send(aReply('Content-Length: 0\r\n'))));
    const caller = await gate.call();
    caller.send(request + aGet());
    expect((await repliesTo(caller, 'GET', 2)).map((each) => statusOf(each))).toEqual([200, 200]);
  });
});
