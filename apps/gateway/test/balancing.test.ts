import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

let gate: Running | undefined;
let upstreams: Upstream[] = [];
afterEach(async () => {
  await gate?.stop();
  gate = undefined;
  await Promise.all(upstreams.map(async (upstream) => upstream.close()));
  upstreams = [];
});

/** Servers that answer with their own letter; what `fails` names answers 503. */
async function servers(names: string, fails: ReadonlySet<string> = new Set()): Promise<readonly number[]> {
  const started = await Promise.all(
    names.split('').map(async (name) =>
      startUpstream((_request, response) => {
        if (fails.has(name)) response.statusCode = 503;
        response.end(name);
      }),
    ),
  );
  upstreams.push(...started);
  return started.map(({ port }) => port);
}

const targets = (ports: readonly number[]): string => ports.map((port) => `"http://127.0.0.1:${port}"`).join(', ');

const config = (rules: string, ports: readonly number[]): string => `
upstreams: { u: { targets: [ ${targets(ports)} ], ${rules} } }
apis: { a: { access: open, upstream: u } }
`;

async function call(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; retryAfter: string | null }> {
  const reply = await fetch(`${gate?.url}${path}`, { headers });
  return { status: reply.status, body: await reply.text(), retryAfter: reply.headers.get('retry-after') };
}

describe('consistent hashing', () => {
  const ways: readonly (readonly [string, (key: string) => readonly [string, Record<string, string>]])[] = [
    ['header:X-User', (key) => ['/x', { 'x-user': key }]],
    ['cookie:session', (key) => ['/x', { cookie: `other=1; session=${key}` }]],
    ['query:user', (key) => [`/x?page=${Math.random()}&user=${key}`, {}]],
    ['path', (key) => [`/users/${key}`, {}]],
  ];
  for (const [by, requestOf] of ways) {
    it(`sends requests that agree in ${by} to the same target`, async () => {
      const ports = await servers('abcd');
      gate = await startGate(config(`balance: consistent-hash, hash: { by: "${by}" }`, ports));
      const homes = new Map<string, Set<string>>();
      for (let n = 0; n < 60; n++) {
        const key = `k${n % 12}`;
        const [path, headers] = requestOf(key);
        const { body } = await call(path, headers);
        homes.set(key, (homes.get(key) ?? new Set()).add(body));
      }
      expect([...homes.values()].map(({ size }) => size)).toEqual(Array.from({ length: 12 }, () => 1));
      expect(new Set([...homes.values()].flatMap((home) => [...home])).size).toBeGreaterThan(1);
    });
  }

  it('goes by the application of the caller', async () => {
    const ports = await servers('abcd');
    const keys = Array.from({ length: 8 }, (_, n) => `app${n}: { keys: [ { name: k, secret: "secret-of-${n}" } ] }`);
    gate = await startGate(`
upstreams: { u: { targets: [ ${targets(ports)} ], balance: consistent-hash, hash: { by: application } } }
apis: { a: { access: key, upstream: u } }
applications: { ${keys.join(', ')} }
`);
    const homeOf = async (n: number): Promise<string> => (await call('/x', { 'x-api-key': `secret-of-${n}` })).body;
    const homes = [];
    for (let n = 0; n < 8; n++) homes.push(await homeOf(n));
    expect(new Set(homes).size).toBeGreaterThan(1);
    for (let n = 0; n < 8; n++) expect(await homeOf(n)).toBe(homes[n]);
  });

  it('leaves keys where they are when a target fails, but for those of that target', async () => {
    const fails = new Set<string>();
    const ports = await servers('abcd', fails);
    gate = await startGate(
      config(
        'balance: consistent-hash, hash: { by: path }, ejection: { consecutive: 1 }, retries: { attempts: 0 }',
        ports,
      ),
    );
    const homes = async (): Promise<string[]> => {
      const found = [];
      for (let n = 0; n < 40; n++) found.push((await call(`/${n}`)).body);
      return found;
    };
    const before = await homes();
    fails.add('a');
    await homes();
    const after = await homes();
    before.forEach((home, n) => (home === 'a' ? expect(after[n]).not.toBe('a') : expect(after[n]).toBe(home)));
  });
});

describe('the breaker', () => {
  const rules =
    'breaker: { errors: 50%, minRequests: 4, openFor: 300ms, probes: 1 }, ejection: { maxShare: 0% }, retries: { attempts: 0 }';

  it('refuses with 503 and when to come again, lets a probe through, and closes', async () => {
    const fails = new Set('a');
    const ports = await servers('a', fails);
    gate = await startGate(config(rules, ports));
    for (let n = 0; n < 4; n++) expect((await call('/')).body).toBe('a');
    const refused = await call('/');
    expect(refused).toMatchObject({ status: 503, retryAfter: '1' });
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'upstream.circuit_open' });
    const seen = upstreams[0]?.seen.length;
    await call('/');
    expect(upstreams[0]?.seen.length).toBe(seen);
    fails.clear();
    await vi.waitFor(async () => expect((await call('/')).status).toBe(200), { timeout: 5000, interval: 50 });
    expect((await call('/')).status).toBe(200);
  });

  it('stays open over a reload that leaves its rules alone, and over a failed probe', async () => {
    const ports = await servers('a', new Set('a'));
    const slow = rules.replace('300ms', '1h');
    gate = await startGate(config(slow, ports));
    for (let n = 0; n < 4; n++) await call('/');
    await gate.publish(config(`${slow}, balance: round-robin`, ports));
    expect(JSON.parse((await call('/')).body)).toMatchObject({ code: 'upstream.circuit_open' });
    await gate.publish(config(slow.replace('probes: 1', 'probes: 2'), ports));
    expect((await call('/')).body).toBe('a');
  });
});

describe('ejection', () => {
  it('survives a reload, and the addition of a target', async () => {
    const fails = new Set('a');
    const ports = await servers('abc', fails);
    const rules = 'balance: round-robin, ejection: { consecutive: 2, base: 1h, max: 2h }, retries: { attempts: 0 }';
    gate = await startGate(config(rules, ports.slice(0, 2)));
    for (let n = 0; n < 4; n++) await call('/');
    const bodies = async (): Promise<Set<string>> => {
      const found = new Set<string>();
      for (let n = 0; n < 12; n++) found.add((await call('/')).body);
      return found;
    };
    expect(await bodies()).toEqual(new Set('b'));
    fails.clear();
    await gate.publish(config(rules, ports));
    expect(await bodies()).toEqual(new Set('bc'));
  });

  it('is ignored, checks too, in a panic that is configured', async () => {
    const ports = await servers('ab', new Set('ab'));
    const rules =
      'panic: 100%, balance: round-robin, retries: { attempts: 0 }, health: { path: /, interval: 20ms, unhealthyAfter: 1 }';
    gate = await startGate(config(rules, ports));
    await vi.waitFor(() => expect(upstreams.every(({ seen }) => seen.length > 1)).toBe(true), { timeout: 5000 });
    expect((await call('/x')).body).toMatch(/^[ab]$/);
    const [record] = await gate.records();
    expect(record?.upstreamReason).toMatch(/^(panic )?round-robin:1-of-2$/);
  });
});

describe('the record', () => {
  it('says why an endpoint was chosen', async () => {
    const ports = await servers('abc');
    gate = await startGate(config('balance: peak-ewma', ports));
    await call('/');
    const [record] = await gate.records();
    expect(record?.upstreamReason).toBe('peak-ewma:2-of-3');
    expect(record?.upstreamTries).toBeUndefined();
  });

  it('says that there was no choice', async () => {
    gate = await startGate(config('balance: peak-ewma', await servers('a')));
    await call('/');
    expect((await gate.records())[0]).not.toHaveProperty('upstreamReason');
  });

  it('says what each try came to', async () => {
    const ports = await servers('ab', new Set('a'));
    gate = await startGate(config('balance: round-robin, retries: { attempts: 1, on: [503] }', ports));
    expect((await call('/')).body).toBe('b');
    const [record] = await gate.records();
    expect(record).toMatchObject({ status: 200, attempts: 2, upstreamReason: 'retry round-robin:1-of-1' });
    expect(record?.upstream).toBe(`http://127.0.0.1:${ports[1]}`);
    expect(record?.upstreamTries).toMatch(
      new RegExp(String.raw`^http://127.0.0.1:${ports[0]} 503 [\d.]+ ms; http://127.0.0.1:${ports[1]} 200 [\d.]+ ms$`),
    );
  });

  it('says what came of a connection that nobody took', async () => {
    const ports = await servers('ab');
    await upstreams[0]?.close();
    gate = await startGate(config('balance: round-robin', ports));
    expect((await call('/')).body).toBe('b');
    expect((await gate.records())[0]?.upstreamTries).toContain(`http://127.0.0.1:${ports[0]} connect `);
  });
});
