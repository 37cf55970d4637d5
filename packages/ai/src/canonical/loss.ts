/** What happened to something that the target cannot take as it is. */
export type LossKind = 'dropped' | 'clamped' | 'emulated';

/**
 * Gathers what translation cannot carry over, for `x-gatehouse-loss`, the record and `strict`. Each loss is named once,
 * in the caller's own words: `dropped:seed`, `emulated:response_format`.
 */
export class Losses {
  readonly #codes = new Set<string>();

  add(kind: LossKind, what: string): void {
    // Callers make up names of members; the code goes into a header.
    this.#codes.add(`${kind}:${/^[\w.$-]{1,64}$/.test(what) ? what : 'odd_member'}`);
  }

  /** Sorted, so that the same call always says the same. */
  get codes(): readonly string[] {
    return [...this.#codes].toSorted();
  }
}

/** The call cannot be served by this target without being wrong: refused with 400 in the caller's dialect. */
export class Untranslatable extends Error {
  /** The member at fault, in the caller's own words. */
  readonly param: string | undefined;

  constructor(message: string, param?: string) {
    super(message);
    this.name = 'Untranslatable';
    this.param = param;
  }
}
