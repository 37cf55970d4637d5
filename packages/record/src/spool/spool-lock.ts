import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/kernel';
import { hasCode } from './segments.ts';

export interface SpoolLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Tells two processes of one number apart; '' where the system does not say. */
  readonly started: string;
  readonly owner: string;
}

const TRIES = 3;

/**
 * Makes this process the only writer of a folder. A lock is stale when its process is dead, when its number has gone to
 * another process (in a container every start has the same number), or when `owner` is the one who asks: the recorder
 * thread that a crashed one's place is given to.
 */
export function takeLock(dir: string, owner: string): SpoolLock {
  const path = join(dir, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), owner } satisfies Holder);
  for (let i = 0; i < TRIES; i++) {
    if (create(path, mine)) {
      if (read(path) !== mine) break;
      return { release: () => release(path, mine) };
    }
    if (!removeStale({ path, owner })) break;
  }
  throw new GatehouseError(
    'config.invalid',
    `the records folder ${dir} is in use by another gatehouse${holderNote(path)}`,
  );
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * False when somebody holds the lock. The file is moved aside before it is judged a second time, so that of two who
 * found it stale at once, the slower one notices that it has the faster one's lock in its hands and puts it back.
 */
function removeStale(lock: { readonly path: string; readonly owner: string }): boolean {
  const found = read(lock.path);
  if (found === undefined) return true;
  if (isHeld(found, lock.owner)) return false;
  const aside = `${lock.path}.${process.pid}`;
  if (!move(lock.path, aside)) return true;
  if (read(aside) === found) {
    rmSync(aside, { force: true });
    return true;
  }
  move(aside, lock.path);
  return false;
}

function isHeld(text: string, owner: string): boolean {
  const holder = parseHolder(text);
  if (holder === undefined || holder.owner === owner || !isAlive(holder.pid)) return false;
  const started = startOf(holder.pid);
  return holder.started === '' || started === '' || holder.started === started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** Boot and tick at which a process began, as Linux tells it. The name before the fields may hold spaces and brackets. */
function startOf(pid: number): string {
  const fields = read(`/proc/${pid}/stat`);
  if (fields === undefined) return '';
  const ticks = fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${ticks}`;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 0 &&
    'started' in value &&
    typeof value.started === 'string' &&
    'owner' in value &&
    typeof value.owner === 'string'
  );
}

function holderNote(path: string): string {
  const holder = parseHolder(read(path) ?? '');
  return holder === undefined ? '' : ` (process ${holder.pid})`;
}

function release(path: string, mine: string): void {
  if (read(path) === mine) rmSync(path, { force: true });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
