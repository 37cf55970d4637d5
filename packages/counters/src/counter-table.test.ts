import { describe, expect, it } from 'vitest';
import { EXPIRES, TOUCHED } from './cells.ts';
import { createCounterMemory, WAYS } from './counter-memory.ts';
import { CounterTable, KINDS, quotaKind } from './counter-table.ts';
import { openCounters, type SharedCounters } from './shared-counters.ts';

const NOW = 1_750_000_000_000;
const MINUTE = { limit: 10, windowMs: 60_000, algorithm: 'sliding-window' } as const;
const MONTH = { limit: 10, per: 'month' } as const;

/** Keys of one bucket: the same high half, another low one. */
const colliding = (low: number): { high: number; low: number } => ({ high: 7, low });

function oneBucket(): SharedCounters {
  return openCounters(createCounterMemory({ slots: WAYS }), 0);
}

describe('CounterTable', () => {
  it('keeps keys apart that share a bucket and half of their hash', () => {
    const counters = openCounters(createCounterMemory({ slots: 64 }), 0);
    for (let low = 0; low < WAYS; low++) counters.take(colliding(low), low % 10, MINUTE, NOW);
    for (let low = 0; low < WAYS; low++)
      expect(counters.take(colliding(low), 0, MINUTE, NOW).remaining).toBe(10 - (low % 10));
    expect(counters.take({ high: 8, low: 3 }, 0, MINUTE, NOW).remaining).toBe(10);
  });

  it('keeps keys with halves swapped or negative apart', () => {
    const counters = oneBucket();
    counters.take({ high: -1, low: 5 }, 10, MINUTE, NOW);
    for (const key of [
      { high: 5, low: -1 },
      { high: 1, low: 5 },
      { high: -1, low: -5 },
    ])
      expect(counters.take(key, 1, MINUTE, NOW).allowed).toBe(true);
    expect(counters.take({ high: -1, low: 5 }, 1, MINUTE, NOW).allowed).toBe(false);
  });

  it('reuses slots whose window has passed without calling it an eviction', () => {
    const counters = oneBucket();
    for (let low = 0; low < 10 * WAYS; low++) counters.take(colliding(low), 1, MINUTE, NOW + low * 60_000);
    expect(counters.stats()).toMatchObject({ evictions: 0, quotaEvictions: 0 });
  });

  it('evicts the key that has been idle longest when all are live, and counts it', () => {
    const counters = oneBucket();
    for (let low = 0; low < WAYS; low++) counters.take(colliding(low), 10, MINUTE, NOW + low);
    counters.take(colliding(0), 1, MINUTE, NOW + 100); // refused, yet a sign of life
    counters.take(colliding(99), 10, MINUTE, NOW + 101);
    expect(counters.stats().evictions).toBe(1);
    expect(counters.take(colliding(0), 1, MINUTE, NOW + 102).allowed).toBe(false);
    expect(counters.take(colliding(2), 1, MINUTE, NOW + 102).allowed).toBe(false);
    expect(counters.take(colliding(1), 1, MINUTE, NOW + 102).allowed).toBe(true);
  });

  it('gives up a limit before a quota, however long the quota was idle', () => {
    const counters = oneBucket();
    counters.takeQuota(colliding(0), 10, MONTH, NOW);
    for (let low = 1; low < 5 * WAYS; low++) counters.take(colliding(low), 1, MINUTE, NOW + 1000 + low);
    expect(counters.takeQuota(colliding(0), 1, MONTH, NOW + 2000).allowed).toBe(false);
    expect(counters.stats().quotaEvictions).toBe(0);
  });

  it('gives up the quota that was idle longest when there are only quotas, and counts it apart', () => {
    const counters = oneBucket();
    for (let low = 0; low <= WAYS; low++) counters.takeQuota(colliding(low), 10, MONTH, NOW + low);
    expect(counters.stats()).toMatchObject({ evictions: 0, quotaEvictions: 1 });
    expect(counters.takeQuota(colliding(0), 1, MONTH, NOW + 50).allowed).toBe(true);
    expect(counters.takeQuota(colliding(2), 1, MONTH, NOW + 50).allowed).toBe(false);
  });

  it('hands out a clean slot in place of a used one', () => {
    const table = new CounterTable(createCounterMemory({ slots: WAYS }));
    const at = table.slotFor(0, { key: colliding(1), kind: KINDS.gcra, nowMs: NOW });
    table.cells.fill(5, at, at + 40);
    table.cells[at + EXPIRES] = NOW;
    const again = table.slotFor(0, { key: colliding(2), kind: KINDS.day, nowMs: NOW });
    expect(again).toBe(at);
    expect(table.cells.slice(at, at + 40)).toEqual(new Float64Array(40));
    expect([...table.occupied(0)]).toEqual([{ high: 7, low: 2, kind: KINDS.day, at }]);
  });

  it('treats a slot that a dying thread left half made as empty', () => {
    const table = new CounterTable(createCounterMemory({ slots: WAYS }));
    table.ints.fill(7, 32, 32 + 2 * WAYS); // hashes without kinds
    table.cells.fill(3, 200);
    const at = table.slotFor(0, { key: { high: 7, low: 7 }, kind: KINDS.gcra, nowMs: NOW });
    expect(table.cells[at + TOUCHED]).toBe(0);
  });
});

describe('quotaKind', () => {
  it('knows the periods and nothing else', () => {
    expect(Object.values(KINDS).map((kind) => quotaKind(kind))).toEqual([
      undefined,
      undefined,
      'hour',
      'day',
      'week',
      'month',
      'year',
    ]);
    expect(quotaKind(0)).toBeUndefined();
  });
});
