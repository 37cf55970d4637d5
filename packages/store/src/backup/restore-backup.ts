import type { Database, Statements } from '../database.ts';
import { MIGRATIONS_LOCK, ownMigrations, runMigration, type Migration, type MigrationNote } from '../migrate.ts';
import { BACKED_TABLES } from './backed-tables.ts';
import { BackupProblem, type BackupHeader } from './backup-format.ts';
import { readBackup, type BackupRows } from './read-backup.ts';
import type { RowCounts } from './write-backup.ts';

export interface Restoring {
  /** What the present program expects; tests have others. */
  readonly migrations?: readonly Migration[];
  /** Runs when all has been written and nothing is final. What it throws undoes it. */
  readonly beforeCommit?: () => Promise<void> | void;
}

/**
 * What is in the backup instead of all that is stored; all or nothing. Tables are made as they were when it was taken,
 * filled, and brought to what this version expects, in one transaction. Throws a BackupProblem.
 */
export async function restoreBackup(
  database: Database,
  bytes: AsyncIterable<Uint8Array>,
  { migrations = ownMigrations(database.dialect), beforeCommit }: Restoring = {},
): Promise<RowCounts> {
  return database.write(MIGRATIONS_LOCK, async (sql) => {
    let rest: readonly Migration[] = [];
    const counts: Record<string, number> = {};
    const begin = async ({ migrations: notes }: BackupHeader): Promise<void> => {
      const then = requireKnown(notes, migrations);
      rest = migrations.slice(then.length);
      await removeAll(sql);
      for (const migration of then) await runMigration(sql, migration);
    };
    for await (const batch of readBackup(bytes, begin)) {
      await insertRows(sql, batch);
      counts[batch.table] = (counts[batch.table] ?? 0) + batch.rows.length;
    }
    for (const migration of rest) await runMigration(sql, migration);
    await beforeCommit?.();
    return counts;
  });
}

/** Reads all of it and writes nothing. Throws a BackupProblem when it cannot be restored. */
export async function verifyBackup(
  bytes: AsyncIterable<Uint8Array>,
  migrations: readonly Migration[] = ownMigrations('sqlite'),
): Promise<BackupHeader> {
  const headers: BackupHeader[] = [];
  const begin = (header: BackupHeader): void => {
    requireKnown(header.migrations, migrations);
    headers.push(header);
  };
  for await (const { table } of readBackup(bytes, begin)) requireTable(table);
  const [header] = headers;
  if (header === undefined) throw new BackupProblem('it is no backup of gatehouse');
  return header;
}

/** The first ones of ours, as they are here. */
function requireKnown(notes: readonly MigrationNote[], ours: readonly Migration[]): readonly Migration[] {
  const known = ours.slice(0, notes.length);
  for (const [index, { name, digest }] of notes.entries()) {
    const own = known[index];
    if (own === undefined)
      throw new BackupProblem(`it was written by a newer version (it has ${name}), restore it with that version`);
    if (own.name !== name || own.digest !== digest)
      throw new BackupProblem(`its tables are not of this program (${name} is another here)`);
  }
  return known;
}

function requireTable(name: string): void {
  if (!BACKED_TABLES.some((table) => table.name === name))
    throw new BackupProblem(`it has a table \`${name}\`, which there is not`);
}

async function removeAll(sql: Statements): Promise<void> {
  for (const { name } of BACKED_TABLES) await sql.run(`DROP TABLE IF EXISTS ${name}`);
  await sql.run('DELETE FROM migrations');
}

/** A statement has as many rows as a power of two, so that there are few of them, and databases know them again. */
const STATEMENT_ROWS_MAX = 256;

/** Names of columns are letters and `_`, as the reader sees to. */
async function insertRows(sql: Statements, { table, columns, rows }: BackupRows): Promise<void> {
  requireTable(table);
  const places = `(${columns.map(() => '?').join(', ')})`;
  for (let from = 0; from < rows.length;) {
    const left = rows.length - from;
    const count = Math.min(STATEMENT_ROWS_MAX, 2 ** Math.floor(Math.log2(left)));
    const values = Array.from({ length: count }, () => places).join(', ');
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values}`;
    await sql.run(statement, rows.slice(from, from + count).flat());
    from += count;
  }
}

/** Rows by table, without those that have none. */
export async function storedRows(sql: Statements): Promise<RowCounts> {
  const counts = await Promise.all(
    BACKED_TABLES.map(async ({ name }) => {
      const [row] = await sql.all(`SELECT COUNT(*) AS rows FROM ${name}`);
      return [name, Number(row?.['rows'] ?? 0)] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
