import fc from 'fast-check';
import { expect, it } from 'vitest';
import { piecesOf } from './fuzz-requests.ts';
import { performances, type Performance } from './fuzz-replies.ts';
import { gateWith, type Gate } from './harness.ts';
import { turn, until, type Peer } from './peer.ts';
import { onRequests } from './raw-upstream.ts';
import { readMessages, statusOf, type Message } from './read-message.ts';

const RUNS = Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 2500);
const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? 20_260_803);
const TIMEOUTS = { connectMs: 1000, firstByteMs: 1000, idleMs: 1000 };

/** The final reply in the bytes of an upstream, as a plain reader reads it. */
function finalReply(text: string, { method, ending }: Performance): Message | undefined {
  return readMessages(text, { as: 'reply', method, closed: ending === 'end' }).find((each) => statusOf(each) >= 200);
}

async function play(peer: Peer, performance: Performance): Promise<void> {
  await peer.sendPieces(piecesOf(performance));
  if (performance.ending === 'end') peer.end();
  if (performance.ending === 'reset') {
    // What is still on its way when the reset comes is lost; here it shall have arrived.
    for (let i = 0; i < 3; i++) await turn();
    peer.reset();
  }
}

/** Makes one request and waits until it is over, by the gate's clock if need be. */
async function call(gate: Gate, { method, minor }: Performance): Promise<Peer> {
  const caller = await gate.call();
  caller.send(`${method} /x HTTP/1.${minor}\r\nHost: a\r\n\r\n`);
  const over = () => gate.outcomes.length === 1;
  await until(() => gate.exchanges.length === 1, 'the request');
  for (let i = 0; i < 30 && !over(); i++) await turn();
  for (let i = 0; i < 10 && !over(); i++) {
    gate.advance(500);
    await turn();
  }
  await until(over, 'the end of the exchange');
  return caller;
}

it(
  `whatever an upstream sends, nothing crashes, hangs or looks complete that is not (${RUNS} replies)`,
  async () => {
    let current: Performance | undefined;
    const { gate, upstream } = await gateWith(
      (peer) => onRequests(peer, () => void (current === undefined ? 0 : play(peer, current))),
      { virtualTime: true, timeouts: TIMEOUTS },
    );
    let whole = 0;
    await fc.assert(
      fc
        .asyncProperty(performances, async (performance) => {
          current = performance;
          const caller = await call(gate, performance);
          const [{ status, code } = { status: 0, code: undefined }] = gate.outcomes;
          caller.end();
          await until(() => caller.closed, 'the end of the connection');
          const closed = caller.error === '';
          const read = readMessages(caller.received, { as: 'reply', method: performance.method, closed });
          const got = read.find((each) => statusOf(each) >= 200);
          const truth = finalReply(performance.text, performance);
          if (code === undefined) {
            expect(truth).toMatchObject({ complete: true, body: got?.body });
            expect([got?.complete, statusOf(got), got?.rest]).toEqual([true, statusOf(truth), '']);
            whole++;
          } else if (status === 502 || status === 504) {
            expect([got?.complete, got?.body, got?.rest]).toEqual([true, '', '']);
          } else {
            expect([status, got?.complete ?? false]).toEqual([statusOf(truth), false]);
            expect(truth?.body.startsWith(got?.body ?? '')).toBe(true);
          }
        })
        .afterEach(async () => {
          for (const peer of upstream.peers.splice(0)) peer.destroy();
          await until(() => gate.pool.size === 0, 'an empty pool');
          gate.forget();
        }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(whole).toBeGreaterThan(RUNS / 4);
  },
  60_000 + RUNS * 20,
);
