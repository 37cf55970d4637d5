import fc from 'fast-check';
import http from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { canonicalTarget } from '../src/index.ts';
import { conversations, piecesOf, readCorpus } from './fuzz-requests.ts';
import { listen } from './harness.ts';
import { dial, turn } from './peer.ts';
import { nodeServer, nothingRead, ourServer, type Read, type Reading, type ReadingServer } from './reading-servers.ts';

const RUNS = Number(process.env['GATEHOUSE_FUZZ_RUNS'] ?? 2500);
const TURNS_MAX = 500;
const SEED = Number(process.env['GATEHOUSE_FUZZ_SEED'] ?? 20_260_801);
const CORPUS = readCorpus();

async function running(own: ReadingServer): Promise<(pieces: readonly string[]) => Promise<Reading>> {
  const port = await listen(own.server);
  onTestFinished(() => {
    own.server.close();
    if (own.server instanceof http.Server) own.server.closeAllConnections();
  });
  return async (pieces) => {
    own.reading = nothingRead();
    const { reading } = own;
    const caller = await dial(port);
    await caller.sendPieces(pieces);
    caller.end();
    // Ours always comes to an end. Node's may wait for ever, such as for a body behind a request to upgrade.
    if (own.server instanceof http.Server) for (let i = 0; i < TURNS_MAX && !caller.closed; i++) await turn();
    else await caller.farewell();
    caller.destroy();
    return reading;
  };
}

/** Node takes Proxy-Connection for Connection, and what comes with a request to upgrade for the other protocol. */
const nodeStopsBehind = ({ fields }: Read) => fields.some(([name]) => /^(?:proxy-connection|upgrade)$/i.test(name));

const GOES_NO_FURTHER =
  /_|^(?:host|connection|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-connection|http2-settings|x-forwarded-for)$/i;

function sameRequest(ours: Read, nodes: Read): void {
  const [absolute, authority = nodes.authority] = /^http:\/\/([^/?]+)/i.exec(nodes.target) ?? [''];
  const origin = nodes.target.slice(absolute.length);
  const canonical =
    nodes.target === '*' ? { path: '*', query: '' } : canonicalTarget(origin.startsWith('/') ? origin : `/${origin}`);
  expect({ method: ours.method, target: ours.target, body: ours.body, authority: ours.authority }).toEqual({
    method: nodes.method,
    target: `${canonical?.path}${canonical?.query}`,
    body: nodes.body,
    authority: authority.toLowerCase(),
  });
  const nominated = nodes.fields
    .filter(([name]) => /^connection$/i.test(name))
    .flatMap(([, value]) => value.toLowerCase().split(','));
  const gone = new Set(nominated.map((name) => name.trim()).filter((name) => name !== 'content-length'));
  const forwarded = nodes.fields.filter(([name]) => !GOES_NO_FURTHER.test(name) && !gone.has(name.toLowerCase()));
  expect(ours.fields).toEqual(forwarded);
}

it(
  `what we accept, Node's parser accepts and reads alike (${RUNS} conversations)`,
  async () => {
    const ours = await running(ourServer());
    const nodes = await running(nodeServer());
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(conversations(CORPUS), async (conversation) => {
        const pieces = piecesOf(conversation);
        const [own, other] = await Promise.all([ours(pieces), nodes(pieces)]);
        for (const [index, request] of own.requests.entries()) {
          const theirs = other.requests[index];
          // Node's list of methods is closed (row 22).
          if (!http.METHODS.includes(request.method)) return;
          if (theirs === undefined) throw new Error(`Node refuses request ${index}: ${JSON.stringify(request)}`);
          sameRequest(request, theirs);
          accepted++;
          if (nodeStopsBehind(theirs)) return;
        }
        // Where we refuse nothing, Node must not find a request that we took for a part of something else.
        if (!own.refused) expect(other.requests).toHaveLength(own.requests.length);
      }),
      { seed: SEED, numRuns: RUNS, examples: CORPUS.map((text) => [{ text, splitAt: text.length }]) },
    );
    // The generator is worth something only while most of what it makes is read as requests by both.
    expect(accepted).toBeGreaterThan(RUNS / 3);
  },
  60_000 + RUNS * 20,
);
