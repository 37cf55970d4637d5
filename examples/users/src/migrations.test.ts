import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrations.ts';
import { newDatabaseFile } from './testkit/service-process.ts';

const FIRST = { number: 1, name: '001-a.sql', sql: 'CREATE TABLE a (x INTEGER)' };
const SECOND = { number: 2, name: '002-b.sql', sql: 'CREATE TABLE b (x INTEGER); INSERT INTO b VALUES (1);' };
const BROKEN = { number: 2, name: '002-b.sql', sql: 'CREATE TABLE b (x INTEGER); CREATE TABEL c;' };

function folderWith(files: readonly string[]): URL {
  const folder = dirname(newDatabaseFile());
  for (const file of files) writeFileSync(join(folder, file), `-- ${file}`);
  return pathToFileURL(`${folder}/`);
}

describe('readMigrations', () => {
  it('reads numbered files in their order', () => {
    const names = readMigrations(folderWith(['002-b.sql', '001-a.sql'])).map(({ number, name }) => [number, name]);
    expect(names).toEqual([
      [1, '001-a.sql'],
      [2, '002-b.sql'],
    ]);
  });

  it.each([
    ['a gap', ['001-a.sql', '003-c.sql'], '003-c.sql: expected number 2'],
    ['a double', ['001-a.sql', '001-b.sql'], '001-b.sql: expected number 2'],
    ['a stray file', ['001-a.sql', 'notes.txt'], 'notes.txt: expected number 2'],
    ['a start other than one', ['002-b.sql'], '002-b.sql: expected number 1'],
  ])('refuses %s', (_what, files, message) => {
    expect(() => readMigrations(folderWith(files))).toThrow(message);
  });
});

describe('migrate', () => {
  it('runs each step once and notes when', () => {
    const database = openDatabase(':memory:');
    migrate(database, [FIRST], 0);
    migrate(database, [FIRST, SECOND], 1000);
    migrate(database, [FIRST, SECOND], 2000);
    expect(database.prepare('SELECT count(*) AS count FROM b').get()).toEqual({ count: 1 });
    expect(database.prepare('SELECT number, name, applied_at FROM schema_migrations').all()).toEqual([
      { number: 1, name: '001-a.sql', applied_at: '1970-01-01T00:00:00.000Z' },
      { number: 2, name: '002-b.sql', applied_at: '1970-01-01T00:00:01.000Z' },
    ]);
  });

  it('leaves nothing behind when a step fails', () => {
    const database = openDatabase(':memory:');
    expect(() => migrate(database, [FIRST, BROKEN], 0)).toThrow('syntax error');
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
    migrate(database, [FIRST, SECOND], 0);
    expect(database.prepare('SELECT count(*) AS count FROM schema_migrations').get()).toEqual({ count: 2 });
  });

  it('refuses a database that a newer release has migrated', () => {
    const database = openDatabase(':memory:');
    migrate(database, [FIRST, SECOND], 0);
    expect(() => migrate(database, [FIRST], 0)).toThrow('the database is at migration 2, newer than this release');
  });

  it('refuses a step that was changed after it was applied', () => {
    const database = openDatabase(':memory:');
    migrate(database, [FIRST], 0);
    const changed = { ...FIRST, sql: `${FIRST.sql} -- changed` };
    expect(() => migrate(database, [changed], 0)).toThrow('001-a.sql was changed after it was applied');
  });
});
