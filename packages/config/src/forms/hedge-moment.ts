import { parseDuration } from '@gatehouse/kernel';
import type { HedgeSpec } from '../snapshot.ts';
import { meaning, parsedText, type Parse } from './parsed.ts';

const AFTER_MS_MAX = 60_000;

/** `p95`, or a duration. */
const parseHedgeMoment: Parse<HedgeSpec> = (text) => {
  const percent = /^p([5-9]\d)$/.exec(text)?.[1];
  if (percent !== undefined) return { value: { kind: 'quantile', quantile: Number(percent) / 100 } };
  const afterMs = parseDuration(text);
  if (afterMs !== undefined && afterMs >= 1 && afterMs <= AFTER_MS_MAX) return { value: { kind: 'after', afterMs } };
  return { wrong: 'is no moment, write p50 to p99 for a share of the latencies of late, or a duration from 1ms to 1m' };
};

export const hedgeMomentText = (options: { readonly description: string; readonly default: string }) =>
  parsedText(parseHedgeMoment, {
    title: 'a moment',
    pattern: String.raw`^(p[5-9]\d|\d+(\.\d+)?(ms|s|m))$`,
    examples: ['p95', '50ms'],
    ...options,
  });

export const hedgeMoment = (text: string): HedgeSpec => meaning(parseHedgeMoment, text);
