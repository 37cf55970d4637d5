import type { Keep } from '../analytics-store.ts';

const YEARS_MS = 10 * 365 * 86_400_000;

/** Nothing is forgotten while a test or a bench runs. */
export const KEEP_ALL: Keep = {
  recordsMs: YEARS_MS,
  bodiesMs: YEARS_MS,
  minutesMs: YEARS_MS,
  hoursMs: YEARS_MS,
  daysMs: YEARS_MS,
  ledgerMs: YEARS_MS,
  bytesMax: 1e15,
};
