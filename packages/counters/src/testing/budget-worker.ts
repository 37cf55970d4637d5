/* oxlint-disable unicorn/require-post-message-target-origin -- the ports here are threads', not windows' */
import { appendFileSync, openSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { createLogger, randomFrom } from '@gatehouse/kernel';
import { BudgetAccounts } from '../budgets/budget-accounts.ts';
import { BudgetJournal } from '../budgets/budget-journal.ts';
import { openBudgetLedger, type BudgetLedger } from '../budgets/budget-ledger.ts';
import type { BudgetHold } from '../budgets/budget-hold.ts';
import type { BudgetMemory } from '../budgets/budget-memory.ts';
import type { BudgetPlace } from '../budgets/budget-place.ts';
import { BudgetTable } from '../budgets/budget-table.ts';
import type { BudgetEntry } from '../budgets/budget.ts';
import { NOW, VICTIM_ENTRIES, VICTIM_MICROS_MAX } from './victim-budgets.ts';

interface InThread {
  readonly memory: BudgetMemory;
  readonly owner: number;
}

interface Hammer extends InThread {
  /** Waits at the barrier, reserves so many times at one moment, answers how often it was allowed. */
  readonly do: 'hammer';
  readonly entries: readonly BudgetEntry[];
  readonly micros: number;
  readonly times: number;
  readonly barrier: Int32Array<SharedArrayBuffer>;
}

interface Lockless extends InThread {
  /** Takes 1 of 100 from an account as often as it can without any lock, answers how often that was. */
  readonly do: 'lockless';
  readonly place: BudgetPlace;
  readonly barrier: Int32Array<SharedArrayBuffer>;
}

interface Churn extends InThread {
  /** Reserves and settles at random; answers what it spent, and whether a budget was ever seen above its limit. */
  readonly do: 'churn';
  readonly entries: readonly BudgetEntry[];
  readonly times: number;
  readonly barrier: Int32Array<SharedArrayBuffer>;
}

interface Forever extends InThread {
  /** Answers, and reserves and settles for ever. */
  readonly do: 'forever';
  readonly entries: readonly BudgetEntry[];
}

interface Make extends InThread {
  /** Makes the slots of the places in the table, without any lock; answers which. */
  readonly do: 'make';
  readonly places: readonly BudgetPlace[];
  readonly barrier: Int32Array<SharedArrayBuffer>;
}

interface Journaled extends InThread {
  /** Reserves and settles for ever with a journal, and writes down what it did, each thing after it was done. */
  readonly do: 'journaled';
  readonly dir: string;
  readonly audit: string;
  readonly seed: number;
}

/** What a test asks of a worker thread. */
export type BudgetTask = Hammer | Lockless | Churn | Forever | Make | Journaled;

function meet(barrier: Int32Array<SharedArrayBuffer>): void {
  Atomics.sub(barrier, 0, 1);
  while (Atomics.load(barrier, 0) > 0) Atomics.pause();
}

function hammer({ entries, micros, times, barrier }: Hammer, ledger: BudgetLedger): number {
  meet(barrier);
  let allowed = 0;
  for (let i = 0; i < times; i++) if (ledger.reserve(entries, { micros, nowMs: NOW }).allowed) allowed++;
  return allowed;
}

function lockless({ memory, owner, place, barrier }: Lockless): number {
  let turn = 0;
  const lock = { acquire: (): number => (++turn << 10) | (owner + 1), release: (): void => {} };
  const accounts = new BudgetAccounts(memory, owner, lock);
  let allowed = 0;
  meet(barrier);
  for (let i = 0; i < 100; i++) if (accounts.take(place, { micros: 1, limitMicros: 100, nowMs: NOW })?.fits) allowed++;
  return allowed;
}

function churn({ entries, times, barrier, owner }: Churn, ledger: BudgetLedger): { spent: number; above: boolean } {
  const random = randomFrom(owner);
  const holds: BudgetHold[] = [];
  let spent = 0;
  let above = false;
  meet(barrier);
  for (let i = 0; i < times; i++) {
    const micros = Math.floor(random() * 100);
    const taking = ledger.reserve(entries, { micros, nowMs: NOW });
    if (taking.allowed) holds.push(taking.hold);
    for (const [index, verdict] of taking.verdicts.entries()) {
      const limit = entries[index]?.budget.limitMicros ?? 0;
      if (verdict.spentMicros + verdict.reservedMicros > limit) above = true;
    }
    const hold = random() < 0.5 ? holds.shift() : undefined;
    const actual = Math.min(hold?.parts[0]?.micros ?? 0, Math.floor(random() * 3));
    if (hold !== undefined) ledger.settle(hold, actual);
    spent += actual;
  }
  for (const hold of holds) ledger.release(hold);
  return { spent, above };
}

function make({ memory, owner, places, barrier }: Make): number[] {
  const table = new BudgetTable(memory);
  meet(barrier);
  return places.map((place, turn) =>
    table.findOrMake(table.bucketOf(place), place, { held: (turn << 10) | (owner + 1), nowMs: NOW }),
  );
}

function forever(ledger: BudgetLedger, entries: readonly BudgetEntry[]): never {
  for (;;) {
    const taking = ledger.reserve(entries, { micros: 10, nowMs: NOW });
    if (taking.allowed) ledger.settle(taking.hold, 1);
  }
}

function journaled({ dir, memory, owner, audit, seed }: Journaled): never {
  const log = createLogger({ level: 'warn', now: () => NOW, write: (line) => appendFileSync(audit, `! ${line}`) });
  const journal = new BudgetJournal({ dir, memory, owner, log, now: () => NOW, fileBytesMax: 8192 });
  const ledger = openBudgetLedger(memory, { owner, journal });
  const random = randomFrom(seed);
  const said = openSync(audit, 'a');
  const holds: { readonly micros: number; readonly hold: BudgetHold }[] = [];
  for (let turn = 0; ; turn++) {
    const micros = Math.ceil(random() * VICTIM_MICROS_MAX);
    const taking = ledger.reserve(VICTIM_ENTRIES, { micros, nowMs: NOW });
    writeSync(said, taking.allowed ? `r ${micros}\n` : `x ${micros}\n`);
    if (taking.allowed) holds.push({ micros, hold: taking.hold });
    if (holds.length > 3 || !taking.allowed) {
      const ended = holds.shift();
      const actual = Math.floor(random() * ((ended?.micros ?? 0) + 1));
      if (ended !== undefined) ledger.settle(ended.hold, actual);
      if (ended !== undefined) writeSync(said, `s ${ended.micros} ${actual}\n`);
    }
    if (turn % 50 === 0) sign();
  }
}

/** Another one follows: whoever reads need not see each. */
function sign(): void {
  try {
    writeSync(1, '.\n');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
  }
}

function run(task: BudgetTask): void {
  if (task.do === 'make') parentPort?.postMessage(make(task));
  else if (task.do === 'lockless') parentPort?.postMessage(lockless(task));
  else if (task.do === 'journaled') journaled(task);
  else {
    const ledger = openBudgetLedger(task.memory, { owner: task.owner });
    if (task.do === 'forever') {
      parentPort?.postMessage('started');
      forever(ledger, task.entries);
    }
    parentPort?.postMessage(task.do === 'hammer' ? hammer(task, ledger) : churn(task, ledger));
  }
}

parentPort?.on('message', run);
