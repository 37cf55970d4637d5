import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { QuotaRow, SharedCounters } from '@gatehouse/counters';
import type { Clock, Logger } from '@gatehouse/kernel';

const SAVE_MS = 5000;
const PERIODS: ReadonlySet<unknown> = new Set(['hour', 'day', 'week', 'month', 'year']);

export interface QuotaFileOptions {
  readonly file: string;
  readonly counters: SharedCounters;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps what quotas have counted over restarts: read before the workers start, written every five seconds and at the
 * end. A process that is killed forgets at most the last five seconds of counts, in the callers' favour.
 */
export class QuotaFile {
  readonly #options: QuotaFileOptions;
  #timer: NodeJS.Timeout | undefined;
  #saved = '';

  constructor(options: QuotaFileOptions) {
    this.#options = options;
  }

  open(): void {
    const { counters, clock } = this.#options;
    counters.importQuotas(this.#read(), clock.now());
    this.#timer = setInterval(() => this.save(), SAVE_MS);
    this.#timer.unref();
  }

  #read(): QuotaRow[] {
    const { file, log } = this.#options;
    try {
      const rows: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return Array.isArray(rows) ? rows.filter(isRow) : [];
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!absent) log.error('quota counts cannot be read, quotas start anew', { file, error: String(error) });
      return [];
    }
  }

  save(): void {
    const { file, counters, log } = this.#options;
    const text = JSON.stringify(counters.exportQuotas());
    if (text === this.#saved) return;
    try {
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      this.#saved = text;
    } catch (error) {
      log.error('quota counts cannot be saved', { file, error: String(error) });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.save();
  }
}

function isRow(row: unknown): row is QuotaRow {
  if (typeof row !== 'object' || row === null) return false;
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(row));
  const numbers = ['high', 'low', 'periodStartMs', 'count'].map((name) => fields.get(name));
  return numbers.every((value) => Number.isFinite(value)) && PERIODS.has(fields.get('per'));
}
