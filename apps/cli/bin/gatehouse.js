#!/usr/bin/env node
// The door for any Node from 20.19: runs the program under the Node that npm installed beside us.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { environment } from '../../../scripts/install.js';

const main = path.join(import.meta.dirname, '..', 'src', 'main.ts');
const cache = new URL('strip-cache.js', import.meta.url).href;
// The channel tells the program when this process is gone, however it went: nothing is left behind.
const child = spawn('node', ['--import', cache, main, ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: environment(),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`gatehouse cannot run: ${error.message}\n`);
  process.exit(2);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 2) : 1));
