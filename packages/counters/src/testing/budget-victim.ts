/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
/** Spends from budgets in a folder with several threads, says so on its output, and waits to be killed. */
import { Worker } from 'node:worker_threads';
import { createLogger } from '@gatehouse/kernel';
import { openBudgetLedger } from '../budgets/budget-ledger.ts';
import { createBudgetMemory } from '../budgets/budget-memory.ts';
import { openBudgets } from '../budgets/open-budgets.ts';
import type { BudgetTask } from './budget-worker.ts';
import { NOW } from './victim-budgets.ts';

const [, , dir = '', threads = '1', seed = '1'] = process.argv;
const memory = createBudgetMemory({ owners: Number(threads) + 1, slots: 64 });
const log = createLogger({ level: 'info', now: () => NOW, write: (line) => process.stderr.write(line) });
const books = openBudgets({ dir, ledger: openBudgetLedger(memory, { owner: 0 }), nowMs: NOW, log });
for (let owner = 1; owner <= Number(threads); owner++) {
  const worker = new Worker(new URL('budget-worker.ts', import.meta.url));
  const audit = `${dir}.audit-${owner}`;
  const task: BudgetTask = { do: 'journaled', memory, owner, dir, audit, seed: Number(seed) * 100 + owner };
  worker.postMessage(task);
}
setInterval(() => books.fold(NOW), 1);
