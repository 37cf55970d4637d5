export { BucketLock, type BucketLockOptions } from './bucket-lock.ts';
export type {
  Algorithm,
  Counters,
  Leasing,
  Limit,
  Quota,
  QuotaPeriod,
  Take,
  TakingAll,
  Verdict,
  WindowLimit,
} from './counters.ts';
export { createCounterMemory, type CounterMemory, type CounterMemoryOptions } from './counter-memory.ts';
export { openCounters, type CounterStats, type QuotaRow, type SharedCounters } from './shared-counters.ts';
export type { Budget, BudgetEntry, BudgetRefusal, BudgetTaking, BudgetVerdict } from './budgets/budget.ts';
export type { BudgetPeriod } from './budgets/budget-period.ts';
export type { BudgetHold } from './budgets/budget-hold.ts';
export { createBudgetMemory, type BudgetMemory, type BudgetMemoryOptions } from './budgets/budget-memory.ts';
export {
  openBudgetLedger,
  type BudgetLedger,
  type BudgetLedgerOptions,
  type HoldEnd,
} from './budgets/budget-ledger.ts';
export type { CallNote, RecordSink } from './budgets/call-note.ts';
export type { LostCalls } from './budgets/lost-calls.ts';
export type { BudgetStats } from './budgets/budget-accounts.ts';
export { BudgetJournal, type BudgetJournalOptions } from './budgets/budget-journal.ts';
export { openBudgets, type BudgetBooks, type OpenBudgetsOptions } from './budgets/open-budgets.ts';
export { createKeptMemory, type KeptMemory, type KeptMemoryOptions } from './kept/kept-memory.ts';
export { openKeptReplies, type Beginning, type KeptKey, type KeptReplies } from './kept/kept-replies.ts';
