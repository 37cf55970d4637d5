export type { Algorithm, Counters, Limit, Quota, QuotaPeriod, Verdict } from './counters.ts';
export { createCounterMemory, type CounterMemory, type CounterMemoryOptions } from './counter-memory.ts';
export { openCounters, type CounterStats, type QuotaRow, type SharedCounters } from './shared-counters.ts';
export { quotaPeriod, type Period } from './period.ts';
