import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Logger } from '@gatehouse/kernel';
import type { BudgetLedger } from './budget-ledger.ts';
import { isForgotten } from './budget-period.ts';
import { placeName } from './budget-place.ts';
import { readBudgetState, writeBudgetState } from './budget-state.ts';
import type { JournalEntry } from './journal-entry.ts';
import { listJournals, readJournal, type JournalFile } from './journal-folder.ts';

export interface OpenBudgetsOptions {
  /** Made when it is not there. Only one process may use it at a time; whoever calls sees to that. */
  readonly dir: string;
  /** The main thread's. */
  readonly ledger: BudgetLedger;
  readonly nowMs: number;
  readonly log: Logger;
}

/**
 * Brings back what was spent before this process began, in the main thread and before any other opens a journal. What
 * the process before had reserved and not settled counts as spent: it died, and its calls may have been sent.
 */
export function openBudgets({ dir, ledger, nowMs, log }: OpenBudgetsOptions): BudgetBooks {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const books = new BudgetBooks(dir, log);
  books.recover(ledger, nowMs);
  return books;
}

type Rows = ReadonlyMap<string, JournalEntry>;

/** The main thread's side of the journals: sums up those that are finished, and removes them. */
export class BudgetBooks {
  readonly #dir: string;
  readonly #log: Logger;
  /** What the state on disk says. */
  #rows: Rows;
  #folded: ReadonlySet<number>;
  #lastFile: number;
  /** Files up to this one are of processes that have ended. */
  readonly #endedFile: number;
  readonly #damaged = new Set<number>();
  #failing = false;

  constructor(dir: string, log: Logger) {
    this.#dir = dir;
    this.#log = log;
    const { rows, folded, lastFile } = readBudgetState(dir) ?? { rows: [], folded: [], lastFile: 0 };
    this.#rows = new Map(rows.map((row) => [placeName(row), row]));
    this.#folded = new Set(folded);
    this.#lastFile = Math.max(lastFile, listJournals(dir).at(-1)?.number ?? 0);
    this.#endedFile = this.#lastFile;
  }

  recover(ledger: BudgetLedger, nowMs: number): void {
    const files = listJournals(this.#dir);
    const ended = files.filter(({ number }) => !this.#folded.has(number));
    const rows = kept(allSpent(this.#sum(ended)), nowMs);
    ledger.continueFilesAfter(this.#lastFile);
    for (const row of rows.values()) ledger.restore(row, row.spent);
    this.#attempt(() => {
      this.#save(rows, ended, files);
      this.#removeFolded(files);
    });
  }

  /**
   * Sums up the journals whose threads have begun others, and forgets periods that are over. To be called every few
   * seconds: when there is nothing to do it reads a folder.
   */
  fold(nowMs: number): void {
    this.#attempt(() => {
      const files = listJournals(this.#dir);
      const finished = files.filter((file) => !this.#folded.has(file.number) && this.#isFinished(file, files));
      if (finished.length > 0) this.#save(kept(this.#sum(finished), nowMs), finished, files);
      this.#removeFolded(files);
    });
  }

  /** A full disk only postpones: what is not summed up stays in the journals. */
  #attempt(step: () => void): void {
    try {
      step();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn('budgets cannot be summed up', { dir: this.#dir, error: String(error) });
      this.#failing = true;
    }
  }

  #isFinished({ number, owner }: JournalFile, files: readonly JournalFile[]): boolean {
    return number <= this.#endedFile || files.some((other) => other.owner === owner && other.number > number);
  }

  #sum(files: readonly JournalFile[]): Rows {
    const rows = new Map<string, Sum>();
    for (const row of this.#rows.values()) addEntry(rows, row);
    for (const file of files) {
      const { entries, damaged } = readJournal(file.path);
      if (damaged > 0) this.#tellDamage(file, damaged);
      for (const entry of entries) addEntry(rows, entry);
    }
    return rows;
  }

  #tellDamage(file: JournalFile, lines: number): void {
    if (this.#damaged.has(file.number)) return;
    this.#damaged.add(file.number);
    this.#log.error('a journal of budgets is damaged and kept aside', { file: file.path, lines });
  }

  /** The state names the files in it, so that nobody sums them up again when this process dies before they are gone. */
  #save(rows: Rows, added: readonly JournalFile[], files: readonly JournalFile[]): void {
    const numbers = new Set([...this.#folded, ...added.map(({ number }) => number)]);
    const folded = files.map(({ number }) => number).filter((number) => numbers.has(number));
    const lastFile = Math.max(this.#lastFile, files.at(-1)?.number ?? 0);
    writeBudgetState(this.#dir, { lastFile, folded, rows: [...rows.values()] });
    [this.#rows, this.#folded, this.#lastFile] = [rows, new Set(folded), lastFile];
  }

  #removeFolded(files: readonly JournalFile[]): void {
    for (const { path, number } of files) {
      if (!this.#folded.has(number)) continue;
      if (this.#damaged.has(number)) renameSync(path, `${path}.damaged`);
      else rmSync(path, { force: true });
    }
  }
}

interface Sum extends JournalEntry {
  open: number;
  spent: number;
}

function addEntry(sums: Map<string, Sum>, entry: JournalEntry): void {
  const name = placeName(entry);
  const sum = sums.get(name);
  if (sum === undefined) {
    sums.set(name, { ...entry });
    return;
  }
  sum.open += entry.open;
  sum.spent += entry.spent;
}

function allSpent(rows: Rows): Rows {
  const spent = (row: JournalEntry): JournalEntry => ({ ...row, open: 0, spent: row.spent + Math.max(0, row.open) });
  return new Map([...rows].map(([name, row]) => [name, spent(row)]));
}

function kept(rows: Rows, nowMs: number): Rows {
  const isKept = ({ kind, open, spent }: JournalEntry): boolean =>
    !isForgotten(kind, nowMs) && (open !== 0 || spent !== 0);
  return new Map([...rows].filter(([, row]) => isKept(row)));
}
