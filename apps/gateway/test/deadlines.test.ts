import type http from 'node:http';
import http2 from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

let gate: Running | undefined;
let upstream: Upstream | undefined;
afterEach(async () => {
  await gate?.stop();
  await upstream?.close();
  gate = upstream = undefined;
});

async function started(timeouts: string, handle: http.RequestListener, rules = ''): Promise<void> {
  upstream = await startUpstream(handle);
  gate = await startGate(`
upstreams: { u: { targets: [ "http://127.0.0.1:${upstream.port}" ], timeouts: ${timeouts}${rules} } }
apis: { a: { access: open, upstream: u } }
`);
}

const call = async (headers: Record<string, string> = {}): Promise<Response> => fetch(`${gate?.url}/`, { headers });

describe('the time for all tries', () => {
  it('ends one that does not answer', async () => {
    await started('{ total: 200ms }', () => {});
    const begun = performance.now();
    const reply = await call();
    expect(reply.status).toBe(504);
    expect(await reply.json()).toMatchObject({ code: 'upstream.timeout' });
    expect(performance.now() - begun).toBeLessThan(3000);
    const [record] = (await gate?.records()) ?? [];
    expect(record).toMatchObject({ status: 504, code: 'upstream.timeout', attempts: 1 });
  });

  it('ends several together, and begins none when it is over', async () => {
    await started(
      '{ total: 400ms, firstByte: 150ms }',
      () => {},
      ', retries: { attempts: 10, on: [timeout], budget: 100% }',
    );
    const begun = performance.now();
    expect((await call()).status).toBe(504);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(upstream?.seen.length).toBeGreaterThan(1);
    expect(upstream?.seen.length).toBeLessThan(5);
  });

  it('cuts a reply that goes on and on', async () => {
    await started('{ total: 250ms }', (_request, response) => {
      response.writeHead(200);
      const ticks = setInterval(() => response.write('more '), 20);
      response.on('close', () => clearInterval(ticks));
    });
    const reply = await call();
    expect(reply.status).toBe(200);
    await expect(reply.text()).rejects.toThrow();
    expect((await gate?.records())?.[0]).toMatchObject({ code: 'upstream.timeout' });
  });

  it('does not touch a reply that is in time', async () => {
    await started('{ total: 60s }', (_request, response) => response.end('in time'));
    for (let n = 0; n < 3; n++) expect(await (await call()).text()).toBe('in time');
  });
});

describe('targets are told what is left', () => {
  it('under the name that is configured, whatever the caller says', async () => {
    await started('{ total: 5s, header: x-request-timeout-ms }', (_request, response) => response.end());
    await call({ 'x-request-timeout-ms': '999999' });
    const left = Number(upstream?.seen[0]?.headers['x-request-timeout-ms']);
    expect(left).toBeGreaterThan(3000);
    expect(left).toBeLessThanOrEqual(5000);
  });

  it('anew with each try', async () => {
    await started(
      '{ total: 5s, header: x-left, firstByte: 150ms }',
      (_request, response) => void (upstream?.seen.length === 2 && response.end('second')),
      ', retries: { attempts: 1, on: [timeout] }',
    );
    expect(await (await call()).text()).toBe('second');
    const [first = 0, second = 0] = upstream?.seen.map(({ headers }) => Number(headers['x-left'])) ?? [];
    expect(first - second).toBeGreaterThan(100);
  });

  it('not at all unless so is configured', async () => {
    await started('{ total: 5s }', (_request, response) => response.end());
    await call();
    expect(Object.keys(upstream?.seen[0]?.headers ?? {}).filter((name) => name.includes('timeout'))).toEqual([]);
  });
});

describe('a call of gRPC', () => {
  /** Returns the status of gRPC. */
  async function callGrpc(headers: Record<string, string> = {}): Promise<string | undefined> {
    const session = http2.connect(`${gate?.url}`);
    const stream = session.request({
      ':path': '/',
      ':method': 'POST',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.end('request');
    const status = await new Promise<string | undefined>((resolve, reject) => {
      stream.on('response', (head) => {
        const value = head['grpc-status'];
        resolve(typeof value === 'string' ? value : undefined);
      });
      stream.on('error', reject);
    });
    stream.resume();
    session.destroy();
    return status;
  }
  const told = (): string | undefined => {
    const value = upstream?.seen[0]?.headers['grpc-timeout'];
    return typeof value === 'string' ? value : undefined;
  };
  const ms = (text: string | undefined): number => Number(text?.replace(/m$/, ''));

  it('keeps its own timeout, less what has passed', async () => {
    await started('{ idle: 60s }', (_request, response) => response.end());
    await callGrpc({ 'grpc-timeout': '3S' });
    expect(told()).toMatch(/^\d+m$/);
    expect(ms(told())).toBeLessThanOrEqual(3000);
    expect(ms(told())).toBeGreaterThan(1500);
  });

  it('gets no more than the upstream has', async () => {
    await started('{ total: 2s }', (_request, response) => response.end());
    await callGrpc({ 'grpc-timeout': '1H' });
    expect(ms(told())).toBeLessThanOrEqual(2000);
  });

  it('without one is told what the upstream has', async () => {
    await started('{ total: 2s }', (_request, response) => response.end());
    await callGrpc();
    expect(ms(told())).toBeLessThanOrEqual(2000);
  });

  it('is told DEADLINE_EXCEEDED when it is over', async () => {
    await started('{ idle: 60s }', () => {});
    expect(await callGrpc({ 'grpc-timeout': '150m' })).toBe('4');
  });

  it('passes on what is no timeout as it is', async () => {
    await started('{ idle: 60s }', (_request, response) => response.end());
    await callGrpc({ 'grpc-timeout': '3 minutes' });
    expect(told()).toBe('3 minutes');
  });
});
