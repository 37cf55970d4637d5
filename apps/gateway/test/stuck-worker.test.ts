import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { expect, it, onTestFinished } from 'vitest';
import { Gateway } from '../src/index.ts';
import { compile } from './harness.ts';
import { caller, rawServer, send, within } from './review-tools.ts';

const SILENCE_MS = 3000;
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

async function stuckable(workers: number) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-'));
  process.env['STUCK_WORKERS'] = dataDir;
  const { port } = await rawServer((socket) => {
    socket.on('data', (data) => {
      if (!data.includes('/slow')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  const logged: string[] = [];
  const gateway = await Gateway.start(
    {
      listen: { host: '127.0.0.1', port: 0 },
      workers,
      dataDir,
      log: createLogger({ level: 'warn', write: (line) => logged.push(line), now: Date.now }),
      logLevel: 'error',
      clock: systemClock,
      pseudonym: 'gatehouse-test',
      silenceMsMax: SILENCE_MS,
      workerEntry: new URL('__fixtures__/stuck-worker.ts', import.meta.url),
    },
    compile(`apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}" } }`),
  );
  onTestFinished(async () => {
    await gateway.stop(0);
    rmSync(dataDir, { recursive: true, force: true });
    delete process.env['STUCK_WORKERS'];
  });
  const stick = (worker: number, how: string): void => writeFileSync(path.join(dataDir, `gateway ${worker}`), how);
  return { gateway, logged, stick, port: gateway.port };
}

it.each(['loop', 'deadlock'])(
  'replaces a worker in an endless %s, and the others go on',
  { timeout: 60_000 },
  async (how) => {
    const { gateway, logged, stick, port } = await stuckable(2);
    const slow = caller(port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await within(5000, () => gateway.status().workers.some(({ stats }) => stats.active === 1));
    const busy = gateway.status().workers.find(({ stats }) => stats.active === 1)?.worker ?? 0;
    stick(busy, how);
    expect(await within(20_000, () => gateway.status().restarts === 1)).toBe(true);
    expect(await within(5000, () => slow.socket.closed)).toBe(true);
    expect(logged.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: 'error', message: 'worker is stuck and is ended', worker: busy, exchangesLost: 1 },
      { level: 'warn', message: 'worker is replaced', worker: busy },
    ]);
    const answers = new Set<string>();
    const deadlineMs = performance.now() + 10_000;
    while (gateway.status().workers.some(({ stats }) => stats.requests === 0) && performance.now() < deadlineMs) {
      const replies = Array.from({ length: 10 }, async () => send(port, GET));
      for (const reply of await Promise.all(replies)) answers.add(reply.slice(0, 15));
    }
    expect(answers).toEqual(new Set(['HTTP/1.1 200 OK']));
    expect(gateway.status().workers.map(({ stats }) => stats.requests > 0)).toEqual([true, true]);
    expect(gateway.status().restarts).toBe(1);
  },
);
