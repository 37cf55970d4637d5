import { createHash } from 'node:crypto';
import type { Database, Row, Statements } from '../database.ts';
import { doneMigrations } from '../migrate.ts';
import { BACKED_TABLES, type BackedTable } from './backed-tables.ts';
import { FORMAT, lineOf, rowLine, type BackupHeader } from './backup-format.ts';
import { tablePages } from './table-pages.ts';

export type BackupFacts = Pick<BackupHeader, 'program' | 'takenAt' | 'keyFingerprint'>;

export interface BackupSink {
  /** Takes the next bytes; what is not yet taken is waited for. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sees rows as they pass; what it throws ends the backup. */
  look?(table: string, rows: readonly Row[]): void;
}

/** Rows by table. */
export type RowCounts = Readonly<Record<string, number>>;

/** One state of all rows, whoever writes meanwhile, a page at a time. */
export async function writeBackup(database: Database, facts: BackupFacts, sink: BackupSink): Promise<RowCounts> {
  return database.read(async (sql) => {
    const lines = new HashedLines(sink);
    const header = { gatehouse: 'backup', format: FORMAT, ...facts, migrations: await doneMigrations(sql) } as const;
    await lines.write(lineOf(header satisfies BackupHeader));
    const counts: Record<string, number> = {};
    for (const table of BACKED_TABLES) counts[table.name] = await writeTable(sql, table, { lines, sink });
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    await lines.write(lineOf({ end: true, rows, sha256: lines.digest() }));
    return counts;
  });
}

async function writeTable(
  sql: Statements,
  table: BackedTable,
  { lines, sink }: { readonly lines: HashedLines; readonly sink: BackupSink },
): Promise<number> {
  const { name, columns } = table;
  await lines.write(lineOf({ table: name, columns }));
  let count = 0;
  for await (const page of tablePages(sql, table)) {
    sink.look?.(name, page);
    await lines.write(page.map((row) => rowLine(columns, row)).join(''));
    count += page.length;
  }
  return count;
}

class HashedLines {
  readonly #hash = createHash('sha256');
  readonly #sink: BackupSink;

  constructor(sink: BackupSink) {
    this.#sink = sink;
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    await this.#sink.write(bytes);
  }

  /** Of all that was written before. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
