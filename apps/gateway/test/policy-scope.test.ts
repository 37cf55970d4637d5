import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

let upstream: Upstream;
let gate: Running | undefined;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => upstream.close());
afterEach(async () => gate?.stop());

interface Written {
  readonly api?: string;
  readonly first?: string;
  readonly more?: string;
}

/** One API with two routes, and the policies of the API and of its first route. */
const config = ({ api = '', first = '', more = '' }: Written): string => `
apis:
  users:
    access: open
    upstream: "http://127.0.0.1:${upstream.port}"
    policies: [ ${api} ]
    routes:
      - { method: GET, path: /a, policies: [ ${first} ] }
      - { method: GET, path: "/b/{id}" }
${more}
`;

const limit = (calls: number): string => `{ rate-limit: { limit: ${calls}, window: 1h, by: ip } }`;

async function statuses(running: Running, ...paths: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const path of paths) found.push((await fetch(running.url + path)).status);
  return found;
}

describe('a limit', () => {
  it('of an API counts the calls of all its routes together', async () => {
    gate = await startGate(config({ api: limit(3) }));
    expect(await statuses(gate, '/a', '/b/1', '/b/2', '/a', '/b/1')).toEqual([200, 200, 200, 429, 429]);
  });

  it('of an API counts over workers as over routes', async () => {
    gate = await startGate(config({ api: limit(3) }), 2);
    const { url } = gate;
    const calls = Array.from({ length: 20 }, async (_, call) => fetch(`${url}${call % 2 === 0 ? '/a' : '/b/1'}`));
    const replies = await Promise.all(calls);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it('of a route counts for itself', async () => {
    gate = await startGate(config({ first: limit(1) }));
    expect(await statuses(gate, '/a', '/b/1', '/b/2', '/a')).toEqual([200, 200, 200, 429]);
  });

  it('of a route counts beside that of its API', async () => {
    gate = await startGate(config({ api: limit(3), first: limit(1) }));
    // The refused call has used up one of the API's three as well: the API's limit is asked first.
    expect(await statuses(gate, '/a', '/a', '/b/1', '/b/1')).toEqual([200, 429, 200, 429]);
  });

  it('of one API does not count the calls of another', async () => {
    const other = `  others: { basePath: /others, access: open, upstream: "http://127.0.0.1:${upstream.port}", policies: [ ${limit(1)} ] }`;
    gate = await startGate(config({ api: limit(1), more: other }));
    expect(await statuses(gate, '/a', '/others', '/a', '/others')).toEqual([200, 200, 429, 429]);
  });

  it('keeps its count when a policy is put in front of it', async () => {
    gate = await startGate(config({ api: limit(2) }));
    expect(await statuses(gate, '/a', '/b/1', '/a')).toEqual([200, 200, 429]);
    await gate.publish(config({ api: `{ headers: { response: { set: { x-new: "1" } } } }, ${limit(2)}` }));
    expect(await statuses(gate, '/a', '/b/1')).toEqual([429, 429]);
  });

  it('keeps its count when its limit is raised', async () => {
    gate = await startGate(config({ api: limit(2) }));
    expect(await statuses(gate, '/a', '/b/1', '/a')).toEqual([200, 200, 429]);
    await gate.publish(config({ api: limit(3) }));
    expect(await statuses(gate, '/a', '/b/1')).toEqual([200, 429]);
  });
});
