import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { linesOf, readAll, reasonsOf } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { SpoolWriter } from './spool-writer.ts';

const VICTIM = fileURLToPath(new URL('../__fixtures__/spool-victim.ts', import.meta.url));
const KILLS = 20;

/** Lets a process append, kills it after so many confirmed records, and tells the last number that it confirmed. */
async function writeAndKill(dir: string, from: number, after: number): Promise<number> {
  const child = spawn(process.execPath, [VICTIM, dir, `${from}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let confirmed = from - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line);
    if (confirmed - from >= after) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return confirmed;
}

describe('a process that is killed while it writes', () => {
  it('loses nothing that was confirmed, and the folder can be opened again', async () => {
    const random = randomFrom(3);
    const dir = temporaryFolder();
    let next = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const confirmed = await writeAndKill(dir, next, Math.floor(random() * 60));
      const found = linesOf(readAll(dir)).map((line) => Number(/"i":(\d+)/.exec(line)?.[1]));
      expect(found).toEqual(Array.from({ length: found.length }, (_, i) => i));
      expect(found.length).toBeGreaterThan(confirmed);
      next = found.length;
    }
    const writer = SpoolWriter.open(dir, { now: () => 0, owner: 'after' });
    expect(writer.opened.damagedBytes).toBe(0);
    writer.close();
    expect(reasonsOf(readAll(dir))).toEqual([]);
  }, 60_000);
});
