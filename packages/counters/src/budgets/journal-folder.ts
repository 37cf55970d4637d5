import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ENTRY_BYTES, readEntry, type JournalEntry } from './journal-entry.ts';

/** `budgets-17-3.journal`: the 17th file, written by thread 3. */
export interface JournalFile {
  readonly path: string;
  /** Higher than that of every file made before, by whichever thread and process. */
  readonly number: number;
  readonly owner: number;
}

const NAME = /^budgets-(\d{1,10})-(\d{1,4})\.journal$/;

export function journalPath(dir: string, { number, owner }: { number: number; owner: number }): string {
  return path.join(dir, `budgets-${number}-${owner}.journal`);
}

/** In the order in which they were made. */
export function listJournals(dir: string): JournalFile[] {
  const files: JournalFile[] = [];
  for (const name of readdirSync(dir)) {
    const [, number, owner] = NAME.exec(name) ?? [];
    if (number !== undefined) files.push({ path: path.join(dir, name), number: Number(number), owner: Number(owner) });
  }
  return files.toSorted((a, b) => a.number - b.number);
}

export interface JournalContent {
  readonly entries: readonly JournalEntry[];
  /** Lines that are not what was written. What is left of a line that was cut short by the end is none. */
  readonly damaged: number;
}

export function readJournal(file: string): JournalContent {
  const bytes = readFileSync(file);
  const entries: JournalEntry[] = [];
  let damaged = 0;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const entry = readEntry(bytes, at);
    if (entry === undefined) damaged++;
    else entries.push(entry);
  }
  return { entries, damaged };
}
