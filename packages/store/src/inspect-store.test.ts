import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectStore } from './inspect-store.ts';
import { openDatabase } from './open-database.ts';
import { startTestPostgres, type TestPostgres } from './testing/test-postgres.ts';

describe('a look into PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(async () => server.stop());

  it('finds an empty one, makes nothing in it, and reads its clock', async () => {
    const place = await server.newDatabase();
    const first = await inspectStore(place, Date.now);
    const again = await inspectStore(place, () => Date.now() - 60_000);
    expect([first.newer, first.pending.length > 0]).toEqual([[], true]);
    expect(again.pending).toEqual(first.pending);
    expect(Math.abs(first.clock?.aheadMs ?? Infinity)).toBeLessThan(1000);
    expect(again.clock?.aheadMs).toBeGreaterThan(59_000);
  });

  it('finds one of this version, and one of a newer', async () => {
    const place = await server.newDatabase();
    const database = await openDatabase(place);
    expect(await inspectStore(place, Date.now)).toMatchObject({ dialect: 'postgres', newer: [], pending: [] });
    await database.write('x', async (statements) => statements.run("INSERT INTO migrations VALUES ('999-later', 'x')"));
    await database.close();
    expect(await inspectStore(place, Date.now)).toMatchObject({ newer: ['999-later'], pending: [] });
  });
});
