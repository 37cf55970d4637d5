import path from 'node:path';
import {
  createBudgetMemory,
  openBudgetLedger,
  openBudgets,
  type BudgetBooks,
  type BudgetLedger,
  type BudgetMemory,
} from '@gatehouse/counters';
import type { Clock, Logger } from '@gatehouse/kernel';

const FOLD_MS = 5000;
/** Our number among those who hold reservations; workers count from 1. */
const MAIN_THREAD = 0;

export interface BudgetKeeperOptions {
  readonly dataDir: string;
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a worker needs to charge budgets. */
export interface BudgetAccess {
  readonly memory: BudgetMemory;
  readonly dir: string;
}

/** The main thread's part in budgets: brings back what was spent, folds the journals, settles for workers that died. */
export class BudgetKeeper {
  readonly access: BudgetAccess;
  readonly #options: BudgetKeeperOptions;
  readonly #ledger: BudgetLedger;
  #books: BudgetBooks | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BudgetKeeperOptions) {
    this.#options = options;
    const memory = createBudgetMemory({ owners: options.workers + 1 });
    this.access = { memory, dir: path.join(options.dataDir, 'budgets') };
    this.#ledger = openBudgetLedger(memory, { owner: MAIN_THREAD });
  }

  /** Before any worker starts. */
  open(): void {
    const { clock, log } = this.#options;
    this.#books = openBudgets({ dir: this.access.dir, ledger: this.#ledger, nowMs: clock.now(), log });
    this.#timer = setInterval(() => this.#books?.fold(clock.now()), FOLD_MS);
    this.#timer.unref();
  }

  /** Before another worker gets its number: its calls may have been sent, so what they had reserved counts as spent. */
  workerDied(worker: number): void {
    this.#ledger.settleDead(worker + 1);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#books?.fold(this.#options.clock.now());
  }
}
