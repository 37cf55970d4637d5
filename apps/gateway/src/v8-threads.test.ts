import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { letHelpersGiveWay } from ${JSON.stringify(new URL('v8-threads.ts', import.meta.url).href)};
  letHelpersGiveWay();
  for (const thread of readdirSync('/proc/self/task')) {
    const stat = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8');
    const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];
    console.log((stat.includes('(node-V8Worker') ? 'helper ' : 'other ') + nice);
  }
`;

test.runIf(process.platform === 'linux')('helper threads of V8 give way to all others', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8' });
  expect(new Set(output.trim().split('\n'))).toEqual(new Set(['helper 10', 'other 0']));
});
