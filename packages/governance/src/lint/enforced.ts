import type { OperationSite } from './rule.ts';

/** What a gate asks of callers before an operation is reached: facts of whoever holds its configuration. */
export interface Enforced {
  /**
   * Names of what tells callers apart (`key`, `jwt`, `mtls`), for operations that `operations` does not name. Empty:
   * the gate lets everybody in. Undefined: not known.
   */
  readonly all?: readonly string[];
  /** By method and path as documents write them: `GET /users/{id}`. */
  readonly operations?: Readonly<Record<string, readonly string[]>>;
}

/** Undefined where nothing is known of it. */
export function enforcedOn({ method, template }: OperationSite, given: Enforced): readonly string[] | undefined {
  const key = `${method.toUpperCase()} ${template}`;
  const own = Object.hasOwn(given.operations ?? {}, key) ? given.operations?.[key] : undefined;
  return own ?? given.all;
}
