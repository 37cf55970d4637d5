import { ftruncateSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectingLog, type CollectingLog } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { BudgetJournal, type BudgetJournalOptions } from './budget-journal.ts';
import { createBudgetMemory, LAST_FILE } from './budget-memory.ts';
import { budgetSpan } from './budget-period.ts';
import { ENTRY_BYTES, type JournalEntry } from './journal-entry.ts';
import { listJournals, readJournal } from './journal-folder.ts';

const entry = (open: number): JournalEntry => ({ high: 1, low: 2, kind: budgetSpan('total', 0).kind, open, spent: 0 });

interface Opened {
  readonly dir: string;
  readonly log: CollectingLog;
  readonly journal: BudgetJournal;
}

function opened(options: Partial<BudgetJournalOptions> = {}): Opened {
  const dir = temporaryFolder();
  mkdirSync(dir);
  const log = collectingLog();
  const memory = createBudgetMemory({ owners: 4, slots: 16 });
  return { dir, log, journal: new BudgetJournal({ dir, memory, owner: 3, log, ...options }) };
}

/** The `open` of each line, file by file. */
function written(dir: string): number[][] {
  return listJournals(dir).map((file) => readJournal(file.path).entries.map(({ open }) => open));
}

describe('BudgetJournal', () => {
  it('makes no file before there is something to write, and one that only its owner may read', () => {
    const { dir, journal } = opened();
    expect(readdirSync(dir)).toEqual([]);
    expect(journal.append([entry(1), entry(2)])).toBe(true);
    expect(readdirSync(dir)).toEqual(['budgets-1-3.journal']);
    expect(statSync(path.join(dir, 'budgets-1-3.journal')).mode & 0o777).toBe(0o600);
    expect(written(dir)).toEqual([[1, 2]]);
  });

  it('takes more lines at once than it has taken before', () => {
    const { dir, journal } = opened();
    const lines = Array.from({ length: 500 }, (_, i) => i);
    expect(journal.append(lines.map((i) => entry(i)))).toBe(true);
    expect(written(dir)).toEqual([lines]);
  });

  it('begins a new file when the old one is large, with a number of its own among all threads', () => {
    const memory = createBudgetMemory({ owners: 4, slots: 16 });
    const { dir, journal } = opened({ memory, fileBytesMax: 2 * ENTRY_BYTES });
    for (let i = 0; i < 3; i++) journal.append([entry(i)]);
    Atomics.store(new Int32Array(memory.buffer), LAST_FILE, 16);
    for (let i = 3; i < 6; i++) journal.append([entry(i)]);
    expect(listJournals(dir).map(({ number, owner }) => [number, owner])).toEqual([
      [1, 3],
      [2, 3],
      [17, 3],
    ]);
    expect(written(dir)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it('goes on with the old file when there can be no new one', () => {
    const memory = createBudgetMemory({ owners: 4, slots: 16 });
    const { dir, journal } = opened({ memory, fileBytesMax: ENTRY_BYTES });
    journal.append([entry(0)]);
    mkdirSync(path.join(dir, 'budgets-2-3.journal'));
    expect(journal.append([entry(1)])).toBe(true);
    rmSync(path.join(dir, 'budgets-2-3.journal'), { recursive: true });
    expect(journal.append([entry(2)])).toBe(true);
    expect(written(dir)).toEqual([[0, 1], [2]]);
  });

  it('goes on after it was closed', () => {
    const { dir, journal } = opened();
    journal.append([entry(0)]);
    journal.close();
    journal.close();
    expect(journal.append([entry(1)])).toBe(true);
    expect(written(dir)).toEqual([[0], [1]]);
  });
});

describe('a disk that is full', () => {
  /** Takes so many bytes, in pieces of at most 20. */
  function disk(room: number): { room: number; readonly write: (fd: number, bytes: Uint8Array) => number } {
    const state = {
      room,
      write: (fd: number, bytes: Uint8Array): number => {
        if (state.room === 0) throw new Error('ENOSPC');
        const taken = writeSync(fd, bytes, 0, Math.min(20, state.room, bytes.length));
        state.room -= taken;
        return taken;
      },
    };
    return state;
  }

  it('leaves nothing of lines that do not fit, says so once, and takes the next when there is room', () => {
    const full = disk(3 * ENTRY_BYTES + 5);
    const { dir, log, journal } = opened({ write: full.write });
    expect(journal.append([entry(0), entry(1)])).toBe(true);
    expect(journal.append([entry(2), entry(3)])).toBe(false);
    expect(journal.append([entry(4)])).toBe(false);
    expect(written(dir)).toEqual([[0, 1]]);
    expect(statSync(path.join(dir, 'budgets-1-3.journal')).size).toBe(2 * ENTRY_BYTES);
    expect(log.lines).toEqual(['warn: budgets cannot be written down, so they refuse']);
    full.room = Infinity;
    expect(journal.append([entry(5)])).toBe(true);
    expect(written(dir)).toEqual([[0, 1, 5]]);
    full.room = 0;
    expect(journal.append([entry(6)])).toBe(false);
    expect(log.lines).toHaveLength(2);
  });

  it('takes nothing more while a rest stays that cannot be cut off, not even in a new file', () => {
    const full = disk(3 * ENTRY_BYTES + 5);
    let stuck = true;
    const truncate = (fd: number, bytes: number): void => {
      if (stuck) throw new Error('EIO');
      ftruncateSync(fd, bytes);
    };
    const { dir, journal } = opened({ write: full.write, truncate, fileBytesMax: 2 * ENTRY_BYTES });
    journal.append([entry(0)]);
    expect(journal.append([entry(1), entry(2), entry(3)])).toBe(false);
    expect(written(dir)).toEqual([[0, 1, 2]]);
    full.room = Infinity;
    expect(journal.append([entry(4)])).toBe(false);
    expect(written(dir)).toEqual([[0, 1, 2]]);
    stuck = false;
    for (const open of [5, 6]) expect(journal.append([entry(open)])).toBe(true);
    expect(written(dir)).toEqual([[0, 5], [6]]);
  });

  it('is no endless loop when it takes nothing and does not say why', () => {
    const { journal } = opened({ write: () => 0 });
    expect(journal.append([entry(0)])).toBe(false);
  });

  it('leaves no file that could be read when its folder is gone', () => {
    const { dir, log, journal } = opened();
    rmSync(dir, { recursive: true });
    expect(journal.append([entry(0)])).toBe(false);
    expect(log.lines).toHaveLength(1);
    mkdirSync(dir);
    expect(journal.append([entry(1)])).toBe(true);
    expect(written(dir)).toEqual([[1]]);
  });
});

describe('readJournal', () => {
  it('reads whole lines, wherever the file was cut', () => {
    const { dir, journal } = opened();
    journal.append([entry(0), entry(1), entry(2)]);
    const [file] = listJournals(dir);
    for (let bytes = 3 * ENTRY_BYTES - 1; bytes >= 0; bytes--) {
      truncateSync(file?.path ?? '', bytes);
      const whole = Math.floor(bytes / ENTRY_BYTES);
      expect(readJournal(file?.path ?? '')).toEqual({ entries: [0, 1, 2].slice(0, whole).map(entry), damaged: 0 });
    }
  });
});

describe('listJournals', () => {
  it('knows journals by their names, in the order of their numbers', () => {
    const dir = temporaryFolder();
    mkdirSync(dir);
    const names = ['budgets-10-1.journal', 'budgets-9-2.journal', 'budgets-9.journal', 'budgets-8-1.journal.damaged'];
    for (const name of [...names, 'budgets.json', 'xbudgets-1-1.journal']) mkdirSync(path.join(dir, name));
    expect(listJournals(dir).map(({ number, owner }) => [number, owner])).toEqual([
      [9, 2],
      [10, 1],
    ]);
  });
});
