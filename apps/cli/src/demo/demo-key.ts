import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isWellFormedKey, newKey } from '@gatehouse/kernel';

/** The key of the demo application: made at the first start, kept in the data folder for the owner alone. */
export function demoKey(dataDir: string): string {
  const file = path.join(dataDir, 'demo-key');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (isWellFormedKey(kept)) return kept;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const key = newKey();
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}
