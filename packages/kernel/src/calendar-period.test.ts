import { describe, expect, it } from 'vitest';
import { calendarPeriod, type CalendarUnit } from './calendar-period.ts';

function check(per: CalendarUnit, now: string, expected: readonly [string, string]): void {
  const { startMs, endMs } = calendarPeriod(per, Date.parse(now));
  expect([new Date(startMs).toISOString(), new Date(endMs).toISOString()]).toEqual(
    expected.map((time) => new Date(time).toISOString()),
  );
}

describe('calendarPeriod', () => {
  it('cuts hours on the hour', () => {
    check('hour', '2026-06-16T14:59:59.999Z', ['2026-06-16T14:00Z', '2026-06-16T15:00Z']);
    check('hour', '2026-06-16T15:00:00.000Z', ['2026-06-16T15:00Z', '2026-06-16T16:00Z']);
  });

  it('cuts days at midnight UTC, whatever the local clock says', () => {
    check('day', '2026-03-29T23:30:00-02:00', ['2026-03-30', '2026-03-31']);
  });

  it('starts weeks on Monday', () => {
    check('week', '2026-06-21T23:59:59.999Z', ['2026-06-15', '2026-06-22']);
    check('week', '2026-06-22T00:00:00.000Z', ['2026-06-22', '2026-06-29']);
    check('week', '1970-01-01T00:00:00.000Z', ['1969-12-29', '1970-01-05']);
  });

  it('gives every month its own length', () => {
    check('month', '2026-02-28T23:59:59.999Z', ['2026-02-01', '2026-03-01']);
    check('month', '2028-02-29T12:00:00.000Z', ['2028-02-01', '2028-03-01']);
    check('month', '2026-12-31T23:59:59.999Z', ['2026-12-01', '2027-01-01']);
  });

  it('cuts years at New Year', () => {
    check('year', '2028-02-29T12:00:00.000Z', ['2028-01-01', '2029-01-01']);
  });
});
