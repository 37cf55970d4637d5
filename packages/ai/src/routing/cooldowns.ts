import type { ProviderErrorKind } from '../provider-error.ts';

/** What an attempt is remembered by: endpoint, key and model, never the host alone. */
export interface Identified {
  readonly identity: string;
}

/** Why an attempt failed: what the provider said, or that it could not be reached or stopped in the middle. */
export type FailureCause = ProviderErrorKind | 'connect' | 'truncated';

export interface Failure {
  readonly cause: FailureCause;
  /** What the provider asked for in `retry-after`. */
  readonly retryAfterMs?: number | undefined;
  /** Monotonic ms. */
  readonly now: number;
}

/** Remembered at once; names that callers make up must not fill the memory. */
export const COOLDOWNS_MAX = 1024;
export const COOLDOWN_MS_MAX = 60_000;
/** No provider may send a target away for longer by `retry-after`. */
export const RETRY_AFTER_MS_MAX = 15 * 60_000;

/**
 * Which targets have just failed. It lives beside the snapshots and survives them; the identity holds the key, so that
 * a repaired key starts afresh. Time doubles with each failure in a row and is forgotten by one success.
 */
export class Cooldowns {
  readonly #entries = new Map<string, { readonly until: number; readonly failures: number }>();

  failed({ identity }: Identified, { cause, retryAfterMs, now }: Failure): void {
    const firstMs = FIRST_MS[cause];
    if (firstMs === undefined) return;
    const failures = (this.#entries.get(identity)?.failures ?? 0) + 1;
    const ownMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 10), COOLDOWN_MS_MAX);
    const ms = retryAfterMs === undefined ? ownMs : Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
    // Removed first, so that the map's order is the order of the last failure.
    this.#entries.delete(identity);
    if (this.#entries.size >= COOLDOWNS_MAX) this.#forgetOldest();
    this.#entries.set(identity, { until: now + ms, failures });
  }

  succeeded({ identity }: Identified): void {
    this.#entries.delete(identity);
  }

  /** When it may be tried first again, in monotonic ms; 0 when it never failed. */
  until({ identity }: Identified): number {
    return this.#entries.get(identity)?.until ?? 0;
  }

  #forgetOldest(): void {
    for (const identity of this.#entries.keys()) {
      this.#entries.delete(identity);
      return;
    }
  }
}

/** The first cool-down by cause; the caller's own faults have none. */
const FIRST_MS: Partial<Readonly<Record<FailureCause, number>>> = {
  rate_limited: 5_000,
  upstream: 1_000,
  overloaded: 1_000,
  timeout: 1_000,
  connect: 1_000,
  truncated: 1_000,
  // These do not heal by waiting: somebody has to act.
  authentication: 60_000,
  billing: 60_000,
  permission: 60_000,
  not_found: 60_000,
};
