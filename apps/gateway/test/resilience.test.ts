import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function gateOver(
  handle: http.RequestListener,
  options: { workers: number; policies?: string },
): Promise<{ gate: Running; upstream: Upstream; config: (title: string) => string }> {
  const upstream = await startUpstream(handle);
  closers.push(async () => upstream.close());
  const config = (title: string): string => `
upstreams:
  origin: { targets: ["http://127.0.0.1:${upstream.port}"] }
apis:
  all: { title: "${title}", version: ${title}, basePath: "", access: open, upstream: origin, policies: [ ${options.policies ?? ''} ] }
`;
  const gate = await startGate(config('v0'), options.workers);
  closers.push(async () => gate.stop());
  return { gate, upstream, config };
}

/** One GET over a connection of its own; resolves with the status, or 0 when the connection broke. */
async function once(port: number, path = '/'): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path, agent: false }, (reply) => {
      reply.resume();
      reply.on('end', () => resolve(reply.statusCode ?? 0));
      reply.on('error', () => resolve(0));
    });
    request.on('error', () => resolve(0));
  });
}

describe('limits over workers', () => {
  it('let exactly 100 of 1,000 concurrent calls through two workers', async () => {
    const policies = 'rate-limit: { limit: 100, window: 1m, by: route }';
    const { gate } = await gateOver((_request, response) => response.end('ok'), { workers: 2, policies });
    const statuses = await Promise.all(Array.from({ length: 1000 }, async () => once(gate.port)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(900);
    const records = await gate.records();
    expect(records).toHaveLength(1000);
    expect(new Set(records.map(({ worker }) => worker)).size).toBe(2);
  });
});

describe('reloading', () => {
  it('loses no request, no stream and no tunnel', async () => {
    const { gate, upstream, config } = await gateOver(
      (request, response) => {
        if (request.url !== '/stream') {
          response.end('ok');
          return;
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write('data: x\n\n'), 10);
        response.on('close', () => clearInterval(timer));
      },
      { workers: 2 },
    );
    upstream.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('error', () => socket.destroy());
      closers.push(async () => void socket.destroy());
    });
    const stream = net.connect(gate.port, '127.0.0.1');
    stream.write('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
    const tunnel = net.connect(gate.port, '127.0.0.1');
    tunnel.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await Promise.all([stream, tunnel].map(async (socket) => new Promise((resolve) => socket.once('data', resolve))));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const load = { running: true };
    let calls = 0;
    const failures: string[] = [];
    const caller = async (): Promise<void> => {
      while (load.running) {
        const status = await new Promise<number | string>((resolve) => {
          const request = http.get({ port: gate.port, host: '127.0.0.1', agent }, (reply) => {
            reply.resume();
            reply.on('end', () => resolve(reply.statusCode ?? 0));
          });
          request.on('error', (error) => resolve(String(error)));
        });
        calls++;
        if (status !== 200) failures.push(String(status));
      }
    };
    const callers = Array.from({ length: 16 }, caller);
    for (let i = 1; i <= 20; i++) await gate.publish(config(`v${i}`));
    load.running = false;
    await Promise.all(callers);
    agent.destroy();
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(50);
    expect(gate.gateway.status().workers.map(({ version }) => version)).toEqual([
      gate.gateway.status().version,
      gate.gateway.status().version,
    ]);
    const echoed = new Promise<string>((resolve) => tunnel.once('data', (bytes) => resolve(bytes.toString())));
    tunnel.write('still here');
    expect(await echoed).toBe('still here');
    const next = await new Promise<string>((resolve) => stream.once('data', (bytes) => resolve(bytes.toString())));
    expect(next).toContain('data: x');
    stream.destroy();
    tunnel.destroy();
  });
});

describe('a worker that dies', () => {
  it('is replaced, and the others never notice', async () => {
    const { gate } = await gateOver((_request, response) => response.end('ok'), { workers: 2 });
    await gate.gateway.killWorker(0);
    const deadline = performance.now() + 2000;
    while (gate.gateway.status().restarts === 0 && performance.now() < deadline) await once(gate.port);
    expect(gate.gateway.status().restarts).toBe(1);
    let good = 0;
    while (good < 50 && performance.now() < deadline + 5000) good += (await once(gate.port)) === 200 ? 1 : 0;
    expect(good).toBe(50);
  });
});

describe('draining', () => {
  it('finishes what is under way, refuses what comes later, and keeps every record', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { gate, upstream } = await gateOver((_request, response) => void held.then(() => response.end('late')), {
      workers: 2,
    });
    const call = once(gate.port, '/held');
    await new Promise<void>((resolve) => upstream.server.once('request', () => resolve()));
    const records = gate.records();
    expect(await once(gate.port, '/later')).toBe(0);
    release();
    expect(await call).toBe(200);
    expect(await records).toMatchObject([{ path: '/held', status: 200 }]);
  });
});

describe('records', () => {
  it('are exactly one for each exchange, however it went', async () => {
    const { gate } = await gateOver(
      (request, response) => {
        if (request.url === '/reset') request.socket.destroy();
        else if (request.url === '/cut') {
          response.writeHead(200, { 'content-length': '10' });
          response.write('abc', () => request.socket.destroy());
        } else response.end('ok');
      },
      { workers: 2 },
    );
    const bad = net.connect(gate.port, '127.0.0.1');
    bad.write('NONSENSE\r\n\r\n');
    bad.resume();
    await new Promise((resolve) => bad.once('close', resolve));
    for (const path of ['/ok', '/reset', '/cut', '/ok']) await once(gate.port, path);
    const records = await gate.records();
    const told = records.map(({ path, status, code }) => `${path} ${status} ${code ?? ''}`.trim());
    expect(told.toSorted()).toEqual([
      '/cut 200 upstream.broken',
      '/ok 200',
      '/ok 200',
      '/reset 502 upstream.broken',
      '400 request.malformed',
    ]);
  });
});

describe('quotas', () => {
  it('are counted over workers and survive a restart', async () => {
    const upstream = await startUpstream();
    closers.push(async () => upstream.close());
    const config = `
upstreams: { origin: { targets: ["http://127.0.0.1:${upstream.port}"] } }
apis: { all: { basePath: "", upstream: origin } }
plans: { small: { apis: [all], quota: { calls: 3, per: year } } }
applications: { app: { keys: [ { name: k, secret: key-1 } ], subscriptions: [ { api: all, plan: small } ] } }
`;
    const headers = { authorization: 'Bearer key-1' };
    const first = await startGate(config, 2);
    const before = await Promise.all([1, 2].map(async () => (await fetch(first.url, { headers })).status));
    await first.gateway.stop(1000);
    const second = await startGate(config, { workers: 2, dataDir: first.dataDir });
    closers.push(async () => second.stop());
    const after: number[] = [];
    for (let i = 0; i < 3; i++) after.push((await fetch(second.url, { headers })).status);
    expect([before, after]).toEqual([
      [200, 200],
      [200, 429, 429],
    ]);
  });
});
