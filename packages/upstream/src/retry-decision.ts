import type { RetryCause, RetrySpec } from '@gatehouse/config';
import type { Random } from './balancer.ts';

export interface RetryFacts {
  readonly cause: RetryCause;
  /** By its method: RFC 9110 §9.2.2. */
  readonly idempotent: boolean;
  /** All of the request body that was read is still at hand. */
  readonly bodyReplayable: boolean;
  readonly bytesSentToCaller: number;
  /** Tries made so far; 1 after the first. */
  readonly attempt: number;
}

/**
 * Whether the same request may be sent again: the configuration wants it, the caller has seen nothing of a reply, and
 * doing it twice does no harm. A request that is not idempotent is repeated only when it was provably not processed,
 * which only a connection that never came about proves. The budget is asked apart, and last.
 */
export function retryDecision(spec: RetrySpec, facts: RetryFacts): boolean {
  if (facts.attempt > spec.attempts || !spec.on.includes(facts.cause)) return false;
  if (facts.bytesSentToCaller > 0 || !facts.bodyReplayable) return false;
  return facts.idempotent || facts.cause === 'connect';
}

const BASE_MS = 25;
const CAP_MS = 250;

/** How long to wait before try number `attempt` + 1: exponential with full jitter. */
export function backoffMs(attempt: number, random: Random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
}

/** The same, unless the upstream has said how long. */
export function retryDelayMs(
  after: { readonly attempt: number; readonly retryAfterMs?: number | undefined },
  random: Random,
): number {
  return after.retryAfterMs ?? backoffMs(after.attempt, random);
}
