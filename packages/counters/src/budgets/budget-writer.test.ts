import { cpSync, writeSync } from 'node:fs';
import { hash64 } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { budgetProcess, collectingLog, type BudgetProcess, type CollectingLog } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import type { BudgetHold } from './budget-hold.ts';
import type { Budget, BudgetEntry } from './budget.ts';

const NOW = Date.UTC(2026, 5, 16, 14, 30);
const DAY: Budget = { limitMicros: 1000, per: 'day' };
const HARD: BudgetEntry = { key: hash64('hard'), budget: DAY };
const WARNS: BudgetEntry = { key: hash64('warns'), budget: { ...DAY, warning: true } };

interface OnDisk extends BudgetProcess {
  readonly dir: string;
  readonly log: CollectingLog;
  readonly ledger: BudgetLedger;
  readonly disk: { full: boolean };
}

function onDisk(): OnDisk {
  const dir = temporaryFolder();
  const log = collectingLog();
  const disk = { full: false };
  const running = budgetProcess(dir, NOW, { log });
  const write = (fd: number, bytes: Uint8Array): number => {
    if (disk.full) throw new Error('ENOSPC');
    return writeSync(fd, bytes);
  };
  return { ...running, dir, log, disk, ledger: running.worker(1, { write }) };
}

function reserved(ledger: BudgetLedger, micros: number, entries = [HARD]): BudgetHold {
  const taking = ledger.reserve(entries, { micros, nowMs: NOW });
  if (!taking.allowed) throw new Error(`refused: ${taking.refused.refusal}`);
  return taking.hold;
}

function standing(ledger: BudgetLedger, { key, budget } = HARD): readonly [number, number] {
  const { spentMicros, reservedMicros } = ledger.look(key, budget, NOW);
  return [spentMicros, reservedMicros];
}

/** What a process would find that began now. */
function restarted(dir: string): BudgetLedger {
  const copy = temporaryFolder();
  cpSync(dir, copy, { recursive: true });
  return budgetProcess(copy, NOW).main;
}

/** What a process that began now would find of calls, and of the hard budget. */
function lostAt(dir: string): { readonly lines: readonly string[] | undefined; readonly standing: readonly number[] } {
  const copy = temporaryFolder();
  cpSync(dir, copy, { recursive: true });
  const { books, main } = budgetProcess(copy, NOW);
  return { lines: books.lost?.lines, standing: standing(main) };
}

describe('a ledger whose disk is full', () => {
  it('refuses for hard budgets, gives back what it took, and warns once', () => {
    const { ledger, disk, log, dir } = onDisk();
    disk.full = true;
    for (let i = 0; i < 3; i++) {
      const taking = ledger.reserve([WARNS, HARD, HARD], { micros: 100, nowMs: NOW });
      expect(taking).toMatchObject({ allowed: false, at: 1, refused: { allowed: false, refusal: 'journal' } });
      expect(taking.verdicts.map(({ allowed, refusal }) => [allowed, refusal])).toEqual([
        [true, undefined],
        [false, 'journal'],
        [true, undefined],
      ]);
    }
    expect([standing(ledger), standing(ledger, WARNS)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(log.lines).toEqual(['warn: budgets cannot be written down, so they refuse']);
    disk.full = false;
    reserved(ledger, 1000);
    expect(standing(restarted(dir))).toEqual([1000, 0]);
  });

  it('lets calls pass for budgets that only warn, and writes what they spent when it can', () => {
    const { ledger, disk, dir } = onDisk();
    reserved(ledger, 70, [WARNS]);
    disk.full = true;
    const hold = reserved(ledger, 100, [WARNS]);
    ledger.settle(hold, 40);
    expect(standing(restarted(dir), WARNS)).toEqual([70, 0]);
    expect(ledger.flush()).toBe(false);
    disk.full = false;
    expect(ledger.flush()).toBe(true);
    expect(standing(ledger, WARNS)).toEqual([40, 70]);
    expect(standing(restarted(dir), WARNS)).toEqual([110, 0]);
  });

  it('gives nobody the room of a call whose end is not written, and all of it once it is', () => {
    const { ledger, disk, dir } = onDisk();
    const holds = Array.from({ length: 10 }, () => reserved(ledger, 100, [HARD, WARNS]));
    disk.full = true;
    for (const hold of holds) ledger.settle(hold, 3);
    ledger.add([HARD], 5, NOW);
    expect(standing(ledger)).toEqual([0, 1000]);
    expect(standing(restarted(dir))).toEqual([1000, 0]);
    disk.full = false;
    expect(ledger.reserve([HARD], { micros: 965, nowMs: NOW }).allowed).toBe(false); // it is asked before the others are written
    ledger.flush();
    expect(standing(ledger)).toEqual([35, 0]);
    reserved(ledger, 965);
    expect(standing(ledger, WARNS)).toEqual([30, 0]);
    expect([standing(restarted(dir)), standing(restarted(dir), WARNS)]).toEqual([
      [1000, 0],
      [30, 0],
    ]);
  });

  it('writes what waits in front of the next line', () => {
    const { ledger, disk, dir } = onDisk();
    const hold = reserved(ledger, 100);
    disk.full = true;
    ledger.settle(hold, 30);
    disk.full = false;
    ledger.settle(reserved(ledger, 10), 1);
    expect(standing(ledger)).toEqual([31, 0]);
    expect(standing(restarted(dir))).toEqual([31, 0]);
  });
});

describe('memory', () => {
  it('shows a reservation before it is written, and keeps it until its end is written', () => {
    const dir = temporaryFolder();
    const running = budgetProcess(dir, NOW);
    const seen: (readonly [number, number])[] = [];
    const write = (fd: number, bytes: Uint8Array): number => {
      seen.push(standing(running.main));
      return writeSync(fd, bytes);
    };
    const ledger = running.worker(1, { write });
    const hold = reserved(ledger, 100);
    ledger.settle(hold, 30);
    expect(seen).toEqual([
      [0, 100],
      [0, 100],
    ]);
    expect(standing(running.main)).toEqual([30, 0]);
  });
});

describe('calls that are noted', () => {
  function recording() {
    const on = onDisk();
    const lines: string[] = [];
    const records = { add: (line: string) => lines.push(line), written: 0 };
    const write = (fd: number, bytes: Uint8Array): number => {
      if (on.disk.full) throw new Error('ENOSPC');
      return writeSync(fd, bytes);
    };
    return { ...on, lines, ledger: on.worker(2, { write, records }) };
  }
  const noted = (ledger: BudgetLedger, call: number): BudgetHold => {
    const note = () => ({ call, final: false, line: `${call} begins\n` });
    const taking = ledger.reserve([HARD], { micros: 100, nowMs: NOW, note });
    if (!taking.allowed) throw new Error(`refused: ${taking.refused.refusal}`);
    return taking.hold;
  };
  const end = (call: number) => ({ call, final: true, line: `${call} ends\n` });

  it('have numbers of their own', () => {
    const { ledger } = recording();
    expect([ledger.newCall(), ledger.newCall()]).toEqual([1, 2]);
  });

  it('are recorded when their end is written, in one piece with what they cost', () => {
    const { ledger, lines, dir } = recording();
    const hold = noted(ledger, 1);
    expect(lines).toEqual([]);
    expect(lostAt(dir)).toEqual({ lines: ['1 begins\n'], standing: [100, 0] });
    expect(ledger.end([{ hold, micros: 30 }], end(1))).toBe(true);
    expect(lines).toEqual(['1 ends\n']);
    expect(lostAt(dir)).toEqual({ lines: ['1 ends\n'], standing: [30, 0] });
  });

  it('wait with what they cost when the disk is full, and are recorded with it', () => {
    const { ledger, lines, disk, dir } = recording();
    const [first, second] = [noted(ledger, 1), noted(ledger, 2)];
    disk.full = true;
    expect(ledger.end([{ hold: first, micros: 30 }], end(1))).toBe(true);
    ledger.settle(second, 40, { call: 2, final: false, line: '2 goes on\n' });
    expect(ledger.end([], end(2))).toBe(true);
    expect(lines).toEqual([]);
    expect(lostAt(dir)).toEqual({ lines: ['1 begins\n', '2 begins\n'], standing: [200, 0] });
    disk.full = false;
    expect(ledger.flush()).toBe(true);
    expect(lines).toEqual(['1 ends\n', '2 ends\n']);
    expect(lostAt(dir)).toEqual({ lines, standing: [70, 0] });
  });

  it('are left to others where there is no journal, or none that takes a call of no budget', () => {
    const { ledger, main, disk, lines } = recording();
    expect(main.end([], end(1))).toBe(false);
    disk.full = true;
    expect(ledger.end([], end(1))).toBe(false);
    disk.full = false;
    expect(ledger.end([], end(2))).toBe(true);
    expect(lines).toEqual(['2 ends\n']);
  });

  it('do not fill the memory while the disk is full', () => {
    const { ledger, disk } = recording();
    const holds = Array.from({ length: 4097 }, () => reserved(ledger, 0));
    disk.full = true;
    const taken = holds.map((hold, call) => ledger.end([{ hold, micros: 0 }], end(call)));
    expect(taken.filter((waits) => !waits)).toHaveLength(1);
  });
});
