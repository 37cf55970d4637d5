import type { Quota } from '@gatehouse/counters';
import { calendarPeriod } from '@gatehouse/kernel';
import { LimitReport } from './limit-report.ts';

/** Months and years differ in length, so the window that is shown is that of the present one. */
export function quotaReports(name: string, { limit, per }: Quota): (nowMs: number) => LimitReport {
  let period = { startMs: 0, endMs: 0 };
  let report: LimitReport | undefined;
  return (nowMs) => {
    if (report !== undefined && nowMs >= period.startMs && nowMs < period.endMs) return report;
    period = calendarPeriod(per, nowMs);
    report = new LimitReport(name, { limit, windowMs: period.endMs - period.startMs });
    return report;
  };
}
