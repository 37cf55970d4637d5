import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { isKind } from './budget-period.ts';
import type { JournalEntry } from './journal-entry.ts';

/** What all journals up to some said, summed by account. */
export interface BudgetState {
  /** The highest number that a journal has had. */
  readonly lastFile: number;
  /** Numbers of journals that are summed up here and may be there still. */
  readonly folded: readonly number[];
  readonly rows: readonly JournalEntry[];
}

const NAME = 'budgets.json';
const VERSION = 1;

/** Undefined when there is none. A file that is there and says nothing sensible throws: it is money that is forgotten. */
export function readBudgetState(dir: string): BudgetState | undefined {
  const file = path.join(dir, NAME);
  const state = parse(readIfThere(file));
  if (state === 'damaged')
    throw new Error(`${file} is damaged or of another version; remove it to begin all budgets anew`);
  return state;
}

/** In one step, whenever the process or the machine dies. */
export function writeBudgetState(dir: string, state: BudgetState): void {
  const rows = state.rows.map(({ high, low, kind, open, spent }) => [high, low, kind, open, spent]);
  const body = JSON.stringify({ version: VERSION, lastFile: state.lastFile, folded: state.folded, rows });
  const file = path.join(dir, NAME);
  const fd = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeFileSync(fd, `${sum(body)} ${body}\n`);
    fdatasyncSync(fd); // or else a loss of power could leave the new name with nothing behind it
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.new`, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function sum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

function parse(text: string | undefined): BudgetState | 'damaged' | undefined {
  if (text === undefined) return undefined;
  const [, said, body = ''] = /^([\da-f]{8}) (.*)\n$/s.exec(text) ?? [];
  if (said !== sum(body)) return 'damaged';
  const json: unknown = JSON.parse(body);
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(json ?? {}));
  const [lastFile, folded, rows] = [fields.get('lastFile'), fields.get('folded'), fields.get('rows')];
  if (fields.get('version') !== VERSION || !isNumber(lastFile)) return 'damaged';
  if (!isNumbers(folded) || !Array.isArray(rows) || !rows.every(isNumbers)) return 'damaged';
  const entries = rows.map(([high = NaN, low = NaN, kind = NaN, open = NaN, spent = NaN]) => ({
    high,
    low,
    kind,
    open,
    spent,
  }));
  return entries.every(isSound) ? { lastFile, folded, rows: entries } : 'damaged';
}

function isNumber(value: unknown): value is number {
  return Number.isInteger(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function isSound({ high, low, kind, open, spent }: JournalEntry): boolean {
  const halves = (high | 0) === high && (low | 0) === low;
  return halves && isKind(kind) && Number.isInteger(open) && Number.isInteger(spent);
}
