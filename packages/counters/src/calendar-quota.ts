import { cell, EXPIRES, OWN, steadyNow, TOUCHED, type Ask } from './cells.ts';
import type { Quota, QuotaPeriod, Verdict } from './counters.ts';
import { calendarPeriod } from '@gatehouse/kernel';

const COUNT = OWN;
const START = OWN + 1;

export interface QuotaCount {
  readonly per: QuotaPeriod;
  readonly periodStartMs: number;
  readonly count: number;
}

/** Never more than `limit` units in a calendar period. The period's end is the slot's `EXPIRES`. */
export function takeCalendarQuota(cells: Float64Array, at: number, ask: Ask<Quota>): Verdict {
  const verdict = askCalendarQuota(cells, at, ask);
  if (verdict.allowed) cells[at + COUNT] = cell(cells, at + COUNT) + ask.cost;
  return verdict;
}

/** What `takeCalendarQuota` would say, and nothing is taken. */
export function askCalendarQuota(cells: Float64Array, at: number, ask: Ask<Quota>): Verdict {
  const { limit, per } = ask.rule;
  const now = arrive(cells, at, { per, nowMs: ask.nowMs });
  const left = limit - cell(cells, at + COUNT);
  const allowed = ask.cost >= 0 && ask.cost <= left;
  const resetMs = cell(cells, at + EXPIRES) - now;
  if (allowed) return { allowed, remaining: left - ask.cost, resetMs, retryMs: 0 };
  return { allowed, remaining: Math.max(0, left), resetMs, retryMs: ask.cost > limit ? Infinity : resetMs };
}

/** Counts, whatever the limit; a negative cost is given back. */
export function adjustCalendarQuota(cells: Float64Array, at: number, ask: Ask<Quota>): void {
  arrive(cells, at, { per: ask.rule.per, nowMs: ask.nowMs });
  cells[at + COUNT] = Math.max(0, cell(cells, at + COUNT) + ask.cost);
}

/** Raises the present period's count to `cost`. */
export function restoreQuota(cells: Float64Array, at: number, ask: Ask<QuotaPeriod>): void {
  arrive(cells, at, { per: ask.rule, nowMs: ask.nowMs });
  cells[at + COUNT] = Math.max(cell(cells, at + COUNT), ask.cost);
}

export function quotaCount(cells: Float64Array, at: number, per: QuotaPeriod): QuotaCount {
  return { per, periodStartMs: cell(cells, at + START), count: cell(cells, at + COUNT) };
}

/**
 * Brings the slot's time to now and says what it is. A later period starts from nothing; an earlier one means that the
 * clock was set back, and then what was counted stays.
 */
function arrive(cells: Float64Array, at: number, { per, nowMs }: { per: QuotaPeriod; nowMs: number }): number {
  const now = steadyNow(cell(cells, at + TOUCHED), nowMs);
  cells[at + TOUCHED] = now;
  const over = now >= cell(cells, at + EXPIRES);
  if (!over && now >= cell(cells, at + START)) return now;
  const { startMs, endMs } = calendarPeriod(per, now);
  if (over) cells[at + COUNT] = 0;
  cells[at + START] = startMs;
  cells[at + EXPIRES] = endMs;
  return now;
}
