import type { IdempotencyScope } from './idempotency-records.ts';

/**
 * Keys of requests that this instance has begun to read and not yet answered. Between instances nothing like it is
 * needed: the second transaction waits for the first and then finds the kept reply.
 */
export class InFlightKeys {
  readonly #held = new Set<string>();

  /** Undefined when another request holds the key; else what gives it back. */
  hold(scope: IdempotencyScope): (() => void) | undefined {
    const name = JSON.stringify([scope.caller, scope.operation, scope.key]);
    if (this.#held.has(name)) return undefined;
    this.#held.add(name);
    return () => void this.#held.delete(name);
  }
}
