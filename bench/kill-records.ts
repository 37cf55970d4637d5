/**
 * Kills the gate again and again while it serves, and holds what the store has against what callers were told. Run: `node
 * bench/kill-records.ts [rounds]`; without, 50.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { killRounds } from '../apps/cli/test/kill-rounds.ts';

const [rounds = 50] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-kill-'));
const outcome = await killRounds({ rounds, folder, random: Math.random, say: (line) => console.error(line) });
const { answered, stored, duplicates, missing } = outcome;
const latest = Math.max(0, ...missing.map(({ beforeMs }) => beforeMs));
console.log(`${rounds} kills, ${answered} calls answered, ${stored} records stored, ${duplicates.length} twice`);
console.log(`${missing.length} answered calls are missing, all from the last ${latest} ms before a kill`);
rmSync(folder, { recursive: true });
process.exitCode = duplicates.length > 0 || latest > 100 ? 1 : 0;
