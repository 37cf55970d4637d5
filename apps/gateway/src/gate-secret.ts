import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GatehouseError } from '@gatehouse/kernel';

const BYTES = 32;

/**
 * What other secrets of this gate are derived from, such as the keys of session cookies. Of the operator, who then can
 * give several gates the same; else made once and kept in the data folder, readable by its owner alone.
 */
export function gateSecret(dataDir: string, given: string | undefined): Uint8Array {
  return knownGateSecret(dataDir, given) ?? new Uint8Array(Buffer.from(made(fileIn(dataDir)), 'base64'));
}

/** The same, but none is made: undefined where there is none. */
export function knownGateSecret(dataDir: string, given: string | undefined): Uint8Array | undefined {
  if (given !== undefined && given !== '') return new Uint8Array(createHash('sha256').update(given).digest());
  const text = read(fileIn(dataDir));
  return text === undefined ? undefined : new Uint8Array(Buffer.from(text, 'base64'));
}

/** Another one for each purpose, so that what one of them does says nothing about the others. */
export function derivedSecret(secret: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, BYTES));
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'secret.key');

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (Buffer.from(text, 'base64').length === BYTES) return text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  throw new GatehouseError('config.invalid', `${file} holds no secret; what was made with it is lost if you remove it`);
}

/** Whole or not at all, and never over another's. */
function made(file: string): string {
  const text = randomBytes(BYTES).toString('base64');
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return read(file) ?? text;
  } finally {
    rmSync(draft, { force: true });
  }
  return text;
}
