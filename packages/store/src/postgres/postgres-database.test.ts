import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { storeContract } from '../testing/store-contract.ts';
import { startTestPostgres, type TestPostgres } from '../testing/test-postgres.ts';

let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server?.stop());

storeContract('PostgreSQL', async () => openDatabase((await server?.newDatabase()) ?? ''));

it('knows of others of ours that are connected to it, and to it alone', async () => {
  const [place, elsewhere] = [(await server?.newDatabase()) ?? '', (await server?.newDatabase()) ?? ''];
  const first = await openDatabase(place);
  const second = await openDatabase(elsewhere);
  expect(await first.others()).toBe(0);
  const third = await openDatabase(place);
  await Promise.all(Array.from({ length: 5 }, async () => third.read(async (sql) => sql.all('SELECT 1 AS one'))));
  expect([await first.others(), await second.others()]).toEqual([1, 0]);
  await third.close();
  // The server sees a connection end a moment after its client has ended it.
  await expect.poll(async () => first.others()).toBe(0);
  await Promise.all([first.close(), second.close()]);
});
