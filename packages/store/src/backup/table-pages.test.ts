import { expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { insertEntity } from '../tables/entities.ts';
import { entity } from '../testing/store-contract.ts';
import { BACKED_TABLES } from './backed-tables.ts';
import { tablePages } from './table-pages.ts';

const MB = 1024 * 1024;

async function check(sizes: readonly number[], expected: readonly number[]): Promise<void> {
  const database = await openDatabase(':memory:');
  await database.write('w', async (sql) => {
    for (const [index, size] of sizes.entries()) {
      const id = String(index).padStart(6, '0');
      await insertEntity(sql, entity({ id, workspace: `w${index % 3}`, data: { text: 'x'.repeat(size) } }));
    }
  });
  const pages: number[] = [];
  const seen: string[] = [];
  const [entities] = BACKED_TABLES;
  if (entities === undefined) throw new Error('there are no tables');
  await database.read(async (sql) => {
    for await (const page of tablePages(sql, entities)) {
      pages.push(page.length);
      seen.push(...page.map((row) => `${row['workspace']} ${row['id']}`));
    }
  });
  expect(pages).toEqual(expected);
  expect(seen.length).toBe(sizes.length);
  expect(seen).toEqual(seen.toSorted());
  await database.close();
}

it('an empty table has no page', async () => check([], []));
it('small rows come a thousand at a time', async () =>
  check(
    Array.from({ length: 2500 }, () => 10),
    [1000, 1000, 500],
  ));
it('exactly a thousand are one page', async () =>
  check(
    Array.from({ length: 1000 }, () => 10),
    [1000],
  ));
it('large rows come a few at a time', async () =>
  check(
    Array.from({ length: 9 }, () => 1.5 * MB),
    [2, 2, 2, 2, 1],
  ));
it('a row that is too large stands alone', async () => check([6 * MB, 10, 10, 6 * MB], [1, 1, 2]));
