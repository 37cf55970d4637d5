import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const here = import.meta.dirname;
const house = path.join(here, '../../..');
const table = readFileSync(path.join(here, '../OBLIGATIONS.md'), 'utf8');
const rows = [...table.matchAll(/^\| (\d+) \| .* \| `(.*\.test\.ts)` \| (.+) \|$/gm)].map(
  ([, row = '', file = '', name = '']) => ({ row, file, name }),
);

function sourceOf(file: string): string {
  return readFileSync(file.includes('/') ? path.join(house, file) : path.join(here, file), 'utf8');
}

it.each(rows)('names a test that is there: row $row, $name', ({ row, file, name }) => {
  expect(sourceOf(file)).toContain(`row ${row}: ${name}`);
});

it('leaves out no row that has a test', () => {
  const files = readdirSync(here).filter((file) => file.endsWith('.test.ts') && !file.startsWith('obligations-table'));
  const tested = files.flatMap((file) => [...sourceOf(file).matchAll(/row (\d+): /g)].map(([, row]) => row));
  const elsewhere = rows.filter(({ file }) => file.includes('/')).map(({ row }) => row);
  expect(new Set(rows.map(({ row }) => row))).toEqual(new Set([...tested, ...elsewhere]));
});

it('leaves out no row of HTTP/1.1', () => {
  const listed = new Set(rows.map(({ row }) => Number(row)));
  expect(Array.from({ length: 42 }, (_, i) => i + 1).filter((row) => !listed.has(row))).toEqual([]);
});
