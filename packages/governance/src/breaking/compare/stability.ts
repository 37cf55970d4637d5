import { inherited, type Operation } from '../canonicalise/paths.ts';

/** From what nobody should rely on to what all may. */
export const STABILITIES = ['draft', 'alpha', 'beta', 'stable'] as const;
export type Stability = (typeof STABILITIES)[number];

/** What says nothing is stable. */
export function stabilityOf(operation: Operation, root: unknown): Stability {
  const written = inherited(operation, root, 'x-stability-level');
  return STABILITIES.find((level) => level === written) ?? 'stable';
}

export function rankOf(level: Stability): number {
  return STABILITIES.indexOf(level);
}
