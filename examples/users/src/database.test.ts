import { describe, expect, it } from 'vitest';
import { databaseFault, openDatabase, transaction } from './database.ts';
import { newDatabaseFile } from './testkit/service-process.ts';

function openCounter(file = ':memory:') {
  const database = openDatabase(file);
  database.exec('CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL UNIQUE) STRICT');
  return database;
}

describe('openDatabase', () => {
  it('uses a write-ahead log and syncs every commit', () => {
    const database = openDatabase(newDatabaseFile());
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 2000 });
    database.close();
  });

  it('says when it cannot open the file', () => {
    expect(() => openDatabase(`${newDatabaseFile()}/below/users.db`)).toThrow('unable to open database file');
  });

  it('refuses a file that is no database', () => {
    expect(() => openDatabase(import.meta.filename)).toThrow('file is not a database');
  });
});

describe('transaction', () => {
  it('keeps what the work wrote and returns what it returned', () => {
    const database = openCounter();
    expect(transaction(database, () => database.prepare('INSERT INTO counter VALUES (1)').run().changes)).toBe(1);
    expect(database.isTransaction).toBe(false);
    expect(database.prepare('SELECT value FROM counter').all()).toEqual([{ value: 1 }]);
  });

  it('undoes all of the work when it throws', () => {
    const database = openCounter();
    const insertTwice = () =>
      transaction(database, () => {
        database.exec('INSERT INTO counter VALUES (1)');
        database.exec('INSERT INTO counter VALUES (1)');
      });
    expect(insertTwice).toThrow('UNIQUE');
    expect(database.isTransaction).toBe(false);
    expect(database.prepare('SELECT value FROM counter').all()).toEqual([]);
  });

  it('reports a lock that another connection does not give back as busy', () => {
    const file = newDatabaseFile();
    const [holder, waiter] = [openCounter(file), openCounter(file)];
    waiter.exec('PRAGMA busy_timeout = 0');
    holder.exec('BEGIN IMMEDIATE');
    expect(faultOf(() => transaction(waiter, () => undefined))).toBe('busy');
    holder.exec('ROLLBACK');
    expect(faultOf(() => transaction(waiter, () => undefined))).toBeUndefined();
  });
});

describe('databaseFault', () => {
  it('knows a file that cannot be written', () => {
    const database = openCounter();
    database.exec('PRAGMA query_only = ON');
    expect(faultOf(() => database.exec('INSERT INTO counter VALUES (1)'))).toBe('unavailable');
  });

  it('takes a wrong statement and other errors for bugs', () => {
    const database = openCounter();
    expect(faultOf(() => database.exec('SELEKT 1'))).toBeUndefined();
    expect([new Error('a'), { errcode: 5 }, 'locked', undefined].map(databaseFault)).toEqual(Array(4).fill(undefined));
  });
});

function faultOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return databaseFault(error);
  }
}
