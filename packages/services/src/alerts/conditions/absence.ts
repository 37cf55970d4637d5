import type { AlertRule } from '../rule.ts';
import { keyOf, type Reading, type Readings } from '../reading.ts';
import { KEYS_ASKED_MAX, labelsOf, lastSeconds, rowsOf, valueOf, type Look } from './look.ts';

export type Absence = NonNullable<AlertRule['condition']['absence']>;

const DAY_S = 86_400;

/** There were no calls; told apart by something, none of what has called before. */
export async function readAbsence(look: Look, { windowSeconds, knownSeconds = DAY_S }: Absence): Promise<Readings> {
  const period = lastSeconds(look.toMs, windowSeconds);
  const now = await rowsOf(look, { period, metrics: ['calls'] });
  const note = (calls: number): string => `${calls} calls in ${windowSeconds} s`;
  if ((look.rule.by ?? []).length === 0) {
    const calls = valueOf(now[0], 'calls') ?? 0;
    return { items: [{ labels: {}, value: calls, isBreached: calls === 0, note: note(calls) }], isCut: false };
  }
  const known = await rowsOf(look, { period: lastSeconds(period.fromMs, knownSeconds), metrics: ['calls'] });
  const present = new Map(now.map((row) => [keyOf(labelsOf(row)), valueOf(row, 'calls') ?? 0]));
  const items = known.map((row): Reading => {
    const labels = labelsOf(row);
    const calls = present.get(keyOf(labels)) ?? 0;
    return { labels, value: calls, isBreached: calls === 0, note: note(calls) };
  });
  return { items, isCut: known.length >= KEYS_ASKED_MAX };
}
