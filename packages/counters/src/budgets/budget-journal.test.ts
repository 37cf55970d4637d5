import { ftruncateSync, mkdirSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectingLog, type CollectingLog } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { BudgetJournal, type BudgetJournalOptions } from './budget-journal.ts';
import { createBudgetMemory, LAST_FILE } from './budget-memory.ts';
import { budgetSpan } from './budget-period.ts';
import { ENTRY_BYTES, type JournalEntry } from './journal-entry.ts';
import { FRAME_HEAD_BYTES } from './journal-frame.ts';
import { listJournals, readJournal } from './journal-folder.ts';

const entry = (open: number): JournalEntry => ({ high: 1, low: 2, kind: budgetSpan('total', 0).kind, open, spent: 0 });

/** Of a frame with one entry. */
const FRAME_BYTES = FRAME_HEAD_BYTES + ENTRY_BYTES;

function put(journal: BudgetJournal, ...opens: readonly number[]): boolean {
  return journal.append({ entries: opens.map(entry), notes: [] });
}

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
  return { dir, log, journal: new BudgetJournal({ dir, memory, owner: 3, log, now: () => 0, ...options }) };
}

function entriesOf(file: string): readonly JournalEntry[] {
  return readJournal(file).frames.flatMap(({ entries }) => entries);
}

/** The `open` of each entry, file by file. */
function written(dir: string): number[][] {
  return listJournals(dir).map((file) => entriesOf(file.path).map(({ open }) => open));
}

describe('BudgetJournal', () => {
  it('makes no file before there is something to write, and one that only its owner may read', () => {
    const { dir, journal } = opened();
    expect(readdirSync(dir)).toEqual([]);
    expect(put(journal, 1, 2)).toBe(true);
    expect(readdirSync(dir)).toEqual(['budgets-1-3.journal']);
    expect(statSync(path.join(dir, 'budgets-1-3.journal')).mode & 0o777).toBe(0o600);
    expect(written(dir)).toEqual([[1, 2]]);
  });

  it('takes more lines at once than it has taken before', () => {
    const { dir, journal } = opened();
    const lines = Array.from({ length: 500 }, (_, i) => i);
    expect(put(journal, ...lines)).toBe(true);
    expect(written(dir)).toEqual([lines]);
  });

  it('begins a new file when the old one is large, with a number of its own among all threads', () => {
    const memory = createBudgetMemory({ owners: 4, slots: 16 });
    const { dir, journal } = opened({ memory, fileBytesMax: FRAME_BYTES + 1 });
    for (let i = 0; i < 3; i++) put(journal, i);
    Atomics.store(new Int32Array(memory.buffer), LAST_FILE, 16);
    for (let i = 3; i < 6; i++) put(journal, i);
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
    const { dir, journal } = opened({ memory, fileBytesMax: FRAME_BYTES });
    put(journal, 0);
    mkdirSync(path.join(dir, 'budgets-2-3.journal'));
    expect(put(journal, 1)).toBe(true);
    expect(readdirSync(dir)).toEqual(['budgets-1-3.journal', 'budgets-2-3.journal']);
    rmSync(path.join(dir, 'budgets-2-3.journal'), { recursive: true });
    expect(put(journal, 2)).toBe(true);
    expect(written(dir)).toEqual([[0, 1], [2]]);
  });

  it('goes on after it was closed', () => {
    const { dir, journal } = opened();
    put(journal, 0);
    journal.close();
    journal.close();
    expect(put(journal, 1)).toBe(true);
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

  it('leaves nothing of what does not fit, says so once, and takes the next when there is room', () => {
    const full = disk(2 * FRAME_BYTES + ENTRY_BYTES + 5);
    const { dir, log, journal } = opened({ write: full.write });
    expect(put(journal, 0, 1)).toBe(true);
    expect(put(journal, 2, 3)).toBe(false);
    expect(put(journal, 4)).toBe(false);
    expect(written(dir)).toEqual([[0, 1]]);
    expect(statSync(path.join(dir, 'budgets-1-3.journal')).size).toBe(FRAME_BYTES + ENTRY_BYTES);
    expect(log.lines).toEqual(['warn: budgets cannot be written down, so they refuse']);
    full.room = Infinity;
    expect(put(journal, 5)).toBe(true);
    expect(written(dir)).toEqual([[0, 1, 5]]);
    full.room = 0;
    expect(put(journal, 6)).toBe(false);
    expect(log.lines).toHaveLength(2);
  });

  it('takes nothing more while a rest stays that cannot be cut off, not even in a new file', () => {
    const full = disk(2 * FRAME_BYTES + 5);
    let stuck = true;
    const truncate = (fd: number, bytes: number): void => {
      if (stuck) throw new Error('EIO');
      ftruncateSync(fd, bytes);
    };
    const { dir, journal } = opened({ write: full.write, truncate, fileBytesMax: FRAME_BYTES + 1 });
    put(journal, 0);
    expect(put(journal, 1, 2, 3)).toBe(false);
    expect(written(dir)).toEqual([[0]]);
    full.room = Infinity;
    expect(put(journal, 4)).toBe(false);
    expect(written(dir)).toEqual([[0]]);
    stuck = false;
    for (const open of [5, 6]) expect(put(journal, open)).toBe(true);
    expect(written(dir)).toEqual([[0, 5], [6]]);
  });

  it('is no endless loop when it takes nothing and does not say why', () => {
    const { journal } = opened({ write: () => 0 });
    expect(put(journal, 0)).toBe(false);
  });

  it('leaves no file that could be read when its folder is gone', () => {
    const { dir, log, journal } = opened();
    rmSync(dir, { recursive: true });
    expect(put(journal, 0)).toBe(false);
    expect(log.lines).toHaveLength(1);
    mkdirSync(dir);
    expect(put(journal, 1)).toBe(true);
    expect(written(dir)).toEqual([[1]]);
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
