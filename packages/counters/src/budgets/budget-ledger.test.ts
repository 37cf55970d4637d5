import { hash64 } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { openBudgetLedger, type BudgetLedger } from './budget-ledger.ts';
import { createBudgetMemory } from './budget-memory.ts';
import type { BudgetHold } from './budget-hold.ts';
import type { BudgetPeriod } from './budget-period.ts';
import type { Budget, BudgetEntry, BudgetVerdict } from './budget.ts';

const NOW = Date.UTC(2026, 5, 16, 14, 30);
const HOUR = 3_600_000;

function ledgerOf(slots = 64): BudgetLedger {
  return openBudgetLedger(createBudgetMemory({ owners: 2, slots }), { owner: 0 });
}

const A = hash64('a');
const DAY: Budget = { limitMicros: 100, per: 'day' };

function of(key: string, budget: Partial<Budget> = {}): BudgetEntry {
  return { key: hash64(key), budget: { ...DAY, ...budget } };
}

function reserved(ledger: BudgetLedger, entries: readonly BudgetEntry[], micros: number, nowMs = NOW): BudgetHold {
  const taking = ledger.reserve(entries, { micros, nowMs });
  if (!taking.allowed) throw new Error(`refused: ${taking.refused.refusal}`);
  return taking.hold;
}

/** Of the entry that was asked last. */
function verdict(ledger: BudgetLedger, entries: readonly BudgetEntry[], micros: number, nowMs = NOW): BudgetVerdict {
  const last = ledger.reserve(entries, { micros, nowMs }).verdicts.at(-1);
  if (last === undefined) throw new Error('no verdict');
  return last;
}

describe('BudgetLedger', () => {
  it('reserves, settles with what was spent, and says how the budget stands', () => {
    const ledger = ledgerOf();
    const first = ledger.reserve([of('a')], { micros: 60, nowMs: NOW });
    expect(first.verdicts).toEqual([
      {
        allowed: true,
        exceeded: false,
        spentMicros: 0,
        reservedMicros: 60,
        remainingMicros: 40,
        periodStartMs: Date.UTC(2026, 5, 16),
        resetMs: 9.5 * HOUR,
      },
    ]);
    expect(verdict(ledger, [of('a')], 41)).toMatchObject({
      allowed: false,
      refusal: 'exhausted',
      exceeded: true,
      spentMicros: 0,
      reservedMicros: 60,
      remainingMicros: 40,
    });
    if (first.allowed) ledger.settle(first.hold, 7);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ spentMicros: 7, reservedMicros: 0, remainingMicros: 93 });
    expect(verdict(ledger, [of('a')], 93).allowed).toBe(true);
  });

  it('gives everything back that is released', () => {
    const ledger = ledgerOf();
    ledger.release(reserved(ledger, [of('a')], 100));
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ allowed: true, spentMicros: 0, reservedMicros: 0 });
  });

  it('ends a reservation once', () => {
    const ledger = ledgerOf();
    reserved(ledger, [of('a')], 50);
    const hold = reserved(ledger, [of('a')], 50);
    ledger.settle(hold, 10);
    ledger.settle(hold, 10);
    ledger.release(hold);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ spentMicros: 10, reservedMicros: 50 });
  });

  it('counts in full what a call cost above its bound', () => {
    const ledger = ledgerOf();
    ledger.settle(reserved(ledger, [of('a')], 90), 130);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ allowed: false, spentMicros: 130, remainingMicros: 0 });
    expect(verdict(ledger, [of('a')], 0).allowed).toBe(false);
  });

  it('looks without taking, and makes no slot for it', () => {
    const ledger = ledgerOf(16);
    for (let low = 0; low < 100; low++) ledger.look({ high: 0, low }, DAY, NOW);
    expect(ledger.stats().full).toBe(0);
    expect(ledger.look(A, { ...DAY, limitMicros: 0 }, NOW)).toMatchObject({ allowed: false, refusal: 'exhausted' });
    expect(ledger.look(A, { ...DAY, limitMicros: 1 }, NOW)).toMatchObject({ allowed: true, exceeded: false });
  });

  it('lets a call of cost 0 pass in a budget that is spent to the micro', () => {
    const ledger = ledgerOf();
    ledger.add([of('a')], 100, NOW);
    expect(verdict(ledger, [of('a')], 0).allowed).toBe(true);
    expect(verdict(ledger, [of('a')], 1).allowed).toBe(false);
  });

  it('adds without a reservation, also above the limit', () => {
    const ledger = ledgerOf();
    ledger.add([of('a'), of('b', { warning: true })], 250, NOW);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ allowed: false, spentMicros: 250 });
    expect(ledger.look(hash64('b'), { ...DAY, warning: true }, NOW)).toMatchObject({ allowed: true, exceeded: true });
  });

  it('rounds fractions up', () => {
    const ledger = ledgerOf();
    const hold = reserved(ledger, [of('a')], 9.01);
    expect(ledger.look(A, DAY, NOW).reservedMicros).toBe(10);
    ledger.settle(hold, 0.2);
    expect(ledger.look(A, DAY, NOW).spentMicros).toBe(1);
  });

  it.each([NaN, -1, Infinity, 2 ** 53 + 2])('refuses to reserve %d, and settles it as what was reserved', (micros) => {
    const ledger = ledgerOf();
    const huge = of('a', { limitMicros: 2 ** 53 });
    expect(verdict(ledger, [huge], micros)).toMatchObject({ allowed: false, refusal: 'exhausted' });
    expect(verdict(ledger, [of('w', { warning: true })], micros)).toMatchObject({ allowed: true, reservedMicros: 0 });
    ledger.settle(reserved(ledger, [huge], 30), micros);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ spentMicros: 30, reservedMicros: 0 });
    expect(() => ledger.add([huge], micros, NOW)).toThrow(RangeError);
  });

  it.each([NaN, -5, -Infinity])('lets nothing pass at a limit of %d', (limitMicros) => {
    expect(verdict(ledgerOf(), [of('a', { limitMicros })], 1).allowed).toBe(false);
  });

  it('is exact at amounts near 2^53', () => {
    const ledger = ledgerOf();
    const limitMicros = 2 ** 53;
    const entries = [of('a', { limitMicros })];
    const hold = reserved(ledger, entries, limitMicros - 3);
    reserved(ledger, entries, 2);
    expect(verdict(ledger, entries, 2).allowed).toBe(false);
    expect(verdict(ledger, entries, 1)).toMatchObject({ allowed: true, remainingMicros: 0, reservedMicros: 2 ** 53 });
    ledger.settle(hold, limitMicros - 4);
    expect(ledger.look(A, { ...DAY, limitMicros }, NOW)).toMatchObject({ spentMicros: 2 ** 53 - 4, reservedMicros: 3 });
    expect(verdict(ledger, entries, 1).remainingMicros).toBe(0);
  });

  it('keeps 10,000 keys with five budgets each apart', () => {
    const ledger = openBudgetLedger(createBudgetMemory({ owners: 2, slots: 4 * 50_000 }), { owner: 0 });
    const periods: readonly BudgetPeriod[] = ['hour', 'day', 'week', 'month', 'total'];
    const keyed = (i: number): BudgetEntry[] => periods.map((per) => of(`key ${i}`, { per, limitMicros: 20_000 }));
    for (let i = 0; i < 10_000; i++) ledger.settle(reserved(ledger, keyed(i), 20_000), i);
    for (let i = 0; i < 10_000; i++) {
      const found = keyed(i).map(({ key, budget }) => ledger.look(key, budget, NOW).spentMicros);
      if (found.some((micros) => micros !== i)) expect(found).toEqual(Array(5).fill(i));
    }
    expect(ledger.stats().full).toBe(0);
  });
});

describe('periods', () => {
  it.each([
    ['hour', '2026-06-16T14:30Z', '2026-06-16T14:59:59.999Z'],
    ['day', '2026-03-29T00:30Z', '2026-03-29T23:59:59.999Z'],
    ['week', '2026-06-16T14:30Z', '2026-06-21T23:59:59.999Z'],
    ['month', '2028-02-01T00:00Z', '2028-02-29T23:59:59.999Z'],
    ['month', '2026-02-10T00:00Z', '2026-02-28T23:59:59.999Z'],
    ['month', '2026-12-31T23:00Z', '2026-12-31T23:59:59.999Z'],
  ] as const)('of one %s from %s end after %s', (per, first, last) => {
    const ledger = ledgerOf();
    const [start, end] = [Date.parse(first), Date.parse(last)];
    ledger.settle(reserved(ledger, [of('a', { per })], 100, start), 100);
    expect(verdict(ledger, [of('a', { per })], 1, end)).toMatchObject({ allowed: false, resetMs: 1 });
    expect(verdict(ledger, [of('a', { per })], 100, end + 1)).toMatchObject({ allowed: true, periodStartMs: end + 1 });
  });

  it('of a total never end', () => {
    const ledger = ledgerOf();
    ledger.add([of('a', { per: 'total' })], 100, NOW);
    const later = verdict(ledger, [of('a', { per: 'total' })], 1, Date.UTC(2226, 0));
    expect(later).toMatchObject({ allowed: false, resetMs: Infinity, periodStartMs: 0 });
  });

  it('are charged with the calls that began in them', () => {
    const ledger = ledgerOf();
    const hold = reserved(ledger, [of('a')], 80);
    const tomorrow = NOW + 24 * HOUR;
    expect(verdict(ledger, [of('a')], 100, tomorrow)).toMatchObject({ allowed: true, spentMicros: 0 });
    ledger.settle(hold, 55);
    expect(ledger.look(A, DAY, NOW)).toMatchObject({ spentMicros: 55, reservedMicros: 0 });
    expect(ledger.look(A, DAY, tomorrow)).toMatchObject({ spentMicros: 0, reservedMicros: 100 });
  });

  it('count on when the clock is set back into them', () => {
    const ledger = ledgerOf();
    ledger.add([of('a')], 90, NOW);
    ledger.add([of('a')], 40, NOW + 24 * HOUR);
    expect(verdict(ledger, [of('a')], 20, NOW)).toMatchObject({ allowed: false, spentMicros: 90 });
    expect(verdict(ledger, [of('a')], 60, NOW + 24 * HOUR)).toMatchObject({ allowed: true, spentMicros: 40 });
  });
});

describe('several budgets', () => {
  it('all hold the reservation, or none of them', () => {
    const ledger = ledgerOf();
    const entries = [of('a'), of('b', { per: 'month' }), of('c', { limitMicros: 50 }), of('d')];
    const taking = ledger.reserve(entries, { micros: 60, nowMs: NOW });
    expect(taking).toMatchObject({ allowed: false, at: 2, refused: { allowed: false, refusal: 'exhausted' } });
    expect(taking.verdicts.map(({ allowed }) => allowed)).toEqual([true, true, false]);
    for (const { key, budget } of entries) expect(ledger.look(key, budget, NOW).reservedMicros).toBe(0);
    const hold = reserved(ledger, entries, 50);
    for (const { key, budget } of entries) expect(ledger.look(key, budget, NOW).reservedMicros).toBe(50);
    ledger.settle(hold, 20);
    for (const { key, budget } of entries) expect(ledger.look(key, budget, NOW).spentMicros).toBe(20);
  });

  it('of which none is asked allow', () => {
    const ledger = ledgerOf();
    expect(reserved(ledger, [], 1e9).parts).toEqual([]);
  });

  it('that only warn refuse nothing, and say so', () => {
    const ledger = ledgerOf();
    const entries = [of('a', { warning: true }), of('b')];
    expect(ledger.reserve(entries, { micros: 100, nowMs: NOW }).verdicts[0]).toMatchObject({
      allowed: true,
      exceeded: false,
    });
    const over = ledger.reserve([of('a', { warning: true })], { micros: 1, nowMs: NOW });
    const standing = { spentMicros: 0, reservedMicros: 101, remainingMicros: 0 };
    expect(over.verdicts).toMatchObject([{ allowed: true, exceeded: true, ...standing }]);
    if (over.allowed) ledger.settle(over.hold, 1);
    const { spentMicros, reservedMicros } = ledger.look(A, { ...DAY, warning: true }, NOW);
    expect([spentMicros, reservedMicros]).toEqual([1, 100]);
  });

  it('share an account when they are of one key and period: it counts a call once, and each has its limit', () => {
    const ledger = ledgerOf();
    reserved(ledger, [of('a', { limitMicros: 80, warning: true }), of('a', { limitMicros: 200 })], 100);
    expect(ledger.look(A, DAY, NOW).reservedMicros).toBe(100);
    const limits = [of('a', { limitMicros: 1000 }), of('a', { limitMicros: 150 })];
    expect(ledger.reserve(limits, { micros: 51, nowMs: NOW })).toMatchObject({ allowed: false, at: 1 });
    expect(ledger.reserve(limits, { micros: 50, nowMs: NOW }).allowed).toBe(true);
    expect(ledger.look(A, DAY, NOW).reservedMicros).toBe(150);
  });
});

describe('a memory that is full', () => {
  it('refuses for hard budgets, and lets calls pass for those that warn', () => {
    const ledger = ledgerOf(16);
    const keyed = (low: number, warning: boolean): BudgetEntry => ({
      key: { high: 0, low },
      budget: { ...DAY, warning },
    });
    for (let low = 0; low < 16; low++) reserved(ledger, [keyed(low, false)], 1);
    expect(verdict(ledger, [keyed(16, false)], 1)).toMatchObject({
      allowed: false,
      refusal: 'memory',
      exceeded: false,
    });
    const taking = ledger.reserve([keyed(3, false), keyed(16, true)], { micros: 1, nowMs: NOW });
    expect(taking).toMatchObject({ allowed: true });
    if (taking.allowed) ledger.settle(taking.hold, 1);
    expect(ledger.look({ high: 0, low: 3 }, DAY, NOW)).toMatchObject({ spentMicros: 1, reservedMicros: 1 });
    expect(ledger.stats().full).toBe(3); // the one that warns asked twice
  });

  it('has room again when periods are over and settled', () => {
    const ledger = ledgerOf(16);
    const holds = Array.from({ length: 16 }, (_, low) =>
      reserved(ledger, [{ key: { high: 0, low }, budget: DAY }], 1, NOW),
    );
    const next = { key: { high: 0, low: 99 }, budget: DAY };
    const later = NOW + 24 * HOUR;
    expect(verdict(ledger, [next], 1, later).refusal).toBe('memory');
    for (const hold of holds.slice(0, 1)) ledger.settle(hold, 1);
    expect(verdict(ledger, [next], 1, later)).toMatchObject({ allowed: true, reservedMicros: 1, spentMicros: 0 });
  });
});
