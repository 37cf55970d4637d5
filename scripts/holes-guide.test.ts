import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const GUIDE = readFileSync(path.join(ROOT, 'docs/security-holes.md'), 'utf8');

interface Row {
  readonly hole: string;
  readonly file: string;
  readonly words: string;
}

const ROWS = Array.from(
  GUIDE.matchAll(/^\| (?!hole|---)([^|]+) \| [^|]+ \| `([^`]+)` ([^|]+) \|$/gm),
  ([, hole = '', file = '', words = '']): Row => {
    return { hole, file, words };
  },
);

describe('the table of published holes', () => {
  it('has a row for each line between its bars', () => {
    expect(ROWS.length).toBe(GUIDE.split('\n').filter((line) => line.startsWith('|')).length - 2);
    expect(ROWS.length).toBeGreaterThan(40);
  });

  it.each(ROWS)('$hole: $file has the test', ({ file, words }) => {
    const found = path.join(ROOT, file);
    expect(existsSync(found)).toBe(true);
    expect(readFileSync(found, 'utf8')).toContain(words);
  });

  it('has every hole that a test of holes is named by', () => {
    const files = new Set(ROWS.map(({ file }) => file).filter((file) => /holes|abuse/.test(file)));
    const named = [...files].flatMap(
      (file) => readFileSync(path.join(ROOT, file), 'utf8').match(/CVE-\d+-\d+|GHSA-\w+/g) ?? [],
    );
    expect([...new Set(named)].filter((name) => !GUIDE.includes(name))).toEqual([]);
  });
});
