import type { Period } from '../query/query.ts';
import { LEVEL_MS, type Level } from './cubes.ts';

/** A part of a period, and of what it is answered: roll-ups of a level, or the records themselves. */
export interface Segment extends Period {
  readonly from: Level | 'records';
}

export interface Rolled {
  /** The longest first; those that there are. */
  readonly levels: readonly Level[];
  /** Before this, everything is rolled up at the level. */
  readonly until: Readonly<Record<Level, number>>;
}

/**
 * Covers a period exactly once with the longest roll-ups that fit: whole days, at its ends whole hours, then minutes, and
 * records for what is left. A roll-up longer than the step of the answer would blur it.
 */
export function segmentsOf(period: Period, { levels, until }: Rolled, stepMs: number | undefined): readonly Segment[] {
  if (period.fromMs >= period.toMs) return [];
  const [level, ...finer] = levels;
  if (level === undefined) return [{ ...period, from: 'records' }];
  const size = LEVEL_MS[level];
  const rest = { levels: finer, until };
  const fromMs = Math.ceil(period.fromMs / size) * size;
  const toMs = Math.floor(Math.min(period.toMs, until[level]) / size) * size;
  if (fromMs >= toMs || (stepMs !== undefined && stepMs % size !== 0)) return segmentsOf(period, rest, stepMs);
  return [
    ...segmentsOf({ fromMs: period.fromMs, toMs: fromMs }, rest, stepMs),
    { fromMs, toMs, from: level },
    ...segmentsOf({ fromMs: toMs, toMs: period.toMs }, rest, stepMs),
  ];
}
