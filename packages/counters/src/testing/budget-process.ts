import { mkdirSync } from 'node:fs';
import type { Logger } from '@gatehouse/kernel';
import { BudgetJournal, type BudgetJournalOptions } from '../budgets/budget-journal.ts';
import { openBudgetLedger, type BudgetLedger } from '../budgets/budget-ledger.ts';
import { createBudgetMemory, type BudgetMemory } from '../budgets/budget-memory.ts';
import { openBudgets, type BudgetBooks } from '../budgets/open-budgets.ts';

export interface BudgetProcess {
  readonly memory: BudgetMemory;
  readonly books: BudgetBooks;
  /** The main thread's, without a journal. */
  readonly main: BudgetLedger;
  /** What a worker has. */
  worker(owner: number, journal?: Partial<BudgetJournalOptions>): BudgetLedger;
}

/** A process over a folder of budgets, as far as one thread can be one. It ends by not being used any more. */
export function budgetProcess(
  dir: string,
  nowMs: number,
  { log = collectingLog(), slots = 1024 }: { log?: Logger; slots?: number } = {},
): BudgetProcess {
  mkdirSync(dir, { recursive: true });
  const memory = createBudgetMemory({ owners: 8, slots });
  const main = openBudgetLedger(memory, { owner: 0 });
  const books = openBudgets({ dir, ledger: main, nowMs, log });
  const worker = (owner: number, options: Partial<BudgetJournalOptions> = {}): BudgetLedger => {
    const journal = new BudgetJournal({ dir, memory, owner, log, now: () => nowMs, ...options });
    return openBudgetLedger(memory, { owner, journal });
  };
  return { memory, books, main, worker };
}

export interface CollectingLog extends Logger {
  readonly lines: string[];
}

export function collectingLog(): CollectingLog {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string): void => {
      lines.push(`${level}: ${message}`);
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
