import { describe, expect, it } from 'vitest';
import type { Finding } from './finding.ts';
import { reportJson, reportLines } from './report.ts';

const FINDINGS: readonly Finding[] = [
  { name: 'node', level: 'ok', detail: 'v26.1.0' },
  { name: 'limits', level: 'warning', detail: 'one line\nand another' },
  { name: 'gateway', level: 'failed', detail: 'in use; choose another' },
];
const plain = { colours: false, columns: undefined };

describe('a report', () => {
  it('has a line for each finding and one for all', () => {
    expect(reportLines(FINDINGS, plain)).toEqual([
      '✓ node    v26.1.0',
      '! limits  one line\n          and another',
      '✗ gateway in use; choose another',
      '',
      '1 of 3 checks failed, 1 warning',
    ]);
  });

  it.each([
    [1, 'all is well'],
    [2, 'nothing is wrong, 1 warning'],
  ])('of the first %i ends with "%s"', (count, last) => {
    expect(reportLines(FINDINGS.slice(0, count), plain).at(-1)).toBe(last);
  });

  it('has colours where they are wanted', () => {
    const [first, , third] = reportLines(FINDINGS, { ...plain, colours: true });
    expect([first, third]).toEqual([
      '\u001b[32m✓\u001b[0m node    v26.1.0',
      '\u001b[31m✗\u001b[0m gateway in use; choose another',
    ]);
  });

  it('is as wide as the terminal, and breaks no word', () => {
    const detail =
      'one two three four five six seven /a/very/long/path/that/stays/whole/so/that/it/can/be/copied eight';
    const [line] = reportLines([{ name: 'disk', level: 'ok', detail }], { ...plain, columns: 44 });
    expect(line?.split('\n')).toEqual([
      '✓ disk    one two three four five six seven',
      '          /a/very/long/path/that/stays/whole/so/that/it/can/be/copied',
      '          eight',
    ]);
  });

  it('says as JSON that a warning is no failure', () => {
    expect(JSON.parse(reportJson(FINDINGS.slice(0, 2)))).toEqual({
      ok: true,
      checks: [
        { name: 'node', ok: true, level: 'ok', detail: 'v26.1.0' },
        { name: 'limits', ok: true, level: 'warning', detail: 'one line\nand another' },
      ],
    });
    expect(JSON.parse(reportJson(FINDINGS))).toMatchObject({
      ok: false,
      checks: [{}, {}, { ok: false, level: 'failed' }],
    });
  });
});
