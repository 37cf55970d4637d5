import { createWriteStream, existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupProblem, countsText, keyFingerprint, takeBackup, type RowCounts } from '@gatehouse/control/backup';
import { systemClock } from '@gatehouse/kernel';
import { CommandFailure } from '../failure.ts';
import { requireStore } from '../require-store.ts';
import { version } from '../version.ts';
import { keyPlace, storeSecret, type KeyPlace } from './store-secret.ts';

export interface BackupOptions extends KeyPlace {
  readonly file: string;
  /** A file of SQLite, or `postgres://…`. */
  readonly place: string;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `gatehouse backup FILE`: the file is there as a whole, or not at all. */
export async function backup({ file, place, json, print, ...key }: BackupOptions): Promise<void> {
  requireStore(place);
  requireNew(file);
  const secret = storeSecret(key);
  if (secret === undefined) {
    const how = 'name its folder with --data, or set GATEHOUSE_SECRET_KEY';
    throw new CommandFailure(`${key.dataDir}: the secret key of the store is not there; ${how}`);
  }
  const draft = `${file}.${process.pid}.part`;
  try {
    const rows = await written(draft, { place, secret });
    linkNew(draft, file);
    const { size: bytes } = statSync(file);
    const fingerprint = keyFingerprint(secret);
    if (json) return print(JSON.stringify({ file, bytes, rows, keyFingerprint: fingerprint }));
    print(`${file}: ${bytes} bytes, all that is stored (${countsText(rows)})`);
    print(
      `The secret key is not in it: keep ${keyPlace(key)} (fingerprint ${fingerprint}) apart, nothing else opens it`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

interface Source {
  readonly place: string;
  readonly secret: Uint8Array;
}

async function written(draft: string, { place, secret }: Source): Promise<RowCounts> {
  const gzip = createGzip();
  const failures: unknown[] = [];
  const onDisk = pipeline(gzip, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })).catch(
    (error: unknown) => void failures.push(error),
  );
  const write = async (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => gzip.write(bytes, (error) => (error ? reject(error) : resolve())));
  try {
    const rows = await takeBackup({ place, secret, program: version(), nowMs: systemClock.now(), write });
    gzip.end();
    await onDisk;
    if (failures.length === 0) return rows;
  } catch (error) {
    // Where the disk has failed first, this is only that nothing takes the bytes any more.
    if (failures.length === 0) failures.push(error);
    gzip.destroy();
    await onDisk;
  }
  const [first] = failures;
  if (first instanceof BackupProblem) throw new CommandFailure(first.message);
  throw new CommandFailure(`the backup cannot be written: ${first instanceof Error ? first.message : String(first)}`);
}

/** Before anything is done: it may take long. */
function requireNew(file: string): void {
  if (existsSync(file)) throw new CommandFailure(`${file}: there is such a file, name another`);
}

/** A rename would go over a file that has come meanwhile. */
function linkNew(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    requireNew(file);
    throw new CommandFailure(`${file}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}
