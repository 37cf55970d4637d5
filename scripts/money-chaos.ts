/** `node scripts/money-chaos.ts [rounds]`: kills a gate under load so many times, and holds its records against its budgets. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const ROUNDS = '50';
const [, , rounds = ROUNDS] = process.argv;
const { status } = spawnSync(
  process.execPath,
  [path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'apps/cli/test/money-kill.test.ts'],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, GATEHOUSE_MONEY_ROUNDS: rounds } },
);
process.exitCode = status ?? 1;
