import { MICROS_MAX, type Standing } from './budget-accounts.ts';
import type { BudgetSpan } from './budget-period.ts';
import type { Budget, BudgetRefusal, BudgetVerdict } from './budget.ts';

/** What was asked of a budget and what came of it. */
export interface Outcome {
  readonly exceeded: boolean;
  readonly refusal?: BudgetRefusal;
  readonly standing: Standing;
  readonly span: BudgetSpan;
  readonly nowMs: number;
}

export function budgetVerdict(budget: Budget, outcome: Outcome): BudgetVerdict {
  const { exceeded, refusal, standing, span, nowMs } = outcome;
  const { committed, reserved } = standing;
  return {
    allowed: refusal === undefined,
    ...(refusal !== undefined && { refusal }),
    exceeded,
    spentMicros: Math.max(0, committed - reserved),
    reservedMicros: reserved,
    remainingMicros: Math.max(0, limitOf(budget) - committed),
    periodStartMs: span.startMs,
    resetMs: Math.max(0, span.endMs - nowMs),
  };
}

/** A limit that is no amount leaves no room. */
export function limitOf({ limitMicros }: Budget): number {
  return limitMicros >= 0 ? Math.min(limitMicros, MICROS_MAX) : 0;
}

/** Whole micros, rounded up; Infinity when it is no amount, which fits nowhere. */
export function wholeMicros(micros: number): number {
  return micros >= 0 && micros <= MICROS_MAX ? Math.ceil(micros) : Infinity;
}
