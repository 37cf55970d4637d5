import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { entity, storeContract } from '../testing/store-contract.ts';
import { findEntity, insertEntity } from '../tables/entities.ts';

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
