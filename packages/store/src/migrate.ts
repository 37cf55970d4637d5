import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database, Statements } from './database.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
/** Held by whoever changes what the tables look like. */
export const MIGRATIONS_LOCK = 'migrations';

/** The database cannot be used by this version of the program. */
export class MigrationProblem extends Error {
  override readonly name = 'MigrationProblem';
}

/** That it was done. */
export interface MigrationNote {
  /** `001-facts` */
  readonly name: string;
  /** SHA-256 of its SQL, in hex. */
  readonly digest: string;
}

export interface Migration extends MigrationNote {
  readonly sql: string;
}

/**
 * Brings a database to what this version expects: files of plain SQL, forward only, each in a transaction of its own with
 * the note that it was done. Gates that start at once do it one after another. Says which ones were new.
 */
export async function migrate(
  database: Database,
  migrations = ownMigrations(database.dialect),
): Promise<readonly string[]> {
  await database.script('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, digest TEXT NOT NULL)');
  const done: string[] = [];
  for (const migration of migrations) if (await apply(database, migration, migrations)) done.push(migration.name);
  return done;
}

async function apply(
  database: Database,
  { name, digest, sql }: Migration,
  all: readonly Migration[],
): Promise<boolean> {
  return database.write(MIGRATIONS_LOCK, async (statements) => {
    const done = await doneMigrations(statements);
    const unknown = done.find((note) => !all.some((migration) => migration.name === note.name));
    if (unknown !== undefined) {
      const what = unknown.name;
      throw new MigrationProblem(`the database was written by a newer version (it has ${what}), start that version`);
    }
    const known = done.find((note) => note.name === name);
    if (known !== undefined && known.digest !== digest) {
      throw new MigrationProblem(`the migration ${name} is not the one that this database was made with`);
    }
    if (known === undefined) await runMigration(statements, { name, digest, sql });
    return known === undefined;
  });
}

export async function doneMigrations(statements: Statements): Promise<readonly MigrationNote[]> {
  const rows = await statements.all('SELECT name, digest FROM migrations ORDER BY name');
  return rows.map((row) => ({ name: String(row['name']), digest: String(row['digest']) }));
}

/** With the note that it was done. */
export async function runMigration(statements: Statements, { name, digest, sql }: Migration): Promise<void> {
  for (const statement of statementsIn(sql)) await statements.run(statement);
  await statements.run('INSERT INTO migrations (name, digest) VALUES (?, ?)', [name, digest]);
}

/** Of the text of a file. */
export function migrationOf(name: string, sql: string): Migration {
  return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
}

/** A statement ends with a `;` at the end of a line, behind which no indented line goes on with it. */
export function statementsIn(sql: string): readonly string[] {
  const bare = sql.replaceAll(/^\s*--.*$/gm, '');
  return bare
    .split(/;\s*?(?:\n(?=\S)|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * In the order in which they are run. `001-facts.sql` is for both databases, `003-rules.sqlite.sql` for one: both files of
 * a name are one migration, with one digest, so that what was written of one database is known in the other.
 */
export function ownMigrations(dialect: Database['dialect']): readonly Migration[] {
  const files = readdirSync(FOLDER).toSorted();
  const named = Map.groupBy(files, (file) => path.basename(file, '.sql').replace(/\.(?:sqlite|postgres)$/, ''));
  return [...named].map(([name, own]) => {
    const texts = own.map((file) => readFileSync(path.join(FOLDER, file), 'utf8'));
    const { digest } = migrationOf(name, texts.join('\0'));
    const at = own.length === 1 ? 0 : own.indexOf(`${name}.${dialect}.sql`);
    return { name, digest, sql: texts[at] ?? '' };
  });
}
