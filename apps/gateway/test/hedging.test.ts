import http from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

/** What a server does with its requests; both answer with their letter. */
type Behaviour = 'fast' | 'never' | 'slow' | 'fails' | 'fails slowly' | 'resets slowly';

const SLOW_MS = 250;

let gate: Running | undefined;
let upstreams: Upstream[] = [];
/** Letters of servers whose caller left before they had answered. */
let cancelled: string[] = [];
let behaviours: Record<string, Behaviour> = {};
afterEach(async () => {
  await gate?.stop();
  gate = undefined;
  await Promise.all(upstreams.map(async (upstream) => upstream.close()));
  upstreams = [];
  cancelled = [];
});

const act: Readonly<Record<Behaviour, (response: http.ServerResponse, name: string) => void>> = {
  fast: (response, name) => response.end(name),
  never: () => {},
  slow: (response, name) => void setTimeout(() => response.end(name), SLOW_MS),
  fails: (response, name) => response.writeHead(503).end(name),
  'fails slowly': (response, name) => void setTimeout(() => response.writeHead(503).end(name), SLOW_MS),
  'resets slowly': (response) => void setTimeout(() => response.destroy(), SLOW_MS),
};

/** Round-robin: the first request goes to `a`, its hedge to `b`. */
// oxlint-disable-next-line max-params -- two servers, and what differs from test to test
async function started(
  a: Behaviour,
  b: Behaviour,
  rules = 'hedge: { after: 50ms }',
  retries = '{ attempts: 0 }',
): Promise<void> {
  behaviours = { a, b };
  upstreams = await Promise.all(
    ['a', 'b'].map(async (name) => {
      return startUpstream((request, response) => {
        response.on('close', () => {
          if (!response.writableFinished) cancelled.push(name);
        });
        request.resume();
        request.on('end', () => act[behaviours[name] ?? 'never'](response, name));
      });
    }),
  );
  const targets = upstreams.map(({ port }) => `"http://127.0.0.1:${port}"`).join(', ');
  gate = await startGate(`
upstreams: { u: { targets: [ ${targets} ], balance: round-robin, retries: ${retries}, ${rules} } }
apis: { a: { access: open, upstream: u } }
`);
}

async function call(init: RequestInit = {}): Promise<{ status: number; body: string }> {
  const reply = await fetch(`${gate?.url}/`, { signal: AbortSignal.timeout(10_000), ...init });
  return { status: reply.status, body: await reply.text() };
}

const asked = (): number[] => upstreams.map(({ seen }) => seen.length);

describe('a hedge', () => {
  it('answers in place of a first try that is slow, which is cancelled', async () => {
    await started('never', 'fast');
    expect(await call()).toEqual({ status: 200, body: 'b' });
    await vi.waitFor(() => expect(cancelled).toEqual(['a']), { timeout: 5000 });
    const [record] = (await gate?.records()) ?? [];
    expect(record).toMatchObject({ status: 200, attempts: 2, upstream: `http://127.0.0.1:${upstreams[1]?.port}` });
    expect(record?.upstreamReason).toMatch(/^hedge round-robin:/);
    expect(record?.upstreamTries).toMatch(/:\d+ cancelled [\d.]+ ms; http:\/\/127\.0\.0\.1:\d+ 200 [\d.]+ ms$/);
  });

  it('is cancelled when the first try answers after all', async () => {
    await started('slow', 'never');
    expect(await call()).toEqual({ status: 200, body: 'a' });
    expect(asked()).toEqual([1, 1]);
    await vi.waitFor(() => expect(cancelled).toEqual(['b']), { timeout: 5000 });
    const [record] = (await gate?.records()) ?? [];
    expect(record).toMatchObject({
      upstream: `http://127.0.0.1:${upstreams[0]?.port}`,
      upstreamReason: 'round-robin:1-of-2',
    });
  });

  it('is not sent when the first try is fast', async () => {
    await started('fast', 'fast', 'hedge: { after: 10s }');
    expect(await call()).toEqual({ status: 200, body: 'a' });
    expect(asked()).toEqual([1, 0]);
  });

  it.each<[Behaviour, string]>([
    ['fails slowly', 'answers badly'],
    ['resets slowly', 'breaks off'],
  ])('goes on alone when the first try %s', async (behaviour) => {
    await started(behaviour, 'slow', 'hedge: { after: 100ms }');
    expect(await call()).toEqual({ status: 200, body: 'b' });
  });

  it.each<[Behaviour]>([['fails'], ['fails slowly'], ['resets slowly']])(
    'that %s leaves the first try alone',
    async (behaviour) => {
      await started('slow', behaviour, 'hedge: { after: 10ms }');
      expect(await call()).toEqual({ status: 200, body: 'a' });
      expect(asked()).toEqual([1, 1]);
    },
  );

  it('leaves a failure for the caller when both fail', async () => {
    await started('fails slowly', 'fails slowly');
    expect((await call()).status).toBe(503);
    expect(asked()).toEqual([1, 1]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('is sent for %s, with its body', async (method) => {
    await started('never', 'fast');
    const body = method === 'GET' ? {} : { body: 'the whole body' };
    expect((await call({ method, ...body })).body).toBe('b');
    expect(upstreams[1]?.seen[0]?.headers['content-length']).toBe(method === 'GET' ? undefined : '14');
  });

  it('waits for a body that comes late', async () => {
    await started('never', 'fast', 'hedge: { after: 20ms }');
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const request = http.request(`${gate?.url}/`, { method: 'PUT', headers: { 'content-length': 4 } }, (response) => {
      response.on('data', (data: Buffer) => resolve(data.toString()));
    });
    request.on('error', reject);
    request.write('be');
    await vi.waitFor(() => expect(asked()).toEqual([1, 0]), { timeout: 5000 });
    setTimeout(() => request.end('at'), 150);
    expect(await promise).toBe('b');
  });

  it.each<[string, RequestInit]>([
    ['for POST', { method: 'POST', body: 'x' }],
    ['for a body that is too large to keep', { method: 'PUT', body: 'x'.repeat(100_000) }],
  ])('is never sent %s', async (_name, init) => {
    await started('slow', 'fast');
    expect((await call(init)).body).toBe('a');
    expect(asked()).toEqual([1, 0]);
  });

  it('is never sent outside the budget of retries', async () => {
    await started('slow', 'fast', 'hedge: { after: 20ms }', '{ attempts: 0, budget: 0% }');
    expect((await call()).body).toBe('a');
    expect(asked()).toEqual([1, 0]);
  });

  it('ends with its caller', async () => {
    await started('never', 'never');
    const abort = new AbortController();
    const calling = fetch(`${gate?.url}/`, { signal: abort.signal }).catch(() => undefined);
    await vi.waitFor(() => expect(asked()).toEqual([1, 1]), { timeout: 5000 });
    abort.abort();
    await calling;
    await vi.waitFor(() => expect(cancelled.toSorted()).toEqual(['a', 'b']), { timeout: 5000 });
    expect((await gate?.records())?.[0]).toMatchObject({ code: 'request.cancelled', attempts: 2 });
  });

  it('ends with the time for all tries', async () => {
    await started('never', 'never', 'hedge: { after: 20ms }, timeouts: { total: 200ms }');
    expect((await call()).status).toBe(504);
    await vi.waitFor(() => expect(cancelled.toSorted()).toEqual(['a', 'b']), { timeout: 5000 });
  });

  it('waits for a share of the latencies of late, once there are enough', async () => {
    await started('fast', 'fast', 'hedge: { after: p95 }, timeouts: { firstByte: 10s }');
    behaviours['a'] = 'never';
    const first = call({ signal: AbortSignal.timeout(300) });
    await expect(first).rejects.toThrow();
    expect(asked()).toEqual([1, 0]);
    behaviours['a'] = 'fast';
    for (let n = 0; n < 40; n++) await call();
    behaviours['a'] = 'never';
    expect((await call()).body).toBe('b');
    expect((await call()).body).toBe('b');
  });

  it('gives all that it took back: later calls go on as before', async () => {
    await started('slow', 'fast', 'hedge: { after: 20ms }');
    for (let n = 0; n < 10; n++) expect((await call()).status).toBe(200);
    const all = await Promise.all(Array.from({ length: 20 }, async () => call()));
    expect(all.every(({ status }) => status === 200)).toBe(true);
  });
});
