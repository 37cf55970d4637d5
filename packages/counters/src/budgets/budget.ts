import type { Hash64 } from '@gatehouse/kernel';
import type { BudgetHold } from './budget-hold.ts';
import type { BudgetPeriod } from './budget-period.ts';

/** So much money per calendar period in UTC; weeks start on Monday, `total` never ends. */
export interface Budget {
  /** Whole millionths of a US dollar, up to 2^53. */
  readonly limitMicros: number;
  readonly per: BudgetPeriod;
  /** Reports only: refuses nothing, whatever was spent. */
  readonly warning?: boolean;
}

/** A budget and whose it is. The same key may have one budget for each period. */
export interface BudgetEntry {
  readonly key: Hash64;
  readonly budget: Budget;
}

/**
 * Why a budget refuses: it has no room; the shared memory has no slot for it; or the reservation could not be written
 * down, without which a crash would forget it.
 */
export type BudgetRefusal = 'exhausted' | 'memory' | 'journal';

export interface BudgetVerdict {
  readonly allowed: boolean;
  readonly refusal?: BudgetRefusal;
  /** What was asked for does not fit: a budget that only warns allows it all the same. */
  readonly exceeded: boolean;
  /** What ended calls cost. Like the next two it includes this call, when it was allowed. */
  readonly spentMicros: number;
  /** What calls under way may cost at most. */
  readonly reservedMicros: number;
  readonly remainingMicros: number;
  readonly periodStartMs: number;
  /** ms until the period ends; Infinity for `total`. */
  readonly resetMs: number;
}

/** The answer to a call that is charged to several budgets: all of them hold a reservation, or none does. */
export type BudgetTaking =
  | { readonly allowed: true; readonly verdicts: readonly BudgetVerdict[]; readonly hold: BudgetHold }
  | {
      readonly allowed: false;
      /** As far as was asked. What budgets before the one that refuses had reserved was given back since. */
      readonly verdicts: readonly BudgetVerdict[];
      /** The one that refuses, and its index. */
      readonly refused: BudgetVerdict;
      readonly at: number;
    };
