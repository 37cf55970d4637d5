import path from 'node:path';
import {
  createBudgetMemory,
  openBudgetLedger,
  openBudgets,
  type BudgetBooks,
  type BudgetLedger,
  type BudgetMemory,
  type LostCalls,
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
  /** Records those of the calls that are not recorded, and says how many; undefined: not now. */
  readonly recover: (lost: LostCalls) => Promise<number | undefined>;
}

/** What a worker needs to charge budgets. */
export interface BudgetAccess {
  readonly memory: BudgetMemory;
  readonly dir: string;
}

/**
 * The main thread's part in budgets: brings back what was spent, folds the journals, settles for workers that died, and
 * has their calls recorded.
 */
export class BudgetKeeper {
  readonly access: BudgetAccess;
  readonly #options: BudgetKeeperOptions;
  readonly #ledger: BudgetLedger;
  #books: BudgetBooks | undefined;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(options: BudgetKeeperOptions) {
    this.#options = options;
    const memory = createBudgetMemory({ owners: options.workers + 1 });
    this.access = { memory, dir: path.join(options.dataDir, 'budgets') };
    this.#ledger = openBudgetLedger(memory, { owner: MAIN_THREAD });
  }

  /** Before any worker starts, and when records can be written. */
  async open(): Promise<void> {
    const { clock, log } = this.#options;
    this.#books = openBudgets({ dir: this.access.dir, ledger: this.#ledger, nowMs: clock.now(), log });
    await this.#fold();
    this.#timer = setInterval(() => void this.#fold(), FOLD_MS);
    this.#timer.unref();
  }

  /** Before another worker gets its number: its calls may have been sent, so what they had reserved counts as spent. */
  workerDied(worker: number): void {
    this.#ledger.settleDead(worker + 1);
    this.#books?.threadEnded(worker + 1);
    void this.#fold();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#books?.fold(this.#options.clock.now());
    this.#books = undefined;
  }

  async #fold(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tell());
    await this.#telling;
    this.#books?.fold(this.#options.clock.now());
  }

  /** One group of lost calls after the other: which of them are recorded is asked once for each. */
  async #tell(): Promise<void> {
    const { recover, log } = this.#options;
    for (let lost = this.#books?.lost; lost !== undefined; lost = this.#books?.lost) {
      const count = await recover(lost);
      if (count === undefined) return;
      if (count > 0) log.warn('calls whose worker was lost are recorded', { calls: count });
      this.#books?.told();
    }
  }
}
