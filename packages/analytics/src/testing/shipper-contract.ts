import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@gatehouse/kernel';
import { gapLine, observedLine, recordLine } from '@gatehouse/record';
import { SpoolWriter } from '@gatehouse/record/spool';
import { expect, it, onTestFinished } from 'vitest';
import type { AnalyticsStore } from '../analytics-store.ts';
import { Shipper, type ShipperOptions } from '../shipping/shipper.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { sampleCalls } from './sample-calls.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-24T12:00:00Z');
const ALL = { fromMs: FROM_MS - DAY_MS, toMs: FROM_MS + DAY_MS };

interface House {
  readonly store: AnalyticsStore;
  readonly spool: string;
  readonly log: string[];
  readonly write: (...lines: readonly string[]) => void;
  readonly shipper: (options?: Partial<ShipperOptions>) => Shipper;
  readonly seen: () => Promise<readonly string[]>;
}

/** Gives an empty store; what it leaves behind is below the folder. */
type OpenStore = (folder: string) => Promise<AnalyticsStore>;

async function houseOf(
  open: OpenStore,
  spoolOptions: { readonly segmentBytesMax?: number; readonly totalBytesMax?: number } = {},
): Promise<House> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-shipper-'));
  const spool = path.join(folder, 'records');
  const writer = SpoolWriter.open(spool, { now: () => FROM_MS, owner: 'test', ...spoolOptions });
  const store = await open(path.join(folder, 'analytics'));
  const log: string[] = [];
  onTestFinished(async () => {
    writer.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const base: ShipperOptions = {
    spool,
    node: 'gate',
    store,
    clock: { now: () => FROM_MS, monotonic: () => 0 },
    log: createLogger({ level: 'info', write: (line) => log.push(line), now: () => 0 }),
    onShipped: () => undefined,
    retryMs: 1,
    everyMs: 1,
  };
  return {
    store,
    spool,
    log,
    write: (...lines) => void writer.append(Buffer.from(lines.join('')), lines.length),
    shipper: (options) => new Shipper({ ...base, ...options }),
    seen: async () => (await store.search({ period: ALL, where: [], limit: 100_000 })).records.map(({ id }) => id),
  };
}

const calls = (count: number, seed = 1) => sampleCalls({ count, fromMs: FROM_MS, toMs: FROM_MS + 1000, seed });
const linesOf = (records: ReturnType<typeof calls>): readonly string[] => records.map((record) => recordLine(record));
const lines = (count: number, seed = 1): readonly string[] => linesOf(calls(count, seed));

/** A store that fails in the way that is asked for, at each of the next appends. */
function failing(store: AnalyticsStore, ways: ('before' | 'after')[]): AnalyticsStore {
  return {
    position: async (node) => store.position(node),
    append: async (batch) => {
      const way = ways.shift();
      if (way === 'before') throw new Error('the store does not answer');
      const appended = await store.append(batch);
      if (way === 'after') throw new Error('the answer was lost');
      return appended;
    },
    keep: (kept) => store.keep(kept),
    maintain: async (nowMs) => store.maintain(nowMs),
    aggregate: async (query) => store.aggregate(query),
    search: async (query) => store.search(query),
    find: async (id) => store.find(id),
    bodies: async (of) => store.bodies(of),
    export: async (order) => store.export(order),
    facts: async () => store.facts(),
    close: async () => store.close(),
  };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) expect.fail('it did not happen');
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
}

/** What a shipper does with whatever store. */
export function shipperContract(open: OpenStore): void {
  const house = async (spoolOptions: Parameters<typeof houseOf>[1] = {}): Promise<House> => houseOf(open, spoolOptions);

  it('brings records into the store, and goes on where it was', async () => {
    const { write, shipper, seen } = await house();
    const [first, second] = [calls(30), calls(20, 2)];
    write(...linesOf(first));
    await shipper().drain();
    write(...linesOf(second));
    await shipper().drain();
    await shipper().drain();
    const all = [...first, ...second].map(({ id }) => id);
    expect((await seen()).toSorted()).toEqual(all.toSorted());
  });

  it('brings each record once, whether the store failed before it kept them or after', async () => {
    const { write, shipper, seen, store, log } = await house();
    write(...lines(50));
    const end = new AbortController();
    const running = shipper({
      store: failing(store, ['before', 'after', 'before', 'before', 'after']),
      batchBytesMax: 1,
    }).run(end.signal);
    for (let round = 2; round < 8; round++) write(...lines(10, round));
    await until(async () => (await seen()).length >= 110);
    end.abort();
    await running;
    const ids = await seen();
    expect(ids).toHaveLength(110);
    expect(new Set(ids).size).toBe(110);
    expect(log.filter((line) => line.includes('records cannot be kept')).length).toBeGreaterThan(0);
    expect(log.at(-1)).toContain('records are kept again');
  });

  it('keeps gaps, and counts lines that nobody can read', async () => {
    const { write, shipper, store } = await house();
    const good = lines(3);
    write(
      good[0] ?? '',
      gapLine({ gap: true, lost: 7, from: FROM_MS, to: FROM_MS + 5, worker: 1 }),
      // Neither: it is for whoever asks the spool.
      observedLine({ time: FROM_MS, worker: 1, api: 'a', version: '1', route: 'a GET /', document: '', method: 'GET', status: 200, shown: [], asked: [], seen: ['reply 200'], findings: [{ kind: 'type', where: 'query a', shape: { types: ['null'] } }] }), // prettier-ignore
      '{"id":"half\n',
      'no json\n',
      '[1,2]\n',
    );
    write('{"id":"x","time":"never","worker":0}\n', good[1] ?? '', '\u0000\n', good[2] ?? '');
    const facts = shipper();
    await facts.drain();
    const { records, gaps } = await store.search({ period: ALL, where: [], limit: 10 });
    expect(records).toHaveLength(3);
    expect(facts.facts()).toMatchObject({ records: 3, unreadable: 5 });
    const told = gaps.map(({ lost, worker }) => [lost, worker]);
    expect(told).toContainEqual([7, 1]);
    expect(told.filter(([, worker]) => worker === -1).reduce((sum, [lost = 0]) => sum + lost, 0)).toBe(5);
  });

  it('tells of records that went before they were read', async () => {
    const { write, shipper, store } = await house({ segmentBytesMax: 200_000, totalBytesMax: 400_000 });
    write(...lines(10));
    await shipper().drain();
    for (let round = 0; round < 20; round++) write(...lines(100, round + 5));
    await shipper().drain();
    const { gaps } = await store.search({ period: ALL, where: [], limit: 1 });
    expect(gaps.map((gap) => ('reason' in gap ? gap.reason : ''))).toContain('missing');
  });
}

/** What a shipper brings into the ledger of a store that keeps one. */
export function shippedLedgerContract(open: (folder: string) => Promise<OpenedLedger['store']>): void {
  it('brings what a call costs into the ledger once, whenever the store failed', async () => {
    const opened: OpenedLedger['store'][] = [];
    const { write, shipper, store } = await houseOf(async (folder) => {
      opened.push(await open(folder));
      return opened[0] ?? expect.fail('no store');
    });
    const ledger = opened[0]?.ledger ?? expect.fail('no ledger');
    const rounds = [calls(80), calls(40, 2), calls(40, 3), calls(40, 4)];
    const end = new AbortController();
    const ways: ('before' | 'after')[] = ['after', 'before', 'after', 'after', 'before'];
    const running = shipper({ store: failing(store, ways), batchBytesMax: 1 }).run(end.signal);
    for (const round of rounds) write(...linesOf(round));
    const priced = rounds.flat().filter(({ aiCostMicroUsd }) => aiCostMicroUsd !== undefined);
    const sums = async () => (await ledger.sums({ period: ALL, where: [], by: [] }))[0];
    await until(async () => ways.length === 0 && (await sums())?.calls === BigInt(priced.length));
    end.abort();
    await running;
    const cost = priced.reduce((sum, { aiCostMicroUsd = 0 }) => sum + BigInt(aiCostMicroUsd), 0n);
    expect(await sums()).toMatchObject({ calls: BigInt(priced.length), costMicroUsd: cost });
    const metrics = ['costMicroUsd'] as const;
    const { rows } = await store.aggregate({ period: ALL, where: [], metrics, by: [] });
    expect(rows[0]?.values.costMicroUsd).toBe(Number(cost));
    const verdict = await ledger.verify({ kept: [] });
    expect(verdict).toMatchObject({ rows: priced.length, problem: undefined });
  });
}
