export type { Algorithm, Counters, Limit, Verdict } from './counters.ts';
