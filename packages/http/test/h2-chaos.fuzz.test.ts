import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as frames from './h2-frames.ts';
import { http2GateWith } from './h2-harness.ts';
import { gateWith } from './harness.ts';
import { turn, until, type Peer } from './peer.ts';
import { replying } from './raw-upstream.ts';

const RUNS = Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 60);
const seed = process.env['GATEHOUSE_FUZZ_SEED'];

const stream = fc.constantFrom(1, 3, 5, 7, 2, 0);
const flags = fc.integer({ min: 0, max: 255 });
const bytes = fc.uint8Array({ maxLength: 40 }).map((raw) => Buffer.from(raw));
const piece = fc.oneof(
  fc
    .tuple(stream, fc.constantFrom('GET', 'POST', 'HEAD', 'CONNECT', ''), fc.constantFrom('/', '', '*', '/a b'), flags)
    .map(([id, method, path, flag]) => frames.headers(id, frames.request(method, path), flag)),
  fc.tuple(stream, fc.boolean()).map(([id, whole]) => frames.headers(id, frames.request('POST', '/'), whole ? 5 : 4)),
  fc.tuple(stream, bytes, flags).map(([id, block, flag]) => frames.headers(id, block, flag)),
  fc.tuple(stream, fc.string({ maxLength: 30 }), flags).map(([id, text, flag]) => frames.data(id, text, flag & 1)),
  fc.tuple(stream, fc.integer({ min: 0, max: 14 })).map(([id, code]) => frames.reset(id, code)),
  fc.tuple(stream, fc.integer({ min: 0, max: 2 ** 31 - 1 })).map(([id, by]) => frames.windowUpdate(id, by)),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 1, 100, 2 ** 31)).map((pair) => frames.settings(pair)),
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), flags, stream, bytes)
    .map(([type, flag, id, raw]) => frames.frame(type, flag, id, raw)),
  fc.constant(frames.ping()),
  bytes,
);

it('whatever a caller sends, every exchange ends once and every session is gone with its caller', async () => {
  const replies = [
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\na: 1\r\n\r\n',
    'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    `HTTP/1.1 200 OK\r\ncontent-length: 90000\r\n\r\n${'x'.repeat(90_000)}`,
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf',
  ];
  let count = 0;
  const { gate, dial, sessions } = await http2GateWith(replying(() => replies[count++ % replies.length] ?? ''));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), fc.boolean(), async (pieces, apart) => {
      const caller = await dial();
      caller.send(frames.preface, frames.settings(), frames.settingsAck());
      for (const each of [frames.headers(1, frames.request('POST', '/')), ...pieces]) {
        caller.send(each);
        if (apart) await turn();
      }
      for (let i = 0; i < 5; i++) await turn();
      caller.destroy();
    }),
    { numRuns: RUNS, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  await gate.quiet();
  expect(gate.exchanges.length).toBeGreaterThan(RUNS / 4);
  expect(gate.exchanges.every(({ outcomes }) => outcomes.length === 1)).toBe(true);
  await until(() => sessions.every((session) => session.streams === 0), 'the end of every stream');
});

const says = fc.oneof(
  fc
    .tuple(stream, fc.constantFrom('200', '204', '103', '101', '', '2'), flags)
    .map(([id, status, flag]) => frames.headers(id, frames.block([[':status', status]]), flag)),
  fc
    .tuple(stream, fc.boolean())
    .map(([id, whole]) => frames.headers(id, frames.block([[':status', '200']]), whole ? 5 : 4)),
  fc
    .tuple(stream, fc.constantFrom('x-a', 'grpc-status', 'connection', 'X'))
    .map(([id, name]) => frames.headers(id, frames.block([[name, '1']]), 5)),
  fc.tuple(stream, fc.integer({ min: 0, max: 14 })).map(([id, code]) => frames.goaway(id, code)),
  piece,
);

it('whatever an upstream sends, every exchange ends once, and nothing unfinished looks whole', async () => {
  let next: readonly Buffer[] = [];
  const answered: Peer[] = [];
  const { gate } = await gateWith(
    (peer) => {
      peer.socket.once('data', () => {
        peer.send(frames.settings(), frames.settingsAck(), ...next);
        answered.push(peer);
      });
    },
    { http2: 'h2' },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(says, { maxLength: 8 }), async (pieces) => {
      next = pieces;
      const caller = await gate.call();
      caller.send('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => answered.length > 0 || caller.closed || caller.receivedBytes > 0, 'an answer');
      for (let i = 0; i < 5; i++) await turn();
      await until(() => {
        // A request that was refused goes to a further session.
        for (const peer of answered.splice(0)) peer.destroy();
        return gate.pool.size === 0;
      }, 'an empty pool');
      await gate.quiet();
      const last = gate.outcomes.at(-1);
      const chunked = caller.received.includes('transfer-encoding: chunked');
      if (chunked && last?.code !== undefined) expect(caller.received).not.toMatch(/\r\n0\r\n\r\n$/);
      caller.destroy();
    }),
    { numRuns: RUNS, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  expect(gate.exchanges.every(({ outcomes }) => outcomes.length === 1)).toBe(true);
});
