import { createDirectoryMemory, DirectoryReader } from '@gatehouse/directory';
import { createCacheMemory, HttpCache } from '@gatehouse/cache';
import net from 'node:net';
import {
  createBudgetMemory,
  createCounterMemory,
  createKeptMemory,
  openBudgetLedger,
  openCounters,
  openKeptReplies,
} from '@gatehouse/counters';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { policyByName } from '@gatehouse/policies';
import { HealthTable } from '@gatehouse/upstream';
import { expect, it } from 'vitest';
import { House } from '../src/house.ts';
import { Listener } from '../src/listener.ts';
import { Program } from '../src/program.ts';
import { compile, listen } from './harness.ts';

it('tells the record of what a worker was doing when it has to die', async () => {
  const stalled = net.createServer();
  const port = await listen(stalled);
  const lines: string[] = [];
  const house = new House({
    clock: systemClock,
    log: createLogger({ level: 'error', write: () => {}, now: Date.now }),
    worker: 7,
    pseudonym: 'gatehouse-test',
    counters: openCounters(createCounterMemory(), 1),
    kept: openKeptReplies(createKeptMemory(), 1),
    budgets: openBudgetLedger(createBudgetMemory({ owners: 2 }), { owner: 1 }),
    secret: new Uint8Array(32),
    ticketKeys: new Uint8Array(48),
    cache: new HttpCache(createCacheMemory(), 1),
    directory: new DirectoryReader(createDirectoryMemory()),
    records: { add: (line) => lines.push(line), addSpare: () => false },
  });
  const snapshot = compile(`
apis:
  all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}" }
`);
  const listener = new Listener(
    house,
    new Program(snapshot, house, { health: new HealthTable().view({}), policies: policyByName }),
  );
  const caller = net.connect(await listener.listen({ host: '127.0.0.1', port: 0 }), '127.0.0.1');
  caller.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => stalled.once('connection', resolve));
  expect(lines).toEqual([]);
  house.recordLost();
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { path: '/slow', worker: 7, status: 502, code: 'gateway.worker_lost', config: snapshot.version },
  ]);
  house.recordLost();
  expect(lines).toHaveLength(1);
  caller.destroy();
  stalled.close();
  await listener.drain(0);
  house.pools.close();
  house.wheel.close();
});
