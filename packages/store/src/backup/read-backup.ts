import { createHash } from 'node:crypto';
import type { SqlValue } from '../database.ts';
import { BackupProblem, endIn, FORMAT, headerIn, rowIn, tableIn, type BackupHeader } from './backup-format.ts';
import { linesOf } from './lines-of.ts';

/** Rows of one table, as many as are written at once. */
export interface BackupRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

const BATCH_ROWS = 500;
const BATCH_BYTES = 1024 * 1024;

/**
 * Reads a backup from its bytes. `begin` gets the header before anything else is read; then come the rows. Throws a
 * BackupProblem when it is not whole or not as it was written, which shows at the end: until then, nothing of it counts.
 */
export async function* readBackup(
  bytes: AsyncIterable<Uint8Array>,
  begin: (header: BackupHeader) => Promise<void> | void,
): AsyncGenerator<BackupRows> {
  const reading = new BackupReading();
  for await (const line of linesOf(bytes)) {
    const header = reading.header === undefined;
    const batch = reading.take(line);
    if (header && reading.header !== undefined) await begin(reading.header);
    if (batch !== undefined) yield batch;
  }
  reading.requireEnd();
}

class BackupReading {
  header: BackupHeader | undefined;
  readonly #hash = createHash('sha256');
  #line = 0;
  #table: { readonly table: string; readonly columns: readonly string[] } | undefined;
  #rows: (readonly SqlValue[])[] = [];
  #bytes = 0;
  #count = 0;
  #isEnded = false;

  /** Rows that are enough to be written. */
  take(line: Buffer): BackupRows | undefined {
    this.#line += 1;
    if (this.#isEnded) throw new BackupProblem('something follows its end: it was changed');
    const value = this.#parsed(line);
    const end = this.header && endIn(value);
    if (end !== undefined) {
      this.#isEnded = true;
      if (end.rows !== this.#count || end.sha256 !== this.#hash.digest('hex'))
        throw new BackupProblem('it is not as it was written: its checksum is another');
      return this.#batch();
    }
    this.#hash.update(line).update('\n');
    if (this.header === undefined) return this.#takeHeader(value);
    const row = this.#table && rowIn(value, this.#table.columns.length);
    if (row !== undefined) return this.#takeRow(row, line.length);
    const table = tableIn(value);
    if (table === undefined) throw this.#wrong();
    const batch = this.#batch();
    this.#table = table;
    return batch;
  }

  requireEnd(): void {
    if (this.header === undefined) throw new BackupProblem('it is no backup of gatehouse: it is empty');
    if (!this.#isEnded) throw new BackupProblem('it was cut off: its end is missing');
  }

  #takeHeader(value: unknown): undefined {
    const header = headerIn(value);
    if (header === undefined) throw new BackupProblem('it is no backup of gatehouse');
    if (header.format > FORMAT)
      throw new BackupProblem(`it was written by a newer version (${header.program}), restore it with that one`);
    this.header = header;
  }

  #takeRow(row: readonly SqlValue[], bytes: number): BackupRows | undefined {
    this.#rows.push(row);
    this.#count += 1;
    this.#bytes += bytes;
    return this.#rows.length >= BATCH_ROWS || this.#bytes >= BATCH_BYTES ? this.#batch() : undefined;
  }

  #batch(): BackupRows | undefined {
    const rows = this.#rows;
    if (this.#table === undefined || rows.length === 0) return undefined;
    this.#rows = [];
    this.#bytes = 0;
    return { ...this.#table, rows };
  }

  #parsed(line: Buffer): unknown {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
    } catch {
      if (this.header === undefined) throw new BackupProblem('it is no backup of gatehouse');
      throw this.#wrong();
    }
  }

  #wrong(): BackupProblem {
    return new BackupProblem(`line ${this.#line} is none of a backup: it was changed`);
  }
}
