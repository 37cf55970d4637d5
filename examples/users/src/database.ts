import { DatabaseSync } from 'node:sqlite';
import { isFields } from './fields.ts';

/**
 * How long a statement waits for the other instance's transaction. Waiting blocks the process, so it is far above
 * what one transaction takes and far below what a caller would wait.
 */
const BUSY_TIMEOUT_MS = 2000;
const WAL_ATTEMPTS = 100;
const WAL_RETRY_MS = 20;

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const UNAVAILABLE = new Set([
  SQLITE_READONLY,
  SQLITE_IOERR,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  SQLITE_CANTOPEN,
  SQLITE_NOTADB,
]);

/** Opens the file that all instances share. `:memory:` makes a database of this process alone. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    useWriteAheadLog(database);
    // FULL: a reply promises that the write survives a power cut, and in WAL mode only FULL syncs each commit.
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs `work` with the write lock held. What it throws undoes all of it. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  // IMMEDIATE takes the lock before the first read. A deferred transaction that upgrades later fails without waiting
  // when the other instance wrote in between.
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** `busy`: another instance holds the lock. `unavailable`: the file or its disk fails. Undefined: not SQLite's doing. */
export function databaseFault(error: unknown): 'busy' | 'unavailable' | undefined {
  const code = resultCode(error);
  if (code === undefined) return undefined;
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED) return 'busy';
  return UNAVAILABLE.has(code) ? 'unavailable' : undefined;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !isFields(error)) return undefined;
  const { errcode } = error;
  // The low byte is the primary code; the rest of an extended code says which kind.
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** The switch to WAL needs the file alone and does not honour the busy timeout, so two first starts can collide. */
function useWriteAheadLog(database: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (databaseFault(error) !== 'busy' || attempt === WAL_ATTEMPTS) throw error;
      Atomics.wait(pause, 0, 0, WAL_RETRY_MS);
    }
  }
}
