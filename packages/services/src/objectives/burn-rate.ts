/** Calls of a window: all that count, and those of them that were not good. `bad` may be an estimate, and broken. */
export interface Counted {
  readonly calls: number;
  readonly bad: number;
}

const HOUR_S = 3600;
const DAY_S = 86_400;

/** A rate that is burnt over both windows: the long one says that it matters, the short one that it still goes on. */
export interface BurnRule {
  readonly factor: number;
  readonly longS: number;
  readonly shortS: number;
  /** Whether somebody is woken, or finds it in the morning. */
  readonly urgency: 'page' | 'ticket';
}

/** Google, The Site Reliability Workbook, chapter 5, for 30 days: 2 %, 5 %, 10 % and 10 % of a budget in the long window. */
export const BURN_RULES: readonly BurnRule[] = [
  { factor: 14.4, longS: HOUR_S, shortS: 300, urgency: 'page' },
  { factor: 6, longS: 6 * HOUR_S, shortS: 1800, urgency: 'page' },
  { factor: 3, longS: DAY_S, shortS: 2 * HOUR_S, urgency: 'ticket' },
  { factor: 1, longS: 3 * DAY_S, shortS: 6 * HOUR_S, urgency: 'ticket' },
];

/** Percent that may be bad, as a share. */
export function allowedShare(target: number): number {
  return (100 - target) / 100;
}

/** How many times faster than evenly the budget is spent: 1 spends exactly all of it in the window of the objective. */
export function burnRate({ calls, bad }: Counted, target: number): number {
  return calls === 0 ? 0 : bad / calls / allowedShare(target);
}

/** 1: nothing is spent; 0: all of it; less: more than there was. */
export function budgetLeft({ calls, bad }: Counted, target: number): number {
  return calls === 0 ? 1 : 1 - bad / (calls * allowedShare(target));
}

export function isBurning(rule: BurnRule, { long, short }: { readonly long: number; readonly short: number }): boolean {
  return long >= rule.factor && short >= rule.factor;
}

/** `1h`, `30m`, `3d` */
export function windowName(seconds: number): string {
  if (seconds % DAY_S === 0) return `${seconds / DAY_S}d`;
  return seconds % HOUR_S === 0 ? `${seconds / HOUR_S}h` : `${seconds / 60}m`;
}
