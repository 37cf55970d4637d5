export const CALENDAR_UNITS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

export interface CalendarPeriod {
  readonly startMs: number;
  /** The first ms of the next period. */
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** The epoch was a Thursday; weeks start on Monday (ISO 8601). */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const fixed = (widthMs: number, originMs: number, nowMs: number): CalendarPeriod => {
  const startMs = Math.floor((nowMs - originMs) / widthMs) * widthMs + originMs;
  return { startMs, endMs: startMs + widthMs };
};

const PERIODS: Readonly<Record<CalendarUnit, (nowMs: number) => CalendarPeriod>> = {
  hour: (nowMs) => fixed(HOUR_MS, 0, nowMs),
  day: (nowMs) => fixed(DAY_MS, 0, nowMs),
  week: (nowMs) => fixed(WEEK_MS, FIRST_MONDAY_MS, nowMs),
  month: (nowMs) => {
    const date = new Date(nowMs);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
  },
  year: (nowMs) => {
    const year = new Date(nowMs).getUTCFullYear();
    return { startMs: Date.UTC(year), endMs: Date.UTC(year + 1) };
  },
};

/** The calendar period in UTC that `nowMs` lies in. */
export function calendarPeriod(per: CalendarUnit, nowMs: number): CalendarPeriod {
  return PERIODS[per](nowMs);
}
