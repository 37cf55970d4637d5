import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Logger } from '@gatehouse/kernel';
import type { BudgetLedger } from './budget-ledger.ts';
import { isForgotten } from './budget-period.ts';
import { placeName } from './budget-place.ts';
import { readBudgetState, writeBudgetState } from './budget-state.ts';
import type { JournalEntry } from './journal-entry.ts';
import { listJournals, readJournal, removeUnfinished, type JournalFile } from './journal-folder.ts';
import type { ReadFrame } from './journal-frame.ts';
import { lostCalls, type LostCalls } from './lost-calls.ts';

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
 * the process before had reserved and not settled counts as spent: it died, and its calls may have been sent. Its calls
 * that may not be recorded are in `lost`.
 */
export function openBudgets({ dir, ledger, nowMs, log }: OpenBudgetsOptions): BudgetBooks {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  removeUnfinished(dir);
  const books = new BudgetBooks(dir, log);
  books.recover(ledger, nowMs);
  return books;
}

type Rows = ReadonlyMap<string, JournalEntry>;

interface Journal extends JournalFile {
  readonly frames: readonly ReadFrame[];
}

interface Lost {
  readonly calls: LostCalls;
  /** The files that tell of them. */
  readonly numbers: readonly number[];
}

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
  /** What is to be done with the files of the process before once its calls are recorded. */
  #closeBefore: (() => void) | undefined;
  readonly #lost: Lost[] = [];
  /** Files of threads that have ended while the process lives, and whose calls are recorded. */
  readonly #told = new Set<number>();
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
    const ended = files.filter(({ number }) => !this.#folded.has(number)).map((file) => this.#read(file));
    const rows = kept(allSpent(this.#sum(ended)), nowMs);
    ledger.continueFilesAfter(this.#lastFile);
    for (const row of rows.values()) ledger.restore(row, row.spent);
    this.#closeBefore = () => {
      this.#save(rows, ended, files);
      this.#removeFolded(files);
      this.#closeBefore = undefined;
    };
    this.#lose(ended);
    this.fold(nowMs);
  }

  /** Calls of threads that have ended, to be recorded where they are not; what comes first, and undefined for none. */
  get lost(): LostCalls | undefined {
    return this.#lost[0]?.calls;
  }

  /** The first of the lost are recorded. */
  told(): void {
    for (const number of this.#lost.shift()?.numbers ?? []) this.#told.add(number);
  }

  /** Before another thread gets its number. */
  threadEnded(owner: number): void {
    this.#attempt(() => {
      const files = listJournals(this.#dir).filter((file) => file.owner === owner && this.#isLive(file));
      this.#lose(files.map((file) => this.#read(file)));
    });
  }

  #isLive({ number }: JournalFile): boolean {
    return number > this.#endedFile && !this.#folded.has(number) && !this.#told.has(number) && !this.#isLost(number);
  }

  #isLost(number: number): boolean {
    return this.#lost.some(({ numbers }) => numbers.includes(number));
  }

  #lose(ended: readonly Journal[]): void {
    const calls = lostCalls(ended);
    const numbers = ended.map(({ number }) => number);
    if (calls !== undefined) this.#lost.push({ calls, numbers });
    else for (const number of numbers) this.#told.add(number);
  }

  /**
   * Sums up the journals whose threads have begun others, and forgets periods that are over. To be called every few
   * seconds: when there is nothing to do it reads a folder. Nothing is summed up before the calls of the process before
   * are recorded, nor is a thread's that has ended.
   */
  fold(nowMs: number): void {
    this.#attempt(() => {
      if (this.#closeBefore !== undefined) {
        if (this.#lost.some(({ numbers }) => numbers.some((number) => number <= this.#endedFile))) return;
        this.#closeBefore();
      }
      const files = listJournals(this.#dir);
      const finished = files.filter((file) => !this.#folded.has(file.number) && this.#isFinished(file, files));
      if (finished.length > 0) {
        const rows = this.#sum(finished.map((file) => this.#read(file)));
        this.#save(kept(rows, nowMs), finished, files);
      }
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
    if (number <= this.#endedFile || this.#told.has(number)) return true;
    return !this.#isLost(number) && files.some((other) => other.owner === owner && other.number > number);
  }

  #read(file: JournalFile): Journal {
    const { frames, damaged } = readJournal(file.path);
    if (damaged > 0) this.#tellDamage(file, damaged);
    return { ...file, frames };
  }

  #sum(journals: readonly Journal[]): Rows {
    const rows = new Map<string, Sum>();
    for (const row of this.#rows.values()) addEntry(rows, row);
    for (const { frames } of journals)
      for (const { entries } of frames) for (const entry of entries) addEntry(rows, entry);
    return rows;
  }

  #tellDamage(file: JournalFile, holes: number): void {
    if (this.#damaged.has(file.number)) return;
    this.#damaged.add(file.number);
    this.#log.error('a journal of budgets is damaged and kept aside', { file: file.path, holes });
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
