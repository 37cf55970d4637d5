import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from './database.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
const LOCK = 'migrations';

/** The database cannot be used by this version of the program. */
export class MigrationProblem extends Error {
  override readonly name = 'MigrationProblem';
}

export interface Migration {
  /** `001-facts` */
  readonly name: string;
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

async function apply(database: Database, { name, sql }: Migration, all: readonly Migration[]): Promise<boolean> {
  return database.write(LOCK, async (statements) => {
    const rows = await statements.all('SELECT name, digest FROM migrations ORDER BY name');
    const unknown = rows.find((row) => !all.some((migration) => migration.name === row['name']));
    if (unknown !== undefined) {
      const what = String(unknown['name']);
      throw new MigrationProblem(`the database was written by a newer version (it has ${what}), start that version`);
    }
    const digest = createHash('sha256').update(sql).digest('hex');
    const known = rows.find((row) => row['name'] === name);
    if (known !== undefined && known['digest'] !== digest) {
      throw new MigrationProblem(`the migration ${name} is not the one that this database was made with`);
    }
    if (known !== undefined) return false;
    for (const statement of statementsIn(sql)) await statements.run(statement);
    await statements.run('INSERT INTO migrations (name, digest) VALUES (?, ?)', [name, digest]);
    return true;
  });
}

/** A statement ends with a `;` at the end of a line, behind which no indented line goes on with it. */
export function statementsIn(sql: string): readonly string[] {
  const bare = sql.replaceAll(/^\s*--.*$/gm, '');
  return bare
    .split(/;\s*?(?:\n(?=\S)|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** `001-facts.sql` is for both databases, `002-append-only-audit.sqlite.sql` for one, under the same name. */
export function ownMigrations(dialect: Database['dialect']): readonly Migration[] {
  return readdirSync(FOLDER)
    .toSorted()
    .flatMap((file) => {
      const [, name, only] = /^([a-z0-9-]+)(?:\.([a-z]+))?\.sql$/.exec(file) ?? [];
      if (name === undefined || (only ?? dialect) !== dialect) return [];
      return [{ name, sql: readFileSync(path.join(FOLDER, file), 'utf8') }];
    });
}
