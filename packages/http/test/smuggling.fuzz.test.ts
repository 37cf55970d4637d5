import fc from 'fast-check';
import http from 'node:http';
import { expect, it } from 'vitest';
import { conversations, piecesOf, readCorpus } from './fuzz-requests.ts';
import { gateTo, type GateExchange } from './harness.ts';
import { nodeServer, nothingRead } from './reading-servers.ts';

const RUNS = Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 2500);
const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? 20_260_802);
const CORPUS = readCorpus();

/** What Node says to a request that we cut off because its body turned out malformed. */
const CUT_OFF = /^(?:ECONNRESET|HPE_INVALID_EOF_STATE)$/;
/** And to methods that it does not know, such as PRI, which it takes for the beginning of HTTP/2. */
const UNKNOWN_METHOD = /^(?:ECONNRESET|HPE_INVALID_(?:EOF_STATE|METHOD|VERSION))$/;

/** Keeps what the gate takes for the body of each request. */
function listening() {
  const bodies = new Map<GateExchange, string>();
  const ready = (exchange: GateExchange) => {
    const { forward } = exchange;
    const passOn = forward.onBodyData.bind(forward);
    forward.onBodyData = (bytes, start, end) => {
      bodies.set(exchange, (bodies.get(exchange) ?? '') + bytes.toString('latin1', start, end));
      passOn(bytes, start, end);
    };
    forward.begin();
  };
  return { bodies, ready };
}

it(
  `what we forward, Node's parser reads as the one request it was (${RUNS} conversations)`,
  async () => {
    const upstream = nodeServer();
    const { bodies, ready } = listening();
    // Node leaves what it cannot read unanswered behind a request to upgrade.
    const gate = await gateTo(upstream.server, { ready, timeouts: { firstByteMs: 200 } });
    let forwarded = 0;
    await fc.assert(
      fc.asyncProperty(conversations(CORPUS), async (conversation) => {
        const reading = nothingRead();
        upstream.reading = reading;
        gate.forget();
        bodies.clear();
        const caller = await gate.call();
        await caller.sendPieces(piecesOf(conversation));
        caller.end();
        await caller.farewell();
        await gate.quiet();
        const known = gate.exchanges.filter(({ method }) => http.METHODS.includes(method));
        const whole = known.filter(({ outcomes }) => outcomes[0]?.code === undefined);
        expect(reading.requests.map(({ method, target, body }) => ({ method, target, body }))).toEqual(
          whole.map((exchange) => ({
            method: exchange.method,
            target: exchange.target,
            body: bodies.get(exchange) ?? '',
          })),
        );
        expect(reading.requests.every(({ authority }) => authority === 'upstream.test')).toBe(true);
        const expected = known.length === gate.exchanges.length ? CUT_OFF : UNKNOWN_METHOD;
        expect(reading.errors.filter((code) => !expected.test(code))).toEqual([]);
        forwarded += whole.length;
      }),
      { seed: SEED, numRuns: RUNS, examples: CORPUS.map((text) => [{ text, splitAt: text.length }]) },
    );
    expect(forwarded).toBeGreaterThan(RUNS / 3);
  },
  60_000 + RUNS * 20,
);
