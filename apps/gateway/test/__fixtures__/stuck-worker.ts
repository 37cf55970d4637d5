import { existsSync, readFileSync, rmSync } from 'node:fs';
import { threadName } from 'node:worker_threads';

await import('../../src/worker.ts');

/** A gateway worker that gets stuck once there is a file of its name in this folder: how is what the file says. */
const folder = process.env['STUCK_WORKERS'] ?? '';
const file = `${folder}/${threadName}`;
setInterval(() => {
  if (!existsSync(file)) return;
  const how = readFileSync(file, 'utf8');
  if (how === '') return;
  rmSync(file);
  if (how === 'deadlock') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  for (;;);
}, 10);
