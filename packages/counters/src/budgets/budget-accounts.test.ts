/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { hash64 } from '@gatehouse/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BudgetTask } from '../testing/budget-worker.ts';
import { NOW } from '../testing/victim-budgets.ts';
import { BudgetAccounts, MICROS_MAX } from './budget-accounts.ts';
import { openBudgetLedger } from './budget-ledger.ts';
import { createBudgetMemory, KIND, type BudgetMemory } from './budget-memory.ts';
import { budgetSpan } from './budget-period.ts';
import { BudgetTable } from './budget-table.ts';
import type { BudgetEntry } from './budget.ts';

const THREADS = 4;
const PLACE = { high: 1, low: 2, kind: budgetSpan('month', NOW).kind };

const entry = (name: string, limitMicros: number): BudgetEntry => ({
  key: hash64(name),
  budget: { limitMicros, per: 'month' },
});

describe('accounts of several threads', () => {
  const workers: Worker[] = [];

  beforeAll(() => {
    for (let i = 0; i < THREADS; i++)
      workers.push(new Worker(new URL('../testing/budget-worker.ts', import.meta.url), { execArgv: [] }));
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  /** Gives every thread its task, and all of them one barrier. */
  async function together(
    task: (owner: number, barrier: Int32Array<SharedArrayBuffer>) => BudgetTask,
  ): Promise<unknown[]> {
    const barrier = new Int32Array(new SharedArrayBuffer(4));
    barrier[0] = THREADS;
    const answers = workers.map(async (worker, owner) => {
      worker.postMessage(task(owner, barrier));
      const [answer]: unknown[] = await once(worker, 'message');
      return answer;
    });
    return Promise.all(answers);
  }

  it('let exactly 10 of 200 concurrent calls pass where there is room for 10, fifty times over', async () => {
    for (let round = 0; round < 50; round++) {
      const memory = createBudgetMemory({ owners: THREADS + 1, slots: 16 });
      const entries = [entry('wide', 1e6), entry('narrow', 1009)];
      const answers = await together((owner, barrier) => ({
        do: 'hammer',
        memory,
        owner,
        entries,
        micros: 100,
        times: 50,
        barrier,
      }));
      // A call that finds the narrow budget full gives the wide one back, which is wide enough not to notice.
      expect(answers.reduce((sum: number, allowed) => sum + Number(allowed), 0)).toBe(10);
      const ledger = openBudgetLedger(memory, { owner: THREADS });
      for (const { key, budget } of entries)
        expect(ledger.look(key, budget, NOW)).toMatchObject({ spentMicros: 0, reservedMicros: 1000 });
    }
  });

  it('let exactly as many pass when all threads have lost their locks', async () => {
    for (let round = 0; round < 100; round++) {
      const memory = createBudgetMemory({ owners: THREADS + 1, slots: 64 });
      const answers = await together((owner, barrier) => ({ do: 'lockless', memory, owner, place: PLACE, barrier }));
      expect(answers.reduce((sum: number, allowed) => sum + Number(allowed), 0)).toBe(100);
      const accounts = new BudgetAccounts(memory, THREADS);
      expect(accounts.look(PLACE)).toEqual({ committed: 100, reserved: 100 });
      expect(accounts.stats()).toMatchObject({ full: 0, givenUp: 0 });
    }
  });

  it('are never seen above a limit, and in the end hold what was spent to the micro', async () => {
    for (let round = 0; round < 5; round++) {
      const memory = createBudgetMemory({ owners: THREADS + 1, slots: 16 });
      const entries = [entry('a', 9000), entry('b', 8000), entry('c', 20_000)];
      const answers = await together((owner, barrier) => ({
        do: 'churn',
        memory,
        owner,
        entries,
        times: 2000,
        barrier,
      }));
      const spent = answers.map((answer) => (isSpending(answer) ? answer.spent : NaN));
      expect(answers.every((answer) => isSpending(answer) && !answer.above)).toBe(true);
      const spentMicros = spent.reduce((sum, micros) => sum + micros, 0);
      const ledger = openBudgetLedger(memory, { owner: THREADS });
      for (const { key, budget } of entries)
        expect(ledger.look(key, budget, NOW)).toMatchObject({ spentMicros, reservedMicros: 0 });
    }
  });

  it('have one slot each, though threads make them without locks', async () => {
    for (let round = 0; round < 20; round++) {
      const memory = createBudgetMemory({ owners: THREADS, slots: 16 * 512 });
      const places = Array.from({ length: 1024 }, (_, i) => ({ ...PLACE, high: i >> 1, low: i }));
      await together((owner, barrier) => ({ do: 'make', memory, owner, places, barrier }));
      const table = new BudgetTable(memory);
      const made = places.map((place) => slotsOf(memory, table, place));
      expect(made.filter((slots) => slots !== 1)).toEqual([]);
    }
  });
});

function isSpending(answer: unknown): answer is { spent: number; above: boolean } {
  return typeof answer === 'object' && answer !== null && 'spent' in answer && 'above' in answer;
}

/** In how many slots a place is. */
function slotsOf(memory: BudgetMemory, table: BudgetTable, { high, low, kind }: typeof PLACE): number {
  const tags = table.lockAt(table.bucketOf({ high, low, kind }));
  let count = 0;
  for (let way = 0; way < 16; way++) {
    const [h, l, k] = [16, 32, KIND].map((run) => table.ints[tags + run + way]);
    if (h === high && l === low && k === kind) count++;
  }
  expect(memory.buckets).toBe(512);
  return count;
}

describe('a thread that dies', () => {
  it('leaves what it reserved, which is spent once the main thread says that it is dead', async () => {
    const memory = createBudgetMemory({ owners: 2, slots: 16 });
    const main = openBudgetLedger(memory, { owner: 0 });
    const entries = [entry('a', MICROS_MAX), entry('b', MICROS_MAX)];
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(new URL('../testing/budget-worker.ts', import.meta.url), { execArgv: [] });
      worker.postMessage({ do: 'forever', memory, owner: 1, entries } satisfies BudgetTask);
      await once(worker, 'message');
      await worker.terminate();
      const before = entries.map(({ key, budget }) => main.look(key, budget, NOW));
      const counted = main.settleDead(1);
      expect(counted).toBe(before.reduce((sum, { reservedMicros }) => sum + reservedMicros, 0));
      expect(counted).toBeLessThanOrEqual(20);
      for (const { key, budget } of entries) {
        const { spentMicros, reservedMicros, remainingMicros } = main.look(key, budget, NOW);
        expect([reservedMicros, remainingMicros + spentMicros]).toEqual([0, MICROS_MAX]);
      }
    }
  });
});

describe('BudgetAccounts', () => {
  const accountsOf = (slots = 16): BudgetAccounts => new BudgetAccounts(createBudgetMemory({ owners: 2, slots }), 0);

  it('take exactly up to the largest amount there is', () => {
    const accounts = accountsOf();
    const take = (micros: number): boolean =>
      accounts.take(PLACE, { micros, limitMicros: MICROS_MAX, nowMs: NOW })?.fits === true;
    expect(take(MICROS_MAX - 1)).toBe(true);
    expect(take(2)).toBe(false);
    expect(take(1)).toBe(true);
    expect(take(1)).toBe(false);
    accounts.settle(PLACE, { held: MICROS_MAX - 1, spent: MICROS_MAX - 2 });
    expect(accounts.look(PLACE)).toEqual({ committed: MICROS_MAX - 1, reserved: 1 });
  });

  it('stay full, however much is spent above a limit', () => {
    const accounts = accountsOf();
    for (let i = 0; i < 1500; i++) accounts.settle(PLACE, { held: 0, spent: MICROS_MAX });
    expect(accounts.look(PLACE).committed).toBeGreaterThanOrEqual(MICROS_MAX);
    expect(accounts.take(PLACE, { micros: 1, limitMicros: MICROS_MAX, nowMs: NOW })?.fits).toBe(false);
  });

  it('count how often there is no slot', () => {
    const accounts = accountsOf();
    for (let low = 0; low < 16; low++) expect(accounts.restore({ ...PLACE, low }, 5)).toBe(true);
    expect(accounts.restore({ ...PLACE, low: 99 }, 5)).toBe(false);
    expect(accounts.stats()).toEqual({ slots: 16, full: 2, givenUp: 0, takeovers: 0 });
  });

  it('are raised by what is brought back, never lowered', () => {
    const accounts = accountsOf();
    for (const micros of [5, 9, 7]) accounts.restore(PLACE, micros);
    expect(accounts.look(PLACE)).toEqual({ committed: 9, reserved: 0 });
  });

  it.each([2, -1, NaN, 0.5])('refuse the owner %d', (owner) => {
    expect(() => new BudgetAccounts(createBudgetMemory({ owners: 2 }), owner)).toThrow(RangeError);
  });
});

describe('createBudgetMemory', () => {
  it.each([{ owners: 0 }, { owners: 1024 }, { owners: 1.5 }, { owners: 1, slots: 0 }, { owners: 1, slots: NaN }])(
    'refuses %o',
    (options) => {
      expect(() => createBudgetMemory(options)).toThrow(RangeError);
    },
  );

  it('holds tens of thousands of budgets of nine threads in 16 MiB', () => {
    expect(createBudgetMemory({ owners: 9 }).buffer.byteLength).toBeLessThanOrEqual(16 * 1024 ** 2);
  });
});
