import { CALENDAR_UNITS, calendarPeriod } from '@gatehouse/kernel';

/** A calendar's period in UTC, as quotas and budgets have them. */
export interface CalendarPeriod {
  readonly fromMs: number;
  /** Infinity: it never ends. */
  readonly toMs: number;
}

export function periodOf(per: string, nowMs: number): CalendarPeriod {
  if (per === 'total') return { fromMs: 0, toMs: Infinity };
  const unit = CALENDAR_UNITS.find((known) => known === per);
  if (unit === undefined) throw new Error(`there is no period ${per}`);
  const { startMs, endMs } = calendarPeriod(unit, nowMs);
  return { fromMs: startMs, toMs: endMs };
}
