import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createCounterMemory, WAYS } from './counter-memory.ts';
import { HOLDERS_MAX } from './leases.ts';
import { openCounters } from './shared-counters.ts';

const NOW = 1_750_000_000_000;
const KEY = { high: 7, low: 1 };

describe('leases of several threads', () => {
  it('count together', () => {
    const memory = createCounterMemory({ slots: 16 });
    const [one, two] = [openCounters(memory, 1), openCounters(memory, 1022)];
    expect([one.lease(KEY, 3, NOW), two.lease(KEY, 3, NOW), one.lease(KEY, 3, NOW)].map(({ held }) => held)).toEqual([
      1, 2, 3,
    ]);
    expect(two.lease(KEY, 3, NOW).allowed).toBe(false);
    one.release(KEY);
    expect(two.lease(KEY, 3, NOW).allowed).toBe(true);
  });

  it('are free again when their thread has died, and only its own', () => {
    const memory = createCounterMemory({ slots: 64 });
    const [main, one, two] = [openCounters(memory, 0), openCounters(memory, 1), openCounters(memory, 2)];
    for (let low = 0; low < 20; low++) {
      one.lease({ high: low, low }, 3, NOW);
      two.lease({ high: low, low }, 3, NOW);
      one.lease({ high: low, low }, 3, NOW);
    }
    const seen = two.releases(KEY);
    main.ownerDied(1);
    for (let low = 0; low < 20; low++)
      expect(two.lease({ high: low, low }, 3, NOW)).toEqual({ allowed: true, held: 2 });
    expect(two.releases(KEY)).not.toBe(seen);
  });

  it('are refused to a thread too many rather than miscounted', () => {
    const memory = createCounterMemory({ slots: 16 });
    for (let owner = 0; owner < HOLDERS_MAX; owner++)
      expect(openCounters(memory, owner).lease(KEY, 1000, NOW).allowed).toBe(true);
    expect(openCounters(memory, 1000).lease(KEY, 1000, NOW)).toEqual({ allowed: false, held: HOLDERS_MAX });
    openCounters(memory, 5).release(KEY);
    expect(openCounters(memory, 1000).lease(KEY, 1000, NOW).allowed).toBe(true);
  });

  it('give way to nothing while they are held, and to anything afterwards', () => {
    const counters = openCounters(createCounterMemory({ slots: WAYS }), 1);
    const limit = { limit: 10, windowMs: 60_000, algorithm: 'sliding-window' } as const;
    counters.lease(KEY, 1, NOW);
    for (let low = 100; low < 200; low++) counters.take({ high: 7, low }, 1, limit, NOW + 1000);
    expect(counters.lease(KEY, 1, NOW + 1000).allowed).toBe(false);
    counters.release(KEY);
    const { evictions } = counters.stats();
    counters.take({ high: 7, low: 300 }, 1, limit, NOW + 1000);
    expect(counters.stats()).toMatchObject({ evictions, quotaEvictions: 0 });
  });

  it('never exceed their limit and are never lost, whoever takes, releases and dies', () => {
    const step = fc.record({ owner: fc.integer({ min: 1, max: 4 }), does: fc.constantFrom('lease', 'release', 'die') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (all) => {
        const memory = createCounterMemory({ slots: 16 });
        const threads = [0, 1, 2, 3, 4].map((owner) => openCounters(memory, owner));
        const model = [0, 0, 0, 0, 0];
        for (const { owner, does } of all) {
          const mine = model[owner] ?? 0;
          const sum = model.reduce((a, b) => a + b, 0);
          if (does === 'lease') {
            expect(threads[owner]?.lease(KEY, 5, NOW).allowed).toBe(sum < 5);
            if (sum < 5) model[owner] = mine + 1;
          } else if (does === 'release') {
            threads[owner]?.release(KEY);
            model[owner] = Math.max(0, mine - 1);
          } else {
            threads[0]?.ownerDied(owner);
            model[owner] = 0;
          }
        }
      }),
    );
  });
});

describe('takes of several counts at once', () => {
  it('may share a bucket, even a full one', () => {
    const counters = openCounters(createCounterMemory({ slots: WAYS }), 1);
    const limit = { limit: 2, windowMs: 60_000, algorithm: 'sliding-window' } as const;
    for (let low = 0; low < WAYS; low++) counters.take({ high: 7, low }, 1, limit, NOW);
    const takes = [500, 501, 502].map((low) => ({ key: { high: 7, low }, cost: 1, rule: limit }));
    expect([1, 2, 3].map(() => counters.takeAll(takes, NOW + 1).allowed)).toEqual([true, true, false]);
  });

  it('leave every lock free', () => {
    const memory = createCounterMemory({ slots: 64 });
    const limit = { limit: 1, windowMs: 60_000, algorithm: 'gcra' } as const;
    const takes = [3, 1, 2, 1].map((high, low) => ({ key: { high, low }, cost: 1, rule: limit }));
    const [one, two] = [openCounters(memory, 1), openCounters(memory, 2)];
    one.takeAll(takes, NOW);
    expect([two.takeAll(takes.toReversed(), NOW).allowed, two.stats().takeovers]).toEqual([false, 0]);
  });
});
