import type { Breaking, Change } from '../breaking/compare-documents.ts';
import type { OperationsDifference } from './operations-difference.ts';

/** What a new document does to callers. */
export interface BreakingHint {
  readonly level: 'error' | 'warning';
  /** `METHOD /path`; '' for the document. */
  readonly operation: string;
  /** What happens there, such as `the required parameter q was added`. */
  readonly message: string;
  /** Of the change, by which it can be waived; left out where documents could not be compared. */
  readonly id?: string;
  /** Where in the operation. */
  readonly path?: string;
}

/** Breaks first, then what may break; what is compatible is left out. */
export function breakingHints({ changes }: Pick<Breaking, 'changes'>): readonly BreakingHint[] {
  return changes.flatMap((change) => (change.level === 'info' ? [] : [hintOf(change, change.level)]));
}

function hintOf({ id, operation, path, message }: Change, level: BreakingHint['level']): BreakingHint {
  return { level, operation, message, id, ...(path !== '' && { path }) };
}

/** By the operations alone, for documents that cannot be compared: what is gone breaks its callers, other input may. */
export function hintsOfOperations({ removed, changed }: OperationsDifference, why: string): readonly BreakingHint[] {
  const gone = removed.map((operation): BreakingHint => ({ level: 'error', operation, message: 'is gone' }));
  const other = changed
    .filter(({ parts }) => parts.includes('parameters') || parts.includes('input'))
    .map(({ operation }): BreakingHint => ({ level: 'warning', operation, message: 'takes other input' }));
  const message = `more may break, the documents cannot be compared: ${why}`;
  return [...gone, ...other, { level: 'warning', operation: '', message }];
}
