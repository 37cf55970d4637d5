import { describe, expect, it } from 'vitest';
import { seedUsers } from './seed.ts';
import { openStore } from './store.ts';
import { newDatabaseFile } from './testkit/service-process.ts';
import { START_MS, countingRandom } from './testkit/test-service.ts';

function open(file: string, nowMs = START_MS) {
  return openStore({ file, now: () => nowMs, random: countingRandom() });
}

describe('two stores on one file', () => {
  it('see what the other wrote', () => {
    const file = newDatabaseFile();
    const [a, b] = [open(file), open(file)];
    const user = a.transaction(() => a.users.insert({ email: 'ada@people.example', name: 'Ada' }));
    expect(b.users.find(user?.id ?? '')).toEqual(user);
  });

  it('share the secret that signs cursors, also after a restart', () => {
    const file = newDatabaseFile();
    const [a, b] = [open(file), open(file)];
    expect(a.cursorSecret).toEqual(b.cursorSecret);
    a.close();
    b.close();
    expect(open(file).cursorSecret).toEqual(a.cursorSecret);
  });

  it('give ids that ascend in the order of commits though one clock is an hour behind', () => {
    const file = newDatabaseFile();
    const stores = [open(file), open(file, START_MS - 3_600_000)];
    const ids = Array.from({ length: 20 }, (_, index) => {
      const store = stores[index % 2] ?? open(file);
      return store.transaction(() => store.users.insert({ email: `u${index}@b.example`, name: 'U' })?.id ?? '');
    });
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(20);
  });

  it('seed once', () => {
    const file = newDatabaseFile();
    const [a, b] = [open(file), open(file)];
    expect([seedUsers(a), seedUsers(b), seedUsers(a)]).toEqual([10, 0, 0]);
    expect(b.users.page({ limit: 100 })).toHaveLength(10);
  });
});

describe('a store', () => {
  it('keeps the demo people away from people who are there', () => {
    const store = open(':memory:');
    store.transaction(() => store.users.insert({ email: 'ada@people.example', name: 'Ada' }));
    expect(seedUsers(store)).toBe(0);
  });

  it('does not answer once it is closed', () => {
    const store = open(':memory:');
    expect(store.ping).not.toThrow();
    store.close();
    expect(store.ping).toThrow();
  });

  it('drops expired replies little by little', () => {
    let nowMs = START_MS;
    const store = openStore({ file: ':memory:', now: () => nowMs, random: countingRandom() });
    const reply = { fingerprint: 'f', status: 201, headers: {}, body: {} };
    for (let i = 0; i < 60; i++) store.idempotency.keep(scope(i), reply);
    nowMs += 25 * 60 * 60 * 1000;
    store.idempotency.keep(scope(100), reply);
    // Back in time, what was not dropped can be seen again.
    nowMs = START_MS;
    const kept = Array.from({ length: 60 }, (_, index) => store.idempotency.find(scope(index)));
    expect(kept.filter((found) => found !== undefined)).toHaveLength(10);
  });
});

function scope(index: number) {
  return { caller: '', operation: 'createUser', key: `k${index}` };
}
