import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, momentOf, wallTimeOf, type WallTime } from './zoned-time.ts';

const wall = (text: string): WallTime => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute };
};

const MOMENTS: readonly (readonly [name: string, text: string, zone: string, expected: string])[] = [
  ['in Greenwich it is the same', '2026-11-27 08:00', 'UTC', '2026-11-27T08:00:00.000Z'],
  ['in winter', '2026-11-27 08:00', 'Europe/Vienna', '2026-11-27T07:00:00.000Z'],
  ['in summer', '2026-07-01 08:00', 'Europe/Vienna', '2026-07-01T06:00:00.000Z'],
  ['a time that clocks leap over is behind the leap', '2026-03-29 02:30', 'Europe/Vienna', '2026-03-29T01:30:00.000Z'],
  ['of two times of that name it is the first', '2026-10-25 02:30', 'Europe/Vienna', '2026-10-25T00:30:00.000Z'],
  ['west of Greenwich', '2026-11-27 23:59', 'America/Los_Angeles', '2026-11-28T07:59:00.000Z'],
  ['in quarters of an hour', '2026-11-27 00:00', 'Asia/Kathmandu', '2026-11-26T18:15:00.000Z'],
];

describe('a moment of clocks on a wall', () => {
  it.each(MOMENTS)('%s', (_, text, zone, expected) => {
    expect(new Date(momentOf(wall(text), zone)).toISOString()).toBe(expected);
  });

  it('is read as it was written, but for the hour that there is twice', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Vienna', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    const moments = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(moments, zones, (atMs, zone) => {
        const minute = Math.floor(atMs / 60_000) * 60_000;
        const shown = wallTimeOf(minute, zone);
        const back = momentOf(shown, zone);
        expect(wallTimeOf(back, zone)).toEqual(shown);
        expect(minute - back).toBeGreaterThanOrEqual(0);
        expect(minute - back).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it('knows what is no time zone', () => {
    expect(['UTC', 'Europe/Vienna', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
