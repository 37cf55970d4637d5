import { createReadStream, rmSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { BackupProblem, checkBackup, countsText, keyFingerprint, restore } from '@gatehouse/control/backup';
import { requireDataFolder } from '../data-folder.ts';
import { takeDataLock } from '../data-lock.ts';
import { CommandFailure } from '../failure.ts';
import { keyPlace, storeSecret, type KeyPlace } from './store-secret.ts';

export interface RestoreOptions extends KeyPlace {
  readonly file: string;
  /** A file of SQLite, or `postgres://…`. */
  readonly place: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** What a gate keeps in its data folder of what is stored, to start without its store: it makes them anew. */
const KEPT_OF_STORE = ['callers.ndjson', 'store-config.sealed'];

/** `gatehouse restore FILE`: all of it is read before anything is written. */
export async function restoreFrom({ file, place, force, json, print, ...key }: RestoreOptions): Promise<void> {
  const header = await orFailure(file, checkBackup(bytesOf(file)));
  requireKey(key, { file, fingerprint: header.keyFingerprint });
  const { dataDir } = key;
  requireDataFolder(dataDir);
  const lock = takeDataLock(dataDir);
  try {
    const beforeCommit = (): void => {
      for (const name of KEPT_OF_STORE) rmSync(path.join(dataDir, name), { force: true });
    };
    const rows = await orFailure(file, restore({ place, bytes: bytesOf(file), force, beforeCommit }));
    const { takenAt, program } = header;
    if (json) return print(JSON.stringify({ file, takenAt, program, rows }));
    print(`restored what was stored at ${takenAt} (${countsText(rows)})`);
    print('Keys, sessions and people that were taken back since then are valid again: look before callers come');
  } finally {
    lock.release();
  }
}

function requireKey(
  key: KeyPlace,
  { file, fingerprint }: { readonly file: string; readonly fingerprint: string },
): void {
  const secret = storeSecret(key);
  const how = 'put the secret.key of its house there, or set GATEHOUSE_SECRET_KEY to what it was';
  if (secret === undefined)
    throw new CommandFailure(
      `${keyPlace(key)} is missing, and what is sealed in ${file} opens with nothing else; ${how}`,
    );
  const own = keyFingerprint(secret);
  if (own === fingerprint) return;
  const which = `${keyPlace(key)} (fingerprint ${own}) is not the key of ${file} (${fingerprint})`;
  throw new CommandFailure(`${which}: what is sealed in it would not open; ${how}`);
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(file);
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    yield* gunzip;
  } finally {
    stream.destroy();
    gunzip.destroy();
  }
}

async function orFailure<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new CommandFailure(`${file}: ${problemOf(error)}`);
  }
}

const DAMAGED: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it was cut off',
  Z_DATA_ERROR: 'it is damaged, or no backup of gatehouse',
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
};

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof BackupProblem) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  return DAMAGED[code] ?? `it cannot be restored (${error.message})`;
}
