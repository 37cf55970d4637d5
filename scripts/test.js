// `npm test`: installs what is missing, then every check in turn; closes with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { environment, install, ROOT } from './install.js';

install({ development: true });

const report = path.join(os.tmpdir(), `gatehouse-test-${process.pid}.json`);
const checks = [
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  {
    name: 'tests',
    command: 'vitest',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  },
];

let passed = 0;
let failed = 0;
for (const { name, command, args } of checks) {
  process.stdout.write(`\n— ${name}\n`);
  const run = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: environment() });
  if (run.status === 0) passed++;
  else {
    failed++;
    process.stdout.write(`${name} failed: ${run.error?.message ?? `exit code ${String(run.status ?? run.signal)}`}\n`);
  }
}

try {
  const tests = JSON.parse(readFileSync(report, 'utf8'));
  passed += tests.numPassedTests;
  failed += tests.numFailedTests;
  if (tests.numTotalTests === 0) failed++;
} catch (error) {
  failed++;
  process.stdout.write(`no test report: ${String(error)}\n`);
}
rmSync(report, { force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
