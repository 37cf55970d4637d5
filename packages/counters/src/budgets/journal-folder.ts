import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readFrames, type FramesRead } from './journal-frame.ts';

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

/** What a file is called until it says all that it has to begin with. */
export function unfinishedPath(file: string): string {
  return `${file}.new`;
}

/** Files that a process had begun when it died. */
export function removeUnfinished(dir: string): void {
  for (const name of readdirSync(dir))
    if (name.endsWith('.new') && NAME.test(name.slice(0, -4))) rmSync(path.join(dir, name), { force: true });
}

export function readJournal(file: string): FramesRead {
  return readFrames(readFileSync(file));
}
