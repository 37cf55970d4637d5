/**
 * Defects of the command line that a review has found. Each test says what should be and fails until it is mended: then
 * `it.fails` becomes `it`.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { launch } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CONFIG = 'gatehouse: 1\napis:\n  x: { basePath: "", access: open, upstream: "http://127.0.0.1:1" }\n';

function start(workers = 1) {
  const folder = temporaryFolder();
  const file = path.join(folder, 'gatehouse.yaml');
  writeFileSync(file, CONFIG);
  const addresses = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0'];
  const args = ['start', '--config', file, '--data', path.join(folder, 'data'), '--workers', String(workers)];
  return { file, program: launch([...args, ...addresses]) };
}

describe('gatehouse start', () => {
  it.fails('goes on serving when whoever read its log is gone', async () => {
    const { file, program } = start();
    const { gateway } = await program.ready();
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    appendFileSync(file, '# a change, so that something is logged\n');
    await sleep(1500);
    const status = await fetch(gateway).then(
      (reply) => reply.status,
      () => 'gone',
    );
    expect(status).toBe(502);
  });

  it.fails('starts also when nobody reads its greeting', async () => {
    const { program } = start();
    program.child.stdout?.destroy();
    await sleep(3000);
    expect(program.child.exitCode).toBeNull();
  });

  it.fails('refuses more workers than it can number', async () => {
    const { program } = start(2000);
    const ended = await Promise.race([program.closed.then(({ code }) => code), sleep(1500)]);
    expect(ended).toBe(2);
  });
});
