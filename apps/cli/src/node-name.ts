import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NAME = /^[\w.-]{1,80}$/;

/**
 * What this gate is called in its records. Kept in the data folder, because the records there are known by it: a container
 * has another host name after every start.
 */
export function nodeName(dataDir: string): string {
  const file = path.join(dataDir, 'node');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (NAME.test(kept)) return kept;
  } catch {
    // The first start in this folder.
  }
  const host = os
    .hostname()
    .replaceAll(/[^\w.-]/g, '-')
    .slice(0, 60);
  const name = `${host}-${randomBytes(3).toString('hex')}`;
  writeFileSync(file, `${name}\n`, { mode: 0o600 });
  return name;
}
