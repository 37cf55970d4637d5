import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { entity, storeContract } from '../testing/store-contract.ts';
import { findEntity, insertEntity } from '../tables/entities.ts';
import { eraseSubjectKey, insertSubjectKey } from '../tables/subject-keys.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract('SQLite in a file', async () => openDatabase(path.join(folder, 'contract.db')));
storeContract('SQLite in memory', async () => openDatabase(':memory:'));

it('lets nobody else read the file, and finds in it what was written before', async () => {
  const file = path.join(folder, 'again.db');
  const first = await openDatabase(file);
  await first.write('w', async (sql) => insertEntity(sql, entity({ id: 'a' })));
  await first.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const second = await openDatabase(file);
  const found = await second.read(async (sql) => findEntity(sql, { workspace: 'w', kind: 'api', id: 'a' }));
  expect(found?.id).toBe('a');
  await second.close();
});

it('reads while somebody writes, and sees only what is whole', async () => {
  const database = await openDatabase(path.join(folder, 'reading.db'));
  const find = async (): Promise<unknown> =>
    database.read(async (sql) => findEntity(sql, { workspace: 'w', kind: 'api', id: 'a' }));
  await database.write('w', async (sql) => {
    await insertEntity(sql, entity({ id: 'a' }));
    expect(await find()).toBeUndefined();
  });
  expect(await find()).toBeDefined();
  await database.close();
});

it('leaves nothing of a key that was erased in the file', async () => {
  const file = path.join(folder, 'erased.db');
  const database = await openDatabase(file);
  const sealedOf = (index: number): string => `a-key-that-is-sealed-${String(index).padStart(40, '0')}`;
  const all = Array.from({ length: 400 }, (_, index) => index);
  await database.write('w', async (sql) => {
    for (const index of all) await insertSubjectKey(sql, { subject: `s${index}`, sealedKey: sealedOf(index), atMs: 1 });
  });
  const isErased = (index: number): boolean => index % 3 === 0;
  for (const index of all.filter(isErased))
    await database.write('w', async (sql) => eraseSubjectKey(sql, { subject: `s${index}`, atMs: 2 }));
  await database.close();
  const bytes = readFileSync(file, 'latin1');
  expect(all.filter((index) => bytes.includes(sealedOf(index)))).toEqual(all.filter((index) => !isErased(index)));
});
