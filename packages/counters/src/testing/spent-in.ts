import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { budgetProcess } from './budget-process.ts';
import type { BudgetEntry } from '../budgets/budget.ts';

/** What budgets would have spent if a process began now over a copy of this folder. */
export function spentIn(dir: string, entries: readonly BudgetEntry[], nowMs: number): number[] {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-counters-'));
  try {
    cpSync(dir, copy, { recursive: true });
    const { main } = budgetProcess(copy, nowMs);
    return entries.map(({ key, budget }) => main.look(key, budget, nowMs).spentMicros);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
