import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { getResults, runTests } from 'http-cache-tests/client/runner.mjs';
import handleConfig from 'http-cache-tests/server/handle-config.mjs';
import handleState from 'http-cache-tests/server/handle-state.mjs';
import handleTest from 'http-cache-tests/server/handle-test.mjs';
import suites from 'http-cache-tests/tests/index.mjs';
import { startGate } from '../../apps/gateway/test/harness.ts';
import { score, type Scored, type Suite } from './score.ts';

type Fetch = (url: string, init?: unknown) => Promise<unknown>;

/** The client that the suite is made for: a later one writes some fields in another case. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package has no types
const fetch = createRequire(import.meta.resolve('http-cache-tests/tests/index.mjs'))('node-fetch') as Fetch;

/** The suite's own origin; its own program cannot be asked for a free port. */
async function startOrigin(): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const [, room = '', ...rest] = new URL(request.url ?? '/', 'http://origin').pathname.split('/');
    if (room === 'config') handleConfig(rest, request, response);
    else if (room === 'test') handleTest(rest, request, response);
    else if (room === 'state') handleState(rest, request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (address: ReturnType<http.Server['address']>): number => (isInternet(address) ? address.port : 0);

function isInternet(address: ReturnType<http.Server['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/** How the gate stands in the suite. No default for how long: what is kept says so itself, or when it was changed. */
const configOf = (port: number): string => `
upstreams: { origin: { targets: [ "http://127.0.0.1:${port}" ], retries: { attempts: 0 } } }
apis: { all: { access: open, upstream: origin, policies: [ { cache: { heuristic: 10%, staleIfError: 10m, cookies: true } } ] } }
`;

/** Plays the public suite, or the one case `only`, through a gate with a cache. Once a process: the suite remembers. */
export async function playSuite(only?: string): Promise<readonly Scored[]> {
  const origin = await startOrigin();
  const gate = await startGate(configOf(portOf(origin.address())), 1);
  // Both ends of it talk of what they see; a run of hundreds is told by its score.
  const { log } = console;
  if (only === undefined) console.log = () => {};
  try {
    await runTests(chosen(only), async (url, init) => fetch(url, init), false, gate.url, 50);
    return score(suites, getResults());
  } finally {
    console.log = log;
    await gate.stop();
    origin.closeAllConnections();
    origin.close();
  }
}

function chosen(only: string | undefined): readonly Suite[] {
  if (only === undefined) return suites;
  return suites.flatMap((suite) =>
    suite.tests.filter(({ id }) => id === only).map((test) => ({ ...suite, tests: [{ ...test, dump: true }] })),
  );
}
