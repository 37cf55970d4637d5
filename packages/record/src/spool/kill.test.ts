import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { linesOf, readAll, reasonsOf } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { SpoolWriter } from './spool-writer.ts';

interface Victim {
  readonly script: string;
  readonly dir: string;
  /** Number of its first record. */
  readonly from: number;
  /** It is killed after so many confirmations. */
  readonly after: number;
}

/** Tells the number of the last record that it confirmed. */
async function writeAndKill({ script, dir, from, after }: Victim): Promise<number> {
  const path = fileURLToPath(new URL(`../__fixtures__/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, dir, `${from}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let confirmed = from - 1;
  let confirmations = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line);
    if (confirmations++ >= after) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return confirmed;
}

async function killAgainAndAgain(script: string, kills: number): Promise<void> {
  const random = randomFrom(3);
  const dir = temporaryFolder();
  let from = 0;
  for (let kill = 0; kill < kills; kill++) {
    const confirmed = await writeAndKill({ script, dir, from, after: Math.floor(random() * 60) });
    const found = linesOf(readAll(dir)).map((line) => Number(/"i":(\d+)/.exec(line)?.[1]));
    expect(found).toEqual(Array.from({ length: found.length }, (_, i) => i));
    expect(found.length).toBeGreaterThan(confirmed);
    from = found.length;
  }
  const writer = SpoolWriter.open(dir, { now: () => 0, owner: 'after' });
  expect(writer.opened.damagedBytes).toBe(0);
  writer.close();
  expect(reasonsOf(readAll(dir))).toEqual([]);
}

describe('a process that is killed while it writes', () => {
  it('loses nothing that was confirmed, and the folder can be opened again', { timeout: 60_000 }, async () => {
    await killAgainAndAgain('spool-victim.ts', 20);
  });

  it('loses nothing that its recorder has acknowledged', { timeout: 60_000 }, async () => {
    await killAgainAndAgain('recorder-victim.ts', 5);
  });
});
