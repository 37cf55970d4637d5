/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { hash64 } from '@gatehouse/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCounterMemory } from './counter-memory.ts';
import type { Algorithm } from './counters.ts';
import { openCounters } from './shared-counters.ts';
import { countersContract } from './testing/counters-contract.ts';
import type { WorkerTask } from './testing/counter-worker.ts';

const JUNE_16 = Date.UTC(2026, 5, 16);
const DAY = 86_400_000;

const shared = createCounterMemory({ slots: 4096 });
countersContract('shared memory', () => openCounters(shared, 0));

describe('counters of several threads', () => {
  const workers: Worker[] = [];

  beforeAll(() => {
    for (let i = 0; i < 4; i++)
      workers.push(new Worker(new URL('testing/counter-worker.ts', import.meta.url), { execArgv: [] }));
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  /** Every thread takes 1,000 times from one limit of 100; answers how many takes were allowed in all. */
  async function hammer(threads: number, algorithm: Algorithm): Promise<number> {
    const memory = createCounterMemory({ slots: 16 });
    const barrier = new Int32Array(new SharedArrayBuffer(4));
    barrier[0] = threads;
    const limit = { limit: 100, windowMs: 60_000, algorithm };
    const answers = workers.slice(0, threads).map(async (worker, owner) => {
      const task: WorkerTask = { do: 'hammer', memory, owner, key: { high: 5, low: 6 }, limit, takes: 1000, barrier };
      worker.postMessage(task);
      const [allowed]: unknown[] = await once(worker, 'message');
      return Number(allowed);
    });
    const allowed = await Promise.all(answers);
    expect(openCounters(memory, 9).take({ high: 5, low: 6 }, 0, limit, 0).remaining).toBe(0);
    return allowed.reduce((sum, count) => sum + count, 0);
  }

  it.each([
    [2, 'sliding-window'],
    [3, 'sliding-window'],
    [4, 'sliding-window'],
    [2, 'gcra'],
    [4, 'gcra'],
  ] as const)(
    'allow exactly 100 when %d threads ask 1,000 times each (%s), twenty times over',
    async (threads, algorithm) => {
      for (let round = 0; round < 20; round++) expect(await hammer(threads, algorithm)).toBe(100);
    },
  );

  it('see what another one has counted', () => {
    const memory = createCounterMemory({ slots: 16 });
    const limit = { limit: 10, windowMs: 1000, algorithm: 'gcra' } as const;
    openCounters(memory, 0).take(hash64('a'), 4, limit, JUNE_16);
    expect(openCounters(memory, 1).take(hash64('a'), 1, limit, JUNE_16).remaining).toBe(5);
  });
});

describe('exportQuotas and importQuotas', () => {
  const day = { limit: 10, per: 'day' } as const;
  const month = { limit: 100, per: 'month' } as const;

  it('carry quotas over a restart by way of JSON', () => {
    const before = openCounters(createCounterMemory(), 0);
    for (let i = 0; i < 500; i++) before.takeQuota(hash64(`app ${i}`), i % 10, day, JUNE_16 + 1000);
    before.takeQuota(hash64('app 1'), 42, month, JUNE_16 + 1000);
    const rows = before.exportQuotas();
    const after = openCounters(createCounterMemory({ slots: 8192 }), 0);
    after.importQuotas(JSON.parse(JSON.stringify(rows)), JUNE_16 + 2000);
    for (let i = 0; i < 500; i++)
      expect(after.takeQuota(hash64(`app ${i}`), 0, day, JUNE_16 + 3000).remaining).toBe(10 - (i % 10));
    expect(after.takeQuota(hash64('app 1'), 0, month, JUNE_16 + 3000).remaining).toBe(58);
  });

  it('name the period, so that a count of yesterday is not charged today', () => {
    const counters = openCounters(createCounterMemory({ slots: 16 }), 0);
    counters.takeQuota(hash64('a'), 3, day, JUNE_16 + 1000);
    counters.takeQuota(hash64('a'), 3, month, JUNE_16 + 1000);
    const rows = counters.exportQuotas();
    expect(rows).toContainEqual({ ...hash64('a'), per: 'day', periodStartMs: JUNE_16, count: 3 });
    const later = openCounters(createCounterMemory({ slots: 16 }), 0);
    later.importQuotas(rows, JUNE_16 + DAY);
    expect(later.takeQuota(hash64('a'), 0, day, JUNE_16 + DAY).remaining).toBe(10);
    expect(later.takeQuota(hash64('a'), 0, month, JUNE_16 + DAY).remaining).toBe(97);
  });

  it('change nothing when done twice', () => {
    const counters = openCounters(createCounterMemory({ slots: 16 }), 0);
    counters.takeQuota(hash64('a'), 3, day, JUNE_16);
    counters.importQuotas(counters.exportQuotas(), JUNE_16);
    counters.importQuotas(counters.exportQuotas(), JUNE_16);
    expect(counters.takeQuota(hash64('a'), 0, day, JUNE_16).remaining).toBe(7);
  });

  it('leave out limits and quotas that counted nothing', () => {
    const counters = openCounters(createCounterMemory({ slots: 16 }), 0);
    counters.take(hash64('a'), 1, { limit: 10, windowMs: 1000, algorithm: 'gcra' }, JUNE_16);
    counters.takeQuota(hash64('b'), 11, day, JUNE_16);
    expect(counters.exportQuotas()).toEqual([]);
  });
});
