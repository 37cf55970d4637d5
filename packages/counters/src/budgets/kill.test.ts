import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { readBudgetState } from './budget-state.ts';
import { budgetProcess } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { NOW, VICTIM_ENTRIES, VICTIM_MICROS_MAX } from '../testing/victim-budgets.ts';

const THREADS = 3;

/** Spends from the budgets and is killed after so many signs of life. */
async function spendAndKill(dir: string, { after, seed }: { after: number; seed: number }): Promise<void> {
  const script = fileURLToPath(new URL('../testing/budget-victim.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dir, `${THREADS}`, `${seed}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let signs = 0;
  for await (const _ of createInterface({ input: child.stdout })) if (signs++ >= after) child.kill('SIGKILL');
  expect(await gone).toEqual([null, 'SIGKILL']);
}

interface Audit {
  /** What calls cost that were settled. */
  readonly settled: number;
  /** Bounds of calls that were not, as far as threads could write it down. */
  readonly open: number;
  readonly refused: number;
}

/** What the threads say that they did, each thing written down after it was done. */
function readAudit(dir: string): Audit {
  const audit = { settled: 0, open: 0, refused: 0 };
  const folder = path.dirname(dir);
  for (const name of readdirSync(folder).filter((file) => file.includes('.audit-'))) {
    const lines = readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      const [what, micros, actual] = line.split(' ');
      if (what === '!') throw new Error(line);
      if (what === 'x') audit.refused++;
      if (what === 'r') audit.open += Number(micros);
      if (what === 's') audit.open -= Number(micros);
      if (what === 's') audit.settled += Number(actual);
    }
    rmSync(path.join(folder, name));
  }
  return audit;
}

describe('a process that is killed while threads reserve and settle', () => {
  it('has spent within all budgets, and forgets nothing that was settled', { timeout: 120_000 }, async () => {
    const dir = temporaryFolder();
    const random = randomFrom(7);
    let [settled, spent, refused] = [0, 0, 0];
    for (let kill = 0; kill < 8; kill++) {
      await spendAndKill(dir, { after: Math.floor(random() * 300), seed: kill + 1 });
      const audit = readAudit(dir);
      const { main } = budgetProcess(dir, NOW);
      const looks = VICTIM_ENTRIES.map(({ key, budget }) => main.look(key, budget, NOW));
      const [first = NaN, ...others] = looks.map(({ spentMicros }) => spentMicros);
      for (const [index, { spentMicros, reservedMicros }] of looks.entries()) {
        expect(reservedMicros).toBe(0);
        expect(spentMicros).toBeLessThanOrEqual(VICTIM_ENTRIES[index]?.budget.limitMicros ?? 0);
        // What a thread did last it may not have written down.
        expect(spentMicros).toBeGreaterThanOrEqual(spent + audit.settled);
        expect(spentMicros).toBeLessThanOrEqual(spent + audit.settled + audit.open + THREADS * VICTIM_MICROS_MAX);
      }
      expect(others).toEqual([first, first]); // each line is whole, and a call's lines are written in one piece
      settled += audit.settled;
      refused += audit.refused;
      spent = first;
    }
    expect(spent).toBeGreaterThanOrEqual(settled);
    expect(readBudgetState(dir)?.lastFile).toBeGreaterThan(10 * 8 * THREADS); // files were finished and summed up
    expect([settled > 0, refused > 0]).toEqual([true, true]);
  });
});
