import { evaluateAlerts } from '@gatehouse/services';
import { dueEvents, openDatabase } from '@gatehouse/store';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAlertHouse } from './alert-house.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

const PLANES = 4;
const RULES = 5;
const MINUTES = 12;

it('several control planes over one database look at each rule once a minute, and tell each thing once', async () => {
  const place = await server.newDatabase();
  const house = await openAlertHouse(place);
  await house.make('contacts', { name: 'ops', emails: ['ops@example.com'] });
  for (let rule = 0; rule < RULES; rule++)
    await house.make('alerts', {
      name: `errors-${rule}`,
      contacts: ['ops'],
      by: ['application'],
      condition: { threshold: { metric: 'errorRate', above: 0.5, windowSeconds: 60 } },
    });
  const others = await Promise.all(Array.from({ length: PLANES - 1 }, async () => openDatabase(place)));
  try {
    const planes = [house.test.house, ...others.map((database) => ({ ...house.test.house, database }))];
    let looks = 0;
    for (let minute = 0; minute < MINUTES; minute++) {
      // Three minutes are bad, three are good, and so on.
      const status = Math.floor(minute / 3) % 2 === 0 ? 503 : 200;
      for (const application of ['mobile', 'web'])
        house.calls.addMany(
          10,
          { fromMs: house.nowMs(), toMs: house.nowMs() + 30_000 },
          { api: 'users-1', application, status },
        );
      house.test.clock.nowMs += 60_000;
      const evaluated = await Promise.all([...planes, ...planes].map(async (plane) => evaluateAlerts(plane)));
      looks += evaluated.reduce((sum, each) => sum + each.looks, 0);
    }
    expect(looks).toBe(RULES * MINUTES);
    const due = await house.test.house.database.read(async (sql) => dueEvents(sql, house.nowMs(), 10_000));
    const sent = due.filter(({ topic }) => topic === 'deliver.contact').map(({ event }) => event['topic']);
    // Each rule fires twice and is over twice, with both of its keys at once.
    const count = (topic: string): number => sent.filter((each) => each === topic).length;
    expect([count('alert.firing'), count('alert.resolved'), sent.length]).toEqual([RULES * 2, RULES * 2, RULES * 4]);
  } finally {
    await Promise.all(others.map(async (database) => database.close()));
  }
});
