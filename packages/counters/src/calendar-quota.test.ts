import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotaCount, restoreQuota, takeCalendarQuota } from './calendar-quota.ts';
import { SLOT_CELLS } from './cells.ts';
import type { QuotaPeriod, Verdict } from './counters.ts';
import { calendarPeriod } from '@gatehouse/kernel';

const DAY = 86_400_000;
const JUNE_16 = Date.UTC(2026, 5, 16);

function slotOf(
  limit: number,
  per: QuotaPeriod,
): { cells: Float64Array; take: (cost: number, nowMs: number) => Verdict } {
  const cells = new Float64Array(SLOT_CELLS);
  return { cells, take: (cost, nowMs) => takeCalendarQuota(cells, 0, { cost, rule: { limit, per }, nowMs }) };
}

describe('takeCalendarQuota', () => {
  it('agrees with a ledger by period on every call', () => {
    const calls = fc.array(fc.tuple(fc.oneof(fc.nat(1000), fc.nat(3 * DAY)), fc.integer({ min: 1, max: 4 })), {
      maxLength: 200,
      size: 'max',
    });
    const periods = fc.constantFrom<QuotaPeriod>('hour', 'day', 'week', 'month', 'year');
    fc.assert(
      fc.property(calls, periods, fc.integer({ min: 1, max: 20 }), (steps, per, limit) => {
        const { take } = slotOf(limit, per);
        const ledger = new Map<number, number>();
        let now = JUNE_16;
        for (const [afterMs, cost] of steps) {
          now += afterMs;
          const { startMs, endMs } = calendarPeriod(per, now);
          const used = ledger.get(startMs) ?? 0;
          const expected = used + cost <= limit;
          if (expected) ledger.set(startMs, used + cost);
          expect(take(cost, now)).toMatchObject({ allowed: expected, resetMs: endMs - now });
        }
      }),
    );
  });

  it('counts a call of a slow thread in the period that has begun', () => {
    const { take } = slotOf(5, 'day');
    take(1, JUNE_16);
    expect(take(1, JUNE_16 - 20)).toMatchObject({ allowed: true, remaining: 3, resetMs: DAY });
  });

  it('keeps what was counted when the clock was set back into an earlier period', () => {
    const { take } = slotOf(5, 'day');
    take(4, JUNE_16);
    expect(take(1, JUNE_16 - 3 * DAY)).toMatchObject({ allowed: true, remaining: 0, resetMs: DAY });
    expect(take(1, JUNE_16 - 3 * DAY).allowed).toBe(false);
    expect(take(5, JUNE_16 - 2 * DAY).allowed).toBe(true);
  });

  it('shows nothing below zero when the quota was lowered', () => {
    const { cells, take } = slotOf(5, 'month');
    take(5, JUNE_16);
    const rule = { limit: 2, per: 'month' } as const;
    expect(takeCalendarQuota(cells, 0, { cost: 0, rule, nowMs: JUNE_16 })).toMatchObject({
      allowed: false,
      remaining: 0,
    });
  });
});

describe('restoreQuota', () => {
  it('raises the count of the present period and never lowers it', () => {
    const { cells, take } = slotOf(10, 'day');
    restoreQuota(cells, 0, { cost: 7, rule: 'day', nowMs: JUNE_16 + 5 });
    expect(take(1, JUNE_16 + 6).remaining).toBe(2);
    restoreQuota(cells, 0, { cost: 7, rule: 'day', nowMs: JUNE_16 + 7 });
    expect(quotaCount(cells, 0, 'day')).toEqual({ per: 'day', periodStartMs: JUNE_16, count: 8 });
  });
});
