import { calendarPeriod } from '@gatehouse/kernel';

export type BudgetPeriod = 'hour' | 'day' | 'week' | 'month' | 'total';

/** One period of one length. `kind` says both in a number of 31 bits above 0, which is its name in memory and on disk. */
export interface BudgetSpan {
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** In this order on disk: only ever append. */
const PERIODS: readonly BudgetPeriod[] = ['hour', 'day', 'week', 'month', 'total'];
const PERIOD_BITS = 3;
const PERIOD_MASK = (1 << PERIOD_BITS) - 1;
const KIND_MAX = 2 ** 30;
const HOUR_MS = 3_600_000;
/** The first week of the epoch began before it. */
const HOURS_BEFORE = 7 * 24;

/** Counts are kept so long after their period: threads disagree about the time, and clocks are set back. */
export const KEPT_MS = 600_000;

export function budgetSpan(per: BudgetPeriod, nowMs: number): BudgetSpan {
  if (!(nowMs >= 0)) throw new RangeError(`${nowMs} is no time for a budget`);
  const { startMs, endMs } = per === 'total' ? { startMs: 0, endMs: Infinity } : calendarPeriod(per, nowMs);
  const hours = startMs / HOUR_MS + HOURS_BEFORE; // every period starts on the hour
  return { kind: (hours << PERIOD_BITS) | (PERIODS.indexOf(per) + 1), startMs, endMs };
}

/** Whether a number can be one; nothing else is counted anywhere. */
export function isKind(kind: number): boolean {
  const per = kind & PERIOD_MASK;
  return kind > 0 && kind < KIND_MAX && per > 0 && per <= PERIODS.length;
}

export function spanOfKind(kind: number): BudgetSpan {
  const startMs = ((kind >> PERIOD_BITS) - HOURS_BEFORE) * HOUR_MS;
  return budgetSpan(PERIODS[(kind & PERIOD_MASK) - 1] ?? 'total', Math.max(0, startMs));
}

/** Whether a period has been over for so long that its counts are of no use. */
export function isForgotten(kind: number, nowMs: number): boolean {
  return spanOfKind(kind).endMs + KEPT_MS <= nowMs;
}
