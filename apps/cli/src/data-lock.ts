import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const database = lockFile(dataDir);
  const pidFile = pidPath(dataDir);
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
  if (existsSync(lockPath(dataDir))) lockFile(dataDir).close();
}

/** The gate that runs on a folder. */
export interface LockHolder {
  /** Its process, where it can be said. */
  readonly pid: number | undefined;
}

/** Undefined: no gate runs there, as far as can be seen. Leaves the folder as it is. */
export function lockHolder(dataDir: string): LockHolder | undefined {
  if (!existsSync(lockPath(dataDir))) return undefined;
  const database = new DatabaseSync(lockPath(dataDir), { timeout: WAIT_MS, open: false });
  try {
    database.open();
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return undefined;
  } catch (error) {
    return isBusy(error) ? { pid: holderPid(dataDir) } : undefined;
  } finally {
    if (database.isOpen) database.close();
  }
}

const lockPath = (dataDir: string): string => path.join(dataDir, 'lock');
const pidPath = (dataDir: string): string => path.join(dataDir, 'pid');

function lockFile(dataDir: string): DatabaseSync {
  const database = new DatabaseSync(lockPath(dataDir), { timeout: WAIT_MS, open: false });
  try {
    database.open();
    // Not EXCLUSIVE, with which two that come at once can refuse each other. Nothing is ever written to the file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    throw new CommandFailure(refusal(error, dataDir));
  }
}

function refusal(error: unknown, dataDir: string): string {
  const folder = `the data folder ${dataDir}`;
  if (isBusy(error))
    return `${folder} is in use by another gatehouse${holderNote(dataDir)}; stop that one, or choose another with --data`;
  const why = error instanceof Error ? error.message : String(error);
  return `${folder} cannot be locked (${why}); choose another with --data`;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

function holderNote(dataDir: string): string {
  const pid = holderPid(dataDir);
  return pid === undefined ? '' : ` (process ${pid})`;
}

function holderPid(dataDir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidPath(dataDir), 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}
