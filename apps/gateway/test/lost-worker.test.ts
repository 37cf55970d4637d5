import { createDirectoryMemory, DirectoryReader } from '@gatehouse/directory';
import { createCacheMemory, HttpCache } from '@gatehouse/cache';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  BudgetJournal,
  createBudgetMemory,
  createCounterMemory,
  createKeptMemory,
  openBudgetLedger,
  openBudgets,
  openCounters,
  openKeptReplies,
} from '@gatehouse/counters';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { policyByName } from '@gatehouse/policies';
import { HealthTable } from '@gatehouse/upstream';
import { expect, it, onTestFinished } from 'vitest';
import { House } from '../src/house.ts';
import { Listener } from '../src/listener.ts';
import { Program } from '../src/program.ts';
import { compile, listen } from './harness.ts';
import { post } from './review-tools.ts';

const log = createLogger({ level: 'error', write: () => {}, now: Date.now });
const LOST = { worker: 7, status: 502, code: 'gateway.worker_lost' };

/** A worker in this thread whose upstream never answers. */
async function stalledWorker(configuration: (port: number) => string) {
  const stalled = net.createServer();
  const port = await listen(stalled);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-'));
  const lines: string[] = [];
  const records = { add: (line: string) => lines.push(line), addSpare: () => false, written: 0 };
  const memory = createBudgetMemory({ owners: 3 });
  const journal = new BudgetJournal({ dir, memory, owner: 1, log, now: Date.now, records });
  const house = new House({
    clock: systemClock,
    log,
    worker: 7,
    pseudonym: 'gatehouse-test',
    counters: openCounters(createCounterMemory(), 1),
    kept: openKeptReplies(createKeptMemory(), 1),
    budgets: openBudgetLedger(memory, { owner: 1, journal }),
    secret: new Uint8Array(32),
    ticketKeys: new Uint8Array(48),
    cache: new HttpCache(createCacheMemory(), 1),
    directory: new DirectoryReader(createDirectoryMemory()),
    records,
  });
  const snapshot = compile(configuration(port));
  const program = new Program(snapshot, house, { health: new HealthTable().view({}), policies: policyByName });
  const listener = new Listener(house, program);
  const caller = net.connect(await listener.listen({ host: '127.0.0.1', port: 0 }), '127.0.0.1');
  onTestFinished(async () => {
    caller.destroy();
    stalled.close();
    await listener.drain(0);
    house.pools.close();
    house.wheel.close();
    journal.close();
    rmSync(dir, { recursive: true });
  });
  /** Resolves when the upstream has been called. */
  const ask = async (request: string): Promise<void> => {
    caller.write(request);
    await new Promise((resolve) => stalled.once('connection', resolve));
  };
  return { house, lines, dir, memory, snapshot, ask };
}

const read = (lines: readonly string[]): unknown[] => lines.map((line): unknown => JSON.parse(line));

it('tells the record of what a worker was doing when it has to die', async () => {
  const { house, lines, snapshot, ask } = await stalledWorker(
    (port) => `
apis:
  all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}" }
`,
  );
  await ask('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(lines).toEqual([]);
  house.recordLost();
  expect(read(lines)).toMatchObject([{ ...LOST, path: '/slow', config: snapshot.version }]);
  house.recordLost();
  expect(lines).toHaveLength(1);
});

it('tells what was set aside for a model call, which is spent, and nobody tells it again', async () => {
  const { house, lines, dir, memory, ask } = await stalledWorker(
    (port) => `
ai:
  require: open
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { targets: [ { provider: one, model: x } ] } }
  prices: { one: { x: { input: 0, output: 10 } } }
  budgets: [ { of: all, usd: 1, per: total } ]
`,
  );
  await ask(post('/v1/chat/completions', '{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":100}'));
  const main = openBudgetLedger(memory, { owner: 0 });
  const books = openBudgets({ dir, ledger: main, nowMs: Date.now(), log });
  expect(read(books.lost?.lines ?? [])).toMatchObject([{ ...LOST, aiCostMicroUsd: 1000, aiUsageState: 'partial' }]);
  house.recordLost();
  expect(read(lines)).toMatchObject([{ ...LOST, aiCostMicroUsd: 1000, aiProvider: 'one', aiPriceVersion: 'reserved' }]);
  expect(main.settleDead(1)).toBe(1000);
  expect(openBudgets({ dir, ledger: main, nowMs: Date.now(), log }).lost?.lines).toEqual(lines);
});
