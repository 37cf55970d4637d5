/** A calendar's period in UTC, as quotas and budgets have them. */
export interface CalendarPeriod {
  readonly fromMs: number;
  /** Infinity: it never ends. */
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** The epoch was a Thursday; weeks start on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const fixed = (lengthMs: number, startMs: number, nowMs: number): CalendarPeriod => {
  const fromMs = Math.floor((nowMs - startMs) / lengthMs) * lengthMs + startMs;
  return { fromMs, toMs: fromMs + lengthMs };
};

const PERIODS: Readonly<Record<string, (nowMs: number) => CalendarPeriod>> = {
  hour: (nowMs) => fixed(HOUR_MS, 0, nowMs),
  day: (nowMs) => fixed(DAY_MS, 0, nowMs),
  week: (nowMs) => fixed(WEEK_MS, FIRST_MONDAY_MS, nowMs),
  month: (nowMs) => {
    const now = new Date(nowMs);
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
    return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) };
  },
  year: (nowMs) => {
    const year = new Date(nowMs).getUTCFullYear();
    return { fromMs: Date.UTC(year, 0), toMs: Date.UTC(year + 1, 0) };
  },
  total: () => ({ fromMs: 0, toMs: Infinity }),
};

export function periodOf(per: string, nowMs: number): CalendarPeriod {
  const period = Object.hasOwn(PERIODS, per) ? PERIODS[per]?.(nowMs) : undefined;
  if (period === undefined) throw new Error(`there is no period ${per}`);
  return period;
}
