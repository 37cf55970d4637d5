import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hash64 } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { budgetProcess, collectingLog, type BudgetProcess } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import type { BudgetHold } from './budget-hold.ts';
import { KEPT_MS } from './budget-period.ts';
import { readBudgetState } from './budget-state.ts';
import type { Budget, BudgetEntry } from './budget.ts';
import { ENTRY_BYTES } from './journal-entry.ts';
import { FRAME_HEAD_BYTES } from './journal-frame.ts';
import { listJournals } from './journal-folder.ts';

/** Of a frame with one entry. */
const FRAME_BYTES = FRAME_HEAD_BYTES + ENTRY_BYTES;
const NOW = Date.UTC(2026, 5, 16, 14, 30);
const DAY_MS = 86_400_000;
const DAY: Budget = { limitMicros: 1000, per: 'day' };
const A: BudgetEntry = { key: hash64('a'), budget: DAY };
const MONTH: BudgetEntry = { key: hash64('a'), budget: { limitMicros: 1000, per: 'month' } };

function reserved(ledger: BudgetLedger, micros: number, entries = [A]): BudgetHold {
  const taking = ledger.reserve(entries, { micros, nowMs: NOW });
  if (!taking.allowed) throw new Error(`refused: ${taking.refused.refusal}`);
  return taking.hold;
}

function standing({ main }: BudgetProcess, { key, budget } = A, nowMs = NOW): readonly [number, number] {
  const { spentMicros, reservedMicros } = main.look(key, budget, nowMs);
  return [spentMicros, reservedMicros];
}

/** What a process leaves that spent 30, holds 200 and is killed. */
function killed(dir: string, fileBytesMax?: number): void {
  const worker = budgetProcess(dir, NOW).worker(1, fileBytesMax === undefined ? {} : { fileBytesMax });
  reserved(worker, 200);
  worker.settle(reserved(worker, 100), 30);
  worker.release(reserved(worker, 300));
}

describe('openBudgets', () => {
  it('brings back what was spent, and counts what was reserved as spent', () => {
    const dir = temporaryFolder();
    killed(dir);
    const after = budgetProcess(dir, NOW);
    expect(standing(after)).toEqual([230, 0]);
    expect(readdirSync(dir)).toEqual(['budgets.json']);
    const worker = after.worker(1);
    expect(worker.reserve([A], { micros: 771, nowMs: NOW }).allowed).toBe(false);
    worker.settle(reserved(worker, 770), 1);
    expect(standing(budgetProcess(dir, NOW))).toEqual([231, 0]);
  });

  it('forgets nothing when it is done again and again', () => {
    const dir = temporaryFolder();
    for (let i = 1; i <= 3; i++) {
      killed(dir);
      expect(standing(budgetProcess(dir, NOW))).toEqual([230 * i, 0]);
    }
  });

  it('brings back only periods that are not over', () => {
    const dir = temporaryFolder();
    const worker = budgetProcess(dir, NOW).worker(1);
    worker.settle(reserved(worker, 100, [A, MONTH]), 40);
    const next = Date.UTC(2026, 5, 17);
    expect(standing(budgetProcess(dir, next + KEPT_MS - 1), A, NOW)).toEqual([40, 0]);
    const tomorrow = budgetProcess(dir, next + KEPT_MS);
    expect(standing(tomorrow, A, NOW)).toEqual([0, 0]);
    expect(standing(tomorrow, MONTH, NOW + DAY_MS)).toEqual([40, 0]);
    expect(readBudgetState(dir)?.rows).toHaveLength(1);
  });

  it('adds the files of all threads, whoever reserved and whoever has ended since', () => {
    const dir = temporaryFolder();
    const before = budgetProcess(dir, NOW);
    for (let owner = 1; owner < 6; owner++) {
      const worker = before.worker(owner);
      reserved(worker, owner);
      worker.add([A], 100, NOW);
    }
    before.main.settleDead(3);
    expect(standing(before)).toEqual([503, 12]);
    before.worker(3).add([A], 20, NOW);
    expect(standing(budgetProcess(dir, NOW))).toEqual([535, 0]);
  });

  it('counts a file once that was summed up and is still there', () => {
    const dir = temporaryFolder();
    killed(dir);
    const [file] = listJournals(dir);
    const copy = path.join(dir, 'copy');
    copyFileSync(file?.path ?? '', copy);
    budgetProcess(dir, NOW);
    copyFileSync(copy, file?.path ?? ''); // the process died before it had removed it
    const after = budgetProcess(dir, NOW);
    expect(standing(after)).toEqual([230, 0]);
    expect(listJournals(dir)).toEqual([]);
    after.worker(1).add([A], 5, NOW);
    expect(listJournals(dir).map(({ number }) => number)).toEqual([2]);
    expect(standing(budgetProcess(dir, NOW))).toEqual([235, 0]);
  });

  it.each([1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES])(
    'counts what is whole of a file that lacks its last %d bytes',
    (missing) => {
      const dir = temporaryFolder();
      const worker = budgetProcess(dir, NOW).worker(1);
      for (let i = 0; i < 3; i++) worker.add([A], 10, NOW);
      const [file] = listJournals(dir);
      truncateSync(file?.path ?? '', 3 * FRAME_BYTES - missing);
      const log = collectingLog();
      expect(standing(budgetProcess(dir, NOW, { log }))).toEqual([30 - 10 * Math.ceil(missing / FRAME_BYTES), 0]);
      expect(log.lines).toEqual([]);
    },
  );

  it('counts what is sound of a damaged file, keeps it aside and says so', () => {
    const dir = temporaryFolder();
    const worker = budgetProcess(dir, NOW).worker(1);
    for (let i = 0; i < 3; i++) worker.add([A], 10, NOW);
    const [file] = listJournals(dir);
    const bytes = readFileSync(file?.path ?? '').fill(0x55, FRAME_BYTES + 7, FRAME_BYTES + 9);
    writeFileSync(file?.path ?? '', bytes);
    const log = collectingLog();
    expect(standing(budgetProcess(dir, NOW, { log }))).toEqual([20, 0]);
    expect(log.lines).toEqual(['error: a journal of budgets is damaged and kept aside']);
    expect(readdirSync(dir)).toEqual(['budgets-1-1.journal.damaged', 'budgets.json']);
    expect(readFileSync(path.join(dir, 'budgets-1-1.journal.damaged'))).toEqual(bytes);
    expect(standing(budgetProcess(dir, NOW))).toEqual([20, 0]);
  });

  it('does not begin with less than what is on the disk', () => {
    const dir = temporaryFolder();
    const worker = budgetProcess(dir, NOW).worker(1);
    for (let i = 0; i < 17; i++) worker.add([{ key: hash64(`key ${i}`), budget: DAY }], 1, NOW);
    expect(() => budgetProcess(dir, NOW, { slots: 16 })).toThrow(/fewer slots/);
    writeFileSync(path.join(dir, 'budgets.json'), 'no');
    expect(() => budgetProcess(dir, NOW)).toThrow(/damaged/);
  });

  it('goes on when the state cannot be written, and loses nothing by it', () => {
    const dir = temporaryFolder();
    killed(dir);
    mkdirSync(path.join(dir, 'budgets.json.new'));
    const log = collectingLog();
    const running = budgetProcess(dir, NOW, { log });
    expect(standing(running)).toEqual([230, 0]);
    for (let i = 0; i < 3; i++) running.books.fold(NOW);
    expect(log.lines).toEqual(['warn: budgets cannot be summed up']);
    running.worker(1).add([A], 5, NOW);
    expect(standing(budgetProcess(dir, NOW))).toEqual([235, 0]);
    rmSync(path.join(dir, 'budgets.json.new'), { recursive: true });
    expect(listJournals(dir)).toHaveLength(2);
    running.books.fold(NOW);
    expect(listJournals(dir)).toHaveLength(1);
    expect(standing(budgetProcess(dir, NOW))).toEqual([235, 0]);
  });
});

describe('fold', () => {
  const small = { fileBytesMax: 4 * FRAME_BYTES };

  it('sums up the files that threads have finished, and leaves the ones in use', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    const [one, two] = [running.worker(1, small), running.worker(2, small)];
    const holds = Array.from({ length: 10 }, () => reserved(one, 20));
    two.add([A], 7, NOW);
    running.books.fold(NOW);
    expect(listJournals(dir).map(({ number, owner }) => [number, owner])).toEqual([
      [3, 1],
      [4, 2],
    ]);
    expect(readBudgetState(dir)?.rows).toMatchObject([{ open: 180, spent: 0 }]);
    for (const hold of holds) one.settle(hold, 3);
    running.books.fold(NOW);
    expect(listJournals(dir)).toHaveLength(2);
    expect(standing(running)).toEqual([37, 0]);
    expect(standing(budgetProcess(dir, NOW))).toEqual([37, 0]);
  });

  it('does nothing when nothing is finished', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    running.worker(1).add([A], 7, NOW);
    const before = readFileSync(path.join(dir, 'budgets.json'));
    running.books.fold(NOW + 100 * DAY_MS);
    expect(readFileSync(path.join(dir, 'budgets.json'))).toEqual(before);
  });

  it('takes the file of a thread that died once another has its number', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    reserved(running.worker(1), 50);
    running.main.settleDead(1);
    running.worker(1).add([A], 7, NOW);
    running.books.fold(NOW);
    expect(listJournals(dir).map(({ number }) => number)).toEqual([2]);
    expect(standing(running)).toEqual([57, 0]);
    expect(standing(budgetProcess(dir, NOW))).toEqual([57, 0]);
  });

  it('forgets periods that are over, and budgets of which nothing is spent', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    const worker = running.worker(1, small);
    worker.settle(reserved(worker, 100, [A, MONTH]), 40);
    worker.release(reserved(worker, 100, [{ key: hash64('b'), budget: MONTH.budget }]));
    worker.add([A], 1, NOW);
    running.books.fold(NOW + DAY_MS);
    expect(readBudgetState(dir)?.rows).toMatchObject([{ spent: 40, open: 0 }]);
  });
});

describe('calls that nobody has recorded', () => {
  const begun = (ledger: BudgetLedger, call: number): BudgetHold => {
    const note = () => ({ call, final: false, line: `call ${call}\n` });
    const taking = ledger.reserve([A], { micros: 50, nowMs: NOW, note });
    if (!taking.allowed) throw new Error('refused');
    return taking.hold;
  };

  it('are told at a start, and again until somebody has recorded them; then their files go', () => {
    const dir = temporaryFolder();
    begun(budgetProcess(dir, NOW).worker(1), 1);
    for (let start = 0; start < 3; start++) {
      const after = budgetProcess(dir, NOW);
      expect([after.books.lost?.lines, standing(after)]).toEqual([['call 1\n'], [50, 0]]);
      after.books.fold(NOW);
      expect(readdirSync(dir)).toEqual(['budgets-1-1.journal', 'budgets.json']);
    }
    const last = budgetProcess(dir, NOW);
    last.books.told();
    last.books.fold(NOW);
    expect(readdirSync(dir)).toEqual(['budgets.json']);
    const after = budgetProcess(dir, NOW);
    expect([after.books.lost, standing(after)]).toEqual([undefined, [50, 0]]);
  });

  it('are told when their thread ends, once, and its files go when they are recorded', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    begun(running.worker(1, { fileBytesMax: 10 }), 1);
    begun(running.worker(2), 2);
    running.main.settleDead(1);
    running.books.threadEnded(1);
    running.books.threadEnded(1);
    running.worker(1).add([A], 7, NOW);
    running.books.fold(NOW);
    expect(running.books.lost?.lines).toEqual(['call 1\n']);
    expect(listJournals(dir).map(({ number }) => number)).toEqual([1, 2, 3]);
    running.books.told();
    expect(running.books.lost).toBeUndefined();
    running.books.fold(NOW);
    expect(listJournals(dir).map(({ number }) => number)).toEqual([2, 3]);
    const after = budgetProcess(dir, NOW);
    expect([after.books.lost?.lines, standing(after)]).toEqual([['call 2\n'], [107, 0]]);
  });

  it('are not lost by files that follow each other', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    const worker = running.worker(1, { fileBytesMax: 10 });
    begun(worker, 1);
    for (let i = 0; i < 5; i++) worker.add([A], 1, NOW);
    running.books.fold(NOW);
    expect(listJournals(dir)).toHaveLength(1);
    const after = budgetProcess(dir, NOW);
    expect([after.books.lost?.lines, standing(after)]).toEqual([['call 1\n'], [55, 0]]);
  });

  it('are found though the process died while it began a file', () => {
    const dir = temporaryFolder();
    begun(budgetProcess(dir, NOW).worker(1), 1);
    writeFileSync(path.join(dir, 'budgets-2-1.journal.new'), 'half');
    expect(budgetProcess(dir, NOW).books.lost?.lines).toEqual(['call 1\n']);
    expect(readdirSync(dir)).toEqual(['budgets-1-1.journal', 'budgets.json']);
  });
});
