import type { Database, Dialect, Statements } from '../database.ts';
import { MIGRATIONS_LOCK, ownMigrations, runMigration, type Migration } from '../migrate.ts';
import { BACKED_FUNCTIONS, BACKED_TABLES } from './backed-tables.ts';
import { BackupProblem, type BackupHeader } from './backup-format.ts';
import { readBackup, type BackupRows } from './read-backup.ts';
import type { RowCounts } from './write-backup.ts';

/** The migrations that the present program has for a database. */
export type MigrationsOf = (dialect: Dialect) => readonly Migration[];

export interface Restoring {
  /** Tests have others. */
  readonly migrationsOf?: MigrationsOf;
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
  { migrationsOf = ownMigrations, beforeCommit }: Restoring = {},
): Promise<RowCounts> {
  const migrations = migrationsOf(database.dialect);
  return database.write(MIGRATIONS_LOCK, async (sql) => {
    let rest = migrations;
    const counts: Record<string, number> = {};
    const begin = async (header: BackupHeader): Promise<void> => {
      const last = requireKnown(header, migrationsOf);
      await removeAll(sql, database.dialect);
      for (const migration of migrations.filter(({ name }) => name <= last)) await runMigration(sql, migration);
      rest = migrations.filter(({ name }) => name > last);
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
  migrationsOf: MigrationsOf = ownMigrations,
): Promise<BackupHeader> {
  const headers: BackupHeader[] = [];
  const begin = (header: BackupHeader): void => {
    requireKnown(header, migrationsOf);
    headers.push(header);
  };
  for await (const { table } of readBackup(bytes, begin)) requireTable(table);
  const [header] = headers;
  if (header === undefined) throw new BackupProblem('it is no backup of gatehouse');
  return header;
}

/** They are the first ones that we have for such a database. The name of the last, which both databases have in common. */
function requireKnown({ dialect, migrations: notes }: BackupHeader, migrationsOf: MigrationsOf): string {
  const ours = migrationsOf(dialect);
  for (const [index, { name, digest }] of notes.entries()) {
    const own = ours[index];
    if (own === undefined)
      throw new BackupProblem(`it was written by a newer version (it has ${name}), restore it with that version`);
    if (own.name !== name || own.digest !== digest)
      throw new BackupProblem(`its tables are not of this program (${name} is another here)`);
  }
  return notes.at(-1)?.name ?? '';
}

function requireTable(name: string): void {
  if (!BACKED_TABLES.some((table) => table.name === name))
    throw new BackupProblem(`it has a table \`${name}\`, which there is not`);
}

/** With the tables go their triggers, by which the audit is append-only: who owns the database may do that. */
async function removeAll(sql: Statements, dialect: Dialect): Promise<void> {
  for (const { name } of BACKED_TABLES) await sql.run(`DROP TABLE IF EXISTS ${name}`);
  for (const name of BACKED_FUNCTIONS[dialect]) await sql.run(`DROP FUNCTION IF EXISTS ${name}`);
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
