import { parseOpenMetrics } from '@gatehouse/telemetry/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startStatusServer, type StatusSource } from './status-server.ts';

async function serve(source: StatusSource): Promise<string> {
  const server = await startStatusServer(source, { host: '127.0.0.1', port: 0, option: '--status' });
  onTestFinished(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}

const RUNNING = {
  version: 'abc',
  workers: [],
  restarts: 0,
  recorder: undefined,
  cache: { entries: 3, bytes: 500, bytesMax: 1000 },
};
const source = (phase: StatusSource['phase']): StatusSource => ({
  phase,
  status: () => (phase === 'starting' ? undefined : RUNNING),
  identityKeys: () => (phase === 'ready' ? '{"keys":[]}' : undefined),
  purge: () => 0,
});

describe('the status server', () => {
  it.each([
    ['starting', 200, 503, 503],
    ['ready', 200, 200, 200],
    ['draining', 200, 503, 200],
  ] as const)('answers while %s', async (phase, livez, readyz, metrics) => {
    const url = await serve(source(phase));
    const replies = await Promise.all(['/livez', '/readyz', '/metrics'].map(async (path) => fetch(url + path)));
    expect(replies.map(({ status }) => status)).toEqual([livez, readyz, metrics]);
    expect(await replies[1]?.text()).toBe(`${phase}\n`);
  });

  it('notices that the phase has changed', async () => {
    const changing = { ...source('ready'), phase: 'ready' as StatusSource['phase'] };
    const url = await serve(changing);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    changing.phase = 'draining';
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it.each([
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8', '# TYPE gatehouse_worker_restarts_total counter'],
    [
      'application/openmetrics-text; version=1.0.0, text/plain; q=0.5',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
      '# TYPE gatehouse_worker_restarts counter',
    ],
  ])('has metrics for those who accept %s, and nobody may keep them', async (accept, type, line) => {
    const reply = await fetch(`${await serve(source('ready'))}/metrics?any=query`, { headers: { accept } });
    expect([reply.headers.get('content-type'), reply.headers.get('cache-control')]).toEqual([type, 'no-store']);
    expect((await reply.text()).split('\n')).toContain(line);
  });

  const OBSERVED = '# TYPE gatehouse_requests counter\ngatehouse_requests_total 7\n# EOF\n';
  it.each<[string, StatusSource['observed'], number]>([
    ['has what the observer says', async () => OBSERVED, 1],
    ['says that nobody observes', undefined, 0],
    ['says that the observer has nothing to say', async () => undefined, 0],
    ['says that the observer failed', async () => Promise.reject(new Error('gone')), 0],
    ['says that the observer broke off', async () => OBSERVED.slice(0, -2), 0],
    ['waits no longer than a second', async () => new Promise(() => undefined), 0],
  ])('%s', async (_, observed, up) => {
    const observing = observed === undefined ? source('ready') : { ...source('ready'), observed };
    const asked = await fetch(`${await serve(observing)}/metrics`, {
      headers: { accept: 'application/openmetrics-text' },
    });
    const families = parseOpenMetrics(await asked.text());
    expect(families.get('gatehouse_observer_up')?.samples[0]?.value).toBe(up);
    expect(families.get('gatehouse_requests')?.samples[0]?.value).toBe(up === 1 ? 7 : undefined);
    expect(families.has('gatehouse_worker_restarts')).toBe(true);
  });

  it('has the keys of tokens about callers, where there are any', async () => {
    const keys = '/.well-known/gatehouse/jwks.json';
    const reply = await fetch((await serve(source('ready'))) + keys);
    expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
      200,
      'application/jwk-set+json',
      '{"keys":[]}',
    ]);
    expect((await fetch((await serve(source('starting'))) + keys)).status).toBe(404);
  });

  it('knows no other paths and no other methods', async () => {
    const url = await serve(source('ready'));
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/readyz`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/readyz`, { method: 'POST' })).status).toBe(405);
  });
});
