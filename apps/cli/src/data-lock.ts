import { readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandFailure } from './failure.ts';

export interface DataLock {
  release(): void;
}

/** Whoever took it just now has written down its number when this is over. */
const WAIT_MS = 200;
const SQLITE_BUSY = 5;

/**
 * Makes this process the only gate of a data folder: two would both write its records and its quotas. The kernel holds
 * the lock, by way of SQLite, because Node has none of its own. So it ends with its process however that ends, and two
 * containers with one volume see each other; the numbers of processes, which a lock file would be judged by, say nothing
 * there. The file stays, because whoever removed it could leave two with a lock of the same name.
 */
export function takeDataLock(dataDir: string): DataLock {
  const pidFile = path.join(dataDir, 'pid');
  const database = lockFile(dataDir, pidFile);
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    release: () => {
      if (!database.isOpen) return;
      rmSync(pidFile, { force: true });
      database.close();
    },
  };
}

/** Fails when a gate runs on the folder; leaves the folder as it is. */
export function requireUnlocked(dataDir: string): void {
  if (existsSync(lockPath(dataDir))) lockFile(dataDir, path.join(dataDir, 'pid')).close();
}

const lockPath = (dataDir: string): string => path.join(dataDir, 'lock');

function lockFile(dataDir: string, pidFile: string): DatabaseSync {
  try {
    const database = new DatabaseSync(lockPath(dataDir), { timeout: WAIT_MS });
    // Not EXCLUSIVE, with which two that come at once can refuse each other. Nothing is ever written to the file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    throw new CommandFailure(refusal(error, { dataDir, pidFile }));
  }
}

function refusal(error: unknown, { dataDir, pidFile }: { readonly dataDir: string; readonly pidFile: string }): string {
  if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
    return `the data folder ${dataDir} is in use by another gatehouse${holder(pidFile)}; stop that one, or choose another folder with --data`;
  const why = error instanceof Error ? error.message : String(error);
  return `the data folder ${dataDir} cannot be locked (${why}); choose another with --data`;
}

function holder(pidFile: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(pidFile, 'utf8'), 10)})`;
  } catch {
    return '';
  }
}
