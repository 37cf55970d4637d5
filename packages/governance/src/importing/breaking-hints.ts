import type { OperationsDifference } from './operations-difference.ts';

/** A first word on what a new document does to callers; the comparison of documents says it all. */
export interface BreakingHint {
  readonly level: 'error' | 'warning';
  readonly operation: string;
  /** The predicate of a sentence about the operation. */
  readonly message: string;
}

/** By the operations alone: what is gone breaks its callers, what takes other input may. */
export function breakingHints({ removed, changed }: OperationsDifference): readonly BreakingHint[] {
  const gone = removed.map((operation): BreakingHint => ({ level: 'error', operation, message: 'is gone' }));
  const other = changed
    .filter(({ parts }) => parts.includes('parameters') || parts.includes('input'))
    .map(({ operation }): BreakingHint => ({ level: 'warning', operation, message: 'takes other input' }));
  return [...gone, ...other];
}
