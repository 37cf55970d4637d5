import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetSpan, isForgotten, isKind, KEPT_MS, spanOfKind, type BudgetPeriod } from './budget-period.ts';

const PERIODS: readonly BudgetPeriod[] = ['hour', 'day', 'week', 'month', 'total'];

describe('budgetSpan', () => {
  it.each([
    ['hour', '2026-03-29T01:59:59.999Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
    ['day', '2026-03-29T23:30:00-02:00', '2026-03-30', '2026-03-31'],
    ['week', '2026-06-21T23:59:59.999Z', '2026-06-15', '2026-06-22'],
    ['week', '1970-01-02', '1969-12-29', '1970-01-05'],
    ['month', '2026-02-28T23:59:59.999Z', '2026-02-01', '2026-03-01'],
    ['month', '2028-02-29T23:59:59.999Z', '2028-02-01', '2028-03-01'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01', '2027-01-01'],
    ['month', '2100-02-28T12:00:00Z', '2100-02-01', '2100-03-01'],
  ] as const)('cuts the %s of %s in UTC', (per, now, start, end) => {
    expect(budgetSpan(per, Date.parse(now))).toMatchObject({ startMs: Date.parse(start), endMs: Date.parse(end) });
  });

  it('never ends a total', () => {
    expect(budgetSpan('total', Date.UTC(2026, 1))).toEqual({ ...budgetSpan('total', 0), startMs: 0, endMs: Infinity });
  });

  it.each([NaN, -1, -Infinity])('refuses the time %d', (nowMs) => {
    expect(() => budgetSpan('day', nowMs)).toThrow(RangeError);
  });

  it('names every period of every length by another number, from which it can be told', () => {
    const time = fc.integer({ min: 0, max: Date.UTC(2400, 0) });
    fc.assert(
      fc.property(time, time, fc.constantFrom(...PERIODS), fc.constantFrom(...PERIODS), (a, b, perA, perB) => {
        const [one, other] = [budgetSpan(perA, a), budgetSpan(perB, b)];
        expect([isKind(one.kind), spanOfKind(one.kind)]).toEqual([true, one]);
        expect(one.kind === other.kind).toBe(perA === perB && one.startMs === other.startMs);
      }),
    );
  });
});

describe('isKind', () => {
  it.each([0, -1, NaN, 8, 6, 2 ** 30, 2 ** 31 - 1, -(2 ** 31) | 5])('knows that %d is none', (kind) => {
    expect(isKind(kind)).toBe(false);
  });
});

describe('isForgotten', () => {
  it('keeps a period for some minutes after its end, and a total for ever', () => {
    const { kind, endMs } = budgetSpan('month', Date.UTC(2028, 1, 29));
    expect(isForgotten(kind, endMs + KEPT_MS - 1)).toBe(false);
    expect(isForgotten(kind, endMs + KEPT_MS)).toBe(true);
    expect(isForgotten(budgetSpan('total', 0).kind, Date.UTC(9999, 0))).toBe(false);
  });
});
