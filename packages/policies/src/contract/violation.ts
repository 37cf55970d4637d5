/** Of one name. */
export function pointerOf(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Where something does not fit the document; holds nothing that the caller or the upstream has written. */
export interface Violation {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'status';
  /** JSON Pointer: into the body, or the parameter's name and what is inside of it. */
  readonly path: string;
  /** The predicate of a sentence. */
  readonly message: string;
}

/** For the record: how many there were, and where the first was. */
export function violationNote(whose: 'request' | 'reply', violations: readonly Violation[]): string {
  const count = violations.length === 1 ? '1 violation' : `${violations.length} violations`;
  return `${whose}: ${count}, first in ${violations[0]?.in ?? ''}`;
}
