import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodOf } from './calendar-period.ts';
import { foreseen } from './forecast.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const iso = (atMs: number): string => (Number.isFinite(atMs) ? new Date(atMs).toISOString() : String(atMs));

it.each([
  ['hour', '2026-11-26T12:00:00.000Z', '2026-11-26T13:00:00.000Z'],
  ['day', '2026-11-26T00:00:00.000Z', '2026-11-27T00:00:00.000Z'],
  // A Thursday.
  ['week', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  ['month', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ['year', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['total', '1970-01-01T00:00:00.000Z', 'Infinity'],
])('the %s of a moment begins and ends by the calendar', (per, from, to) => {
  const period = periodOf(per, NOW_MS);
  expect([iso(period.fromMs), iso(period.toMs)]).toEqual([from, to]);
});

it('there is no other period', () => {
  expect(() => periodOf('constructor', NOW_MS)).toThrow('there is no period constructor');
});

describe('a forecast', () => {
  // Half of the day is over.
  const day = { limit: 100, period: periodOf('day', NOW_MS), unit: 'calls' };
  const CASES: readonly (readonly [name: string, used: number, isBreached: boolean])[] = [
    ['less than half at half time will do', 49, false],
    ['half of it at half time is used up at the end, and not before', 50, false],
    ['more than half at half time is used up before', 51, true],
    ['what is used up is so', 100, true],
    ['nothing used is no trend', 0, false],
  ];
  it.each(CASES)('%s', (_, used, isBreached) => {
    expect(foreseen(used, NOW_MS, day).isBreached).toBe(isBreached);
  });

  it('says when', () => {
    expect(foreseen(75, NOW_MS, day).note).toBe(
      '75 of 100 calls: used up by 2026-11-26T16:00Z, the period ends 2026-11-27T00:00Z',
    );
  });

  it('says nothing at the beginning of a period', () => {
    expect(foreseen(90, day.period.fromMs + 60_000, day).isBreached).toBe(false);
  });

  it('of what never ends says only that it is used up', () => {
    const total = { ...day, period: periodOf('total', NOW_MS) };
    expect([99, 100].map((used) => foreseen(used, NOW_MS, total).isBreached)).toEqual([false, true]);
  });

  it('is breached just when the straight line is above the limit at the end', () => {
    const share = fc.double({ min: 0.03, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(share, fc.double({ min: 0, max: 99, noNaN: true }), (elapsed, used) => {
        const { fromMs, toMs } = day.period;
        const nowMs = fromMs + elapsed * (toMs - fromMs);
        const atEnd = used / elapsed;
        fc.pre(Math.abs(atEnd - 100) > 1e-6);
        expect(foreseen(used, nowMs, day).isBreached).toBe(atEnd > 100);
      }),
    );
  });
});
