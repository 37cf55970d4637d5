import { hash64 } from '@gatehouse/kernel';
import type { BudgetEntry } from '../budgets/budget.ts';

export const NOW = Date.UTC(2026, 5, 16, 14, 30);

/** What processes that are killed spend from. */
export const VICTIM_ENTRIES: readonly BudgetEntry[] = [
  { key: hash64('application'), budget: { limitMicros: 1_000_000_000, per: 'month' } },
  { key: hash64('team'), budget: { limitMicros: 100_000_000, per: 'day' } },
  { key: hash64('model'), budget: { limitMicros: 8_000_000, per: 'total' } },
];

/** What one of their calls may cost at most. */
export const VICTIM_MICROS_MAX = 1000;
