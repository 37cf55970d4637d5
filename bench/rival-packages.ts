import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench } from './bench.ts';

/** Installed once, outside the repository: rivals are no dependencies of ours. */
const CACHE = path.join(os.tmpdir(), 'gatehouse-bench-rivals');
const PORTKEY = '1.15.2';
/** What npm picks for Portkey by itself breaks its streaming (status 500); its own repository builds on this one. */
const PORTKEY_SERVER = '1.13.5';
const LITELLM = '1.108.7';

/** Portkey's start script; undefined, and said why, when it cannot be had. */
export function portkeyScript(bench: Bench): string | undefined {
  const dir = path.join(CACHE, `portkey-${PORTKEY}`);
  const script = path.join(dir, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  const there = installed(bench, dir, () => {
    const dependencies = { '@portkey-ai/gateway': PORTKEY };
    const manifest = { private: true, dependencies, overrides: { '@hono/node-server': PORTKEY_SERVER } };
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
    return runs('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', dir]);
  });
  if (!there) return undefined;
  bench.versions.set('Portkey', `${PORTKEY} (@hono/node-server ${PORTKEY_SERVER})`);
  return script;
}

/** LiteLLM's program in a virtual environment of its own; undefined, and said why, when it cannot be had. */
export function litellmProgram(bench: Bench): string | undefined {
  if (bench.tools.python3 === undefined) return undefined;
  const dir = path.join(CACHE, `litellm-${LITELLM}`);
  const there = installed(bench, dir, () => {
    const made = runs('python3', ['-m', 'venv', dir]);
    return made && runs(path.join(dir, 'bin', 'pip'), ['install', '--quiet', `litellm[proxy]==${LITELLM}`]);
  });
  if (!there) return undefined;
  const python = /^version = (\S+)/m.exec(readFileSync(path.join(dir, 'pyvenv.cfg'), 'utf8'))?.[1] ?? 'unknown';
  bench.versions.set('LiteLLM', `${LITELLM} (Python ${python})`);
  return path.join(dir, 'bin', 'litellm');
}

function installed(bench: Bench, dir: string, install: () => boolean): boolean {
  const stamp = path.join(dir, 'installed');
  if (existsSync(stamp)) return true;
  const name = path.basename(dir);
  bench.say(`  installing ${name} (once) …`);
  mkdirSync(dir, { recursive: true });
  if (install()) {
    writeFileSync(stamp, '');
    return true;
  }
  rmSync(dir, { recursive: true, force: true });
  bench.say(`  ${name} could not be installed and is left out`);
  return false;
}

function runs(command: string, args: readonly string[]): boolean {
  const run = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return run.status === 0;
}
