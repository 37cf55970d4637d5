import { describe, expect, it } from 'vitest';
import { aReply } from './ask.ts';
import * as frames from './h2-frames.ts';
import { http2GateWith, type Http2Gate, type Http2GateOptions } from './h2-harness.ts';
import { until, type Peer } from './peer.ts';
import { replying, type OnPeer } from './raw-upstream.ts';

const CALM = 11;
const WHOLE = frames.END_HEADERS + frames.END_STREAM;

interface Attack extends Http2Gate {
  readonly attacker: Peer;
}

async function attack(onPeer: OnPeer, options: Http2GateOptions = {}): Promise<Attack> {
  const gate = await http2GateWith(onPeer, options);
  const attacker = await gate.dial();
  return Object.assign(gate, { attacker });
}

const open = (...settings: readonly (readonly [number, number])[]): Buffer =>
  Buffer.concat([Buffer.from(frames.preface), frames.settings(...settings), frames.settingsAck()]);

/** Odd numbers, as callers give them to streams. */
const streams = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 * i + 1);

const get = (stream: number): Buffer => frames.headers(stream, frames.request('GET', '/'), WHOLE);

async function isEndedFor({ attacker, abuses, gate }: Attack, cause: string): Promise<void> {
  await attacker.farewell();
  expect(abuses).toEqual([cause]);
  expect(frames.goaways(attacker.received)).toContain(CALM);
  await gate.quiet();
}

describe('a session that does too much is ended, and its exchanges with it', () => {
  it('row 45: CVE-2023-44487: rapid reset', async () => {
    const own = await attack(() => {}, { budget: { resetsMax: 20 } });
    own.attacker.send(open());
    for (const stream of streams(30)) {
      own.attacker.send(get(stream), frames.reset(stream, 8));
      await until(() => own.attacker.closed || own.attacker.receivedBytes > 0, 'a turn');
    }
    await isEndedFor(own, 'resets');
    expect(own.gate.exchanges.length).toBeLessThan(25);
  });

  it('row 45: CVE-2023-44487: rapid reset, all in one write', async () => {
    const own = await attack(() => {}, { budget: { resetsMax: 20 } });
    own.attacker.send(Buffer.concat([open(), ...streams(200).flatMap((id) => [get(id), frames.reset(id, 8)])]));
    await own.attacker.farewell();
    expect(own.gate.exchanges.length).toBeLessThan(25);
    await own.gate.quiet();
  });

  it.each([
    ['an empty WINDOW_UPDATE', (id: number) => frames.windowUpdate(id, 0)],
    ['a window beyond its bounds', (id: number) => frames.windowUpdate(id, 2 ** 31 - 1)],
    ['data behind the end', (id: number) => frames.data(id, 'more')],
  ])(
    'row 45: CVE-2025-8671: MadeYouReset by %s ends the session at once, not only the stream',
    async (_name, provoke) => {
      const own = await attack(() => {});
      own.attacker.send(open(), get(1));
      await until(() => own.gate.exchanges.length === 1, 'the exchange');
      own.attacker.send(provoke(1), get(3));
      await own.attacker.farewell();
      expect(frames.goaways(own.attacker.received)).toHaveLength(1);
      await own.gate.quiet();
      expect(own.gate.exchanges).toHaveLength(1);
    },
  );

  it('row 45: CVE-2024-27983: a flood of CONTINUATION', async () => {
    const own = await attack(() => {});
    own.attacker.send(open(), frames.headers(1, frames.request('GET', '/'), 0));
    for (let i = 0; i < 200; i++) own.attacker.send(frames.continuation(1, frames.field(`x-${i}`, 'x'.repeat(500))));
    await own.attacker.farewell();
    expect(own.gate.exchanges).toHaveLength(0);
  });

  it('a head that is too large is answered 431 or its stream ended, and the session goes on', async () => {
    const own = await attack(replying(aReply('Content-Length: 0\r\n')));
    const large = Array.from({ length: 20 }, (_, i) => [`x-${i}`, 'x'.repeat(2000)] as const);
    const block = frames.request('GET', '/', large);
    own.attacker.send(open(), frames.headers(1, block.subarray(0, 16_000), frames.END_STREAM));
    own.attacker.send(frames.continuation(1, block.subarray(16_000, 32_000)));
    own.attacker.send(frames.continuation(1, block.subarray(32_000), frames.END_HEADERS));
    await until(() => own.gate.refused.length === 1, 'the refusal');
    expect(own.gate.refused).toEqual(['request.head_too_large']);
    own.attacker.send(get(3));
    await until(() => frames.ended(own.attacker.received, 3), 'an answer');
  });

  it('row 45: CVE-2026-47774: a bomb of indexed fields in many streams, whose windows are shut', async () => {
    const own = await attack(() => {});
    own.attacker.send(open([4, 0]));
    const value = 'x'.repeat(3000);
    const first = Buffer.concat([frames.request('GET', '/'), frames.field('x-bomb', value, true)]);
    own.attacker.send(frames.headers(1, first, WHOLE));
    // Nine bytes, 27 kilobytes.
    const bomb = Buffer.concat([frames.request('GET', '/'), ...Array.from({ length: 9 }, () => frames.indexed(62))]);
    for (const stream of streams(120).slice(1)) own.attacker.send(frames.headers(stream, bomb, WHOLE));
    await isEndedFor(own, 'header bytes');
    expect(own.gate.exchanges.length).toBeLessThan(45);
  });

  it('replies that nobody opens a window for: too much of all streams', async () => {
    const own = await attack(replying(aReply('Content-Length: 300000\r\n', 'x'.repeat(300_000))), {
      budget: { unsentBytesMax: 400_000 },
    });
    own.attacker.send(open([4, 0]), ...streams(20).map(get));
    await isEndedFor(own, 'unsent bytes');
  });

  it('a reply that nobody opens a window for: its stream is reset in time, and the session lives', async () => {
    const own = await attack(replying(aReply('Content-Length: 300000\r\n', 'x'.repeat(300_000))), {
      virtualTime: true,
    });
    own.attacker.send(open([4, 0]), get(1));
    await until(() => frames.read(own.attacker.received).some(({ type }) => type === 1), 'a head');
    await until(() => own.gate.exchanges[0]?.caller.wire?.full === true, 'a full wire');
    own.gate.advance(76_000);
    await own.gate.quiet();
    expect(own.gate.outcomes).toMatchObject([{ code: 'request.timeout' }]);
    await until(() => frames.resets(own.attacker.received).length === 1, 'a reset');
    expect(own.attacker.closed).toBe(false);
  });

  it('a flood of pings', async () => {
    const own = await attack(() => {}, { budget: { pingsMax: 50 } });
    own.attacker.send(open(), get(1));
    for (let i = 0; i < 200; i++) own.attacker.send(frames.ping());
    await isEndedFor(own, 'pings');
  });

  it('pings that come with requests are none', async () => {
    const own = await attack(replying(aReply('Content-Length: 0\r\n')), { budget: { pingsMax: 10 } });
    own.attacker.send(open());
    for (const stream of streams(30)) {
      own.attacker.send(frames.ping(), get(stream));
      await until(() => frames.ended(own.attacker.received, stream), 'an answer');
    }
    expect(own.abuses).toEqual([]);
  });

  it('a flood of settings', async () => {
    const own = await attack(() => {}, { budget: { settingsMax: 20 } });
    own.attacker.send(open());
    for (let i = 0; i < 200; i++) own.attacker.send(frames.settings([3, 100]));
    await isEndedFor(own, 'settings');
  });

  it('row 45: CVE-2026-21714: a session whose window was broken is gone', async () => {
    const own = await attack(() => {});
    own.attacker.send(open(), get(1), frames.windowUpdate(0, 2 ** 31 - 1), frames.windowUpdate(0, 2 ** 31 - 1));
    await own.attacker.farewell();
    await until(() => own.closed === 1, 'the end of the session');
    await own.gate.quiet();
  });

  it('more streams than it may have at once', async () => {
    const own = await attack(() => {}, { budget: { streamsMax: 5 } });
    own.attacker.send(open(), ...streams(8).map(get));
    await own.attacker.farewell();
    expect(frames.goaways(own.attacker.received)).toHaveLength(1);
    await own.gate.quiet();
    expect(own.gate.exchanges).toHaveLength(5);
  });

  it('a peer that answers no ping while its streams are open', async () => {
    const own = await attack(() => {}, { virtualTime: true });
    own.attacker.send(open(), get(1));
    await until(() => own.gate.exchanges.length === 1, 'an exchange');
    own.gate.advance(76_000);
    expect(own.attacker.closed).toBe(false);
    own.gate.advance(11_000);
    await isEndedFor(own, 'silence');
  });

  it.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['half a preface', Buffer.from(frames.preface.slice(0, 12))],
    ['a frame that is too large', Buffer.concat([open(), frames.frame(0, 0, 1, Buffer.alloc(20_000))])],
    ['an even stream', Buffer.concat([open(), get(2)])],
    ['data of no stream', Buffer.concat([open(), frames.data(1, 'x')])],
  ])('%s', async (_name, bytes) => {
    const own = await attack(() => {}, { virtualTime: true });
    own.attacker.send(bytes);
    await until(() => own.sessions.length === 1, 'the session');
    await until(() => {
      own.gate.advance(1000);
      return own.attacker.closed;
    }, 'the end');
    expect(own.gate.exchanges).toHaveLength(0);
  });
});
