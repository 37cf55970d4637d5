import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';
import { integer, text } from './fields.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Reads `001-name.sql`, `002-name.sql`, …; throws on a gap, a double or a stray file. */
export function readMigrations(folder: URL): readonly Migration[] {
  return readdirSync(folder)
    .toSorted()
    .map((file, index) => {
      const number = Number(/^(\d{3})-[a-z0-9-]+\.sql$/.exec(file)?.[1]);
      if (number !== index + 1) throw new Error(`migration ${file}: expected number ${index + 1}`);
      return { number, name: file, sql: readFileSync(new URL(file, folder), 'utf8') };
    });
}

/**
 * Brings the database forward, never back. All steps run in one transaction that holds the write lock from its start:
 * of two instances that start together, one migrates, and the other waits and finds the work done.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[], nowMs: number): void {
  transaction(database, () => {
    database.exec(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL
       ) STRICT`,
    );
    const done = appliedChecksums(database);
    refuseStrangers(done, migrations);
    const record = database.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?, ?)');
    for (const migration of migrations.slice(done.size)) {
      database.exec(migration.sql);
      record.run(migration.number, migration.name, checksum(migration), new Date(nowMs).toISOString());
    }
  });
}

function appliedChecksums(database: DatabaseSync): ReadonlyMap<number, string> {
  const rows = database.prepare('SELECT number, checksum FROM schema_migrations ORDER BY number').all();
  return new Map(rows.map((row) => [integer(row, 'number'), text(row, 'checksum')]));
}

/** A file migrated by a newer release, or by an edited migration, has a schema that this code does not know. */
function refuseStrangers(done: ReadonlyMap<number, string>, migrations: readonly Migration[]): void {
  for (const [number, applied] of done) {
    const known = migrations[number - 1];
    if (known === undefined) throw new Error(`the database is at migration ${number}, newer than this release`);
    if (checksum(known) !== applied) throw new Error(`migration ${known.name} was changed after it was applied`);
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
