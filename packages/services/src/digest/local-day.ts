import type { Period } from '@gatehouse/analytics';
import { momentOf, plainMs, wallTimeOf, type WallTime } from '../alerts/zoned-time.ts';

const DAY_MS = 86_400_000;

/** The day of a moment by the clocks there, or one so many days off: as a midnight in Greenwich. */
export function dayOf(atMs: number, timeZone: string, offDays = 0): number {
  return plainMs({ ...wallTimeOf(atMs, timeZone), hour: 0, minute: 0 }) + offDays * DAY_MS;
}

export function dayName(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

/** When clocks there show that hour of that day. */
export function hourOfDay(day: number, hour: number, timeZone: string): number {
  const date = new Date(day);
  const wall: WallTime = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour,
    minute: 0,
  };
  return momentOf(wall, timeZone);
}

/** From its midnight to that of the day behind `days` of them; days of 23 and 25 hours are whole, too. */
export function daysFrom(day: number, days: number, timeZone: string): Period {
  return { fromMs: hourOfDay(day, 0, timeZone), toMs: hourOfDay(day + days * DAY_MS, 0, timeZone) };
}
