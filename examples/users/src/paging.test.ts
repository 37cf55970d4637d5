import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from './fields.ts';
import { openStore } from './store.ts';
import { START_MS, countingRandom, createTestService, itemsOf } from './testkit/test-service.ts';
import { newDatabaseFile } from './testkit/service-process.ts';

/** What happens between two pages: an insert by one of two instances, after so much time on that instance's clock. */
const insert = fc.record({ instance: fc.nat({ max: 1 }), elapsedMs: fc.integer({ min: -50, max: 50 }) });
const scenario = fc.record({
  before: fc.array(insert, { maxLength: 25 }),
  between: fc.array(fc.array(insert, { maxLength: 4 }), { maxLength: 12 }),
  limit: fc.integer({ min: 1, max: 9 }),
});
type Insert = { readonly instance: number; readonly elapsedMs: number };

/** Two instances on one file with clocks of their own, and the ids in the order in which they were committed. */
function createPair() {
  const file = newDatabaseFile();
  const clocks = [{ nowMs: START_MS }, { nowMs: START_MS }];
  const random = countingRandom();
  const stores = clocks.map((clock) => openStore({ file, now: () => clock.nowMs, random }));
  const services = stores.map((store) => createTestService({ store, logLevel: 'silent' }));
  const committed: string[] = [];
  return {
    services,
    committed,
    insert({ instance, elapsedMs }: Insert) {
      const [clock, store] = [clocks[instance], stores[instance]];
      if (clock === undefined || store === undefined) throw new Error('no such instance');
      clock.nowMs += elapsedMs;
      const draft = { email: `u${committed.length}@people.example`, name: 'U' };
      committed.push(store.transaction(() => store.users.insert(draft)?.id ?? ''));
    },
    close: () => stores.forEach((store) => store.close()),
  };
}

describe('paging', () => {
  it('shows every user exactly once and in order while others are created', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ before, between, limit }) => {
        const pair = createPair();
        for (const each of before) pair.insert(each);
        const seen: string[] = [];
        const rounds = between.values();
        let query = `limit=${limit}`;
        for (let page = 0; query !== ''; page++) {
          // The pages come from both instances in turn, as they do behind a balancer.
          const reply = await pair.services[page % 2]?.client.send({ url: `/users?${query}` });
          const items = reply === undefined ? [] : itemsOf(reply);
          expect(items.length).toBeLessThanOrEqual(limit);
          seen.push(...items.map((item) => text(item, 'id')));
          const cursor = reply?.body['next_cursor'];
          query = typeof cursor === 'string' ? `limit=${limit}&cursor=${cursor}` : '';
          if (query === '') expect(seen).toEqual(pair.committed);
          for (const each of rounds.next().value ?? []) pair.insert(each);
        }
        pair.close();
      }),
      { numRuns: 40 },
    );
  });
});
