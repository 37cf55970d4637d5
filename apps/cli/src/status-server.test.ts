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

  it('says what kind of text it is, and that nobody may keep it', async () => {
    const reply = await fetch(`${await serve(source('ready'))}/metrics?any=query`);
    expect(reply.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(reply.headers.get('cache-control')).toBe('no-store');
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
