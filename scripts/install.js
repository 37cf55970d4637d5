// Runs on any Node from 20.19: brings in what package-lock.json names, and with it the Node that Gatehouse runs on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.dirname(import.meta.dirname);
const STAMP = path.join(ROOT, 'node_modules', '.gatehouse-installed');

/** `development` adds what only tests need. An unchanged lock file costs one hash. */
export function install({ development }) {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  const have = existsSync(STAMP) ? readFileSync(STAMP, 'utf8').split(' ') : [];
  if (have[0] === lock && (have[1] === 'all' || !development)) return;
  process.stderr.write('Installing what is missing (once) …\n');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(development ? [] : ['--omit=dev'])];
  const done = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (done.status !== 0) {
    process.stderr.write('npm ci failed; see above. Gatehouse needs the npm registry once, to install.\n');
    process.exit(2);
  }
  writeFileSync(STAMP, `${lock} ${development ? 'all' : 'production'}`);
}

/** The environment in which `node` is the one that was installed. */
export function environment() {
  const bin = path.join(ROOT, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}
