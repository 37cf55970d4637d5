import { afterAll, beforeAll } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { storeContract } from '../testing/store-contract.ts';
import { startTestPostgres, type TestPostgres } from '../testing/test-postgres.ts';

let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server?.stop());

storeContract('PostgreSQL', async () => openDatabase((await server?.newDatabase()) ?? ''));
