/** Defects of the command line that a review has found, and that are mended. */
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch } from './spawned-program.ts';
import { freePort } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CONFIG = 'gatehouse: 1\napis:\n  x: { basePath: "", access: open, upstream: "http://127.0.0.1:1" }\n';

function start({ workers = 1, status = '127.0.0.1:0' } = {}) {
  const folder = temporaryFolder();
  const file = path.join(folder, 'gatehouse.yaml');
  writeFileSync(file, CONFIG);
  const args = ['start', '--config', file, '--data', path.join(folder, 'data'), '--workers', String(workers)];
  return { file, program: launch([...args, '--listen', '127.0.0.1:0', '--status', status]) };
}

async function statusOf(url: string): Promise<number | undefined> {
  return fetch(url).then(
    (reply) => reply.status,
    () => undefined,
  );
}

describe('gatehouse start', () => {
  it('goes on serving when whoever read its log is gone', async () => {
    const { file, program } = start();
    const { gateway } = await program.ready();
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    for (const basePath of ['/b', '/c']) {
      expect(await statusOf(`${gateway}${basePath}`)).toBe(502);
      appendFileSync(file, `  ${basePath.slice(1)}: { basePath: ${basePath}, access: key, upstream: "http://h" }\n`);
      // What is applied is logged, to nobody.
      while ((await statusOf(`${gateway}${basePath}`)) === 502);
      expect(await statusOf(`${gateway}${basePath}`)).toBe(401);
    }
  });

  it('starts also when nobody reads its greeting', async () => {
    const status = `127.0.0.1:${await freePort()}`;
    const { program } = start({ status });
    program.child.stdout?.destroy();
    const ended = program.closed.then(() => 'ended');
    const ready = async (): Promise<string> => {
      while ((await statusOf(`http://${status}/readyz`)) !== 200);
      return 'ready';
    };
    expect(await Promise.race([ready(), ended])).toBe('ready');
    expect(await statusOf(`http://${status}/livez`)).toBe(200);
    expect((await program.stop()).code).toBe(0);
  });

  it('refuses more workers than it can number', async () => {
    const { program } = start({ workers: 2000 });
    expect((await program.closed).code).toBe(2);
  });
});
