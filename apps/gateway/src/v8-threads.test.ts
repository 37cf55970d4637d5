import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { letHelpersGiveWay } from ${JSON.stringify(new URL('v8-threads.ts', import.meta.url).href)};
  letHelpersGiveWay();
  const threads = readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { helper: stat.includes('(node-V8Worker'), nice: Number(fields[16]) };
  });
  console.log(JSON.stringify(threads));
`;

test.runIf(process.platform === 'linux')('helper threads of V8 give way to all others', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8' });
  const threads = JSON.parse(output) as { helper: boolean; nice: number }[];
  const niceOf = (helper: boolean): number[] =>
    threads.filter((each) => each.helper === helper).map(({ nice }) => nice);
  expect(new Set(niceOf(true))).toEqual(new Set([10]));
  expect(new Set(niceOf(false))).toEqual(new Set([0]));
});
