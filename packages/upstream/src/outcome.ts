/** How a try ended without a usable reply: not connected, broken off, too slow, or given up because the caller left. */
export type Failure = 'connect' | 'reset' | 'timeout' | 'cancelled';

interface Measured {
  /** To the first reply byte, or to the failure. Streams are timed like this too: their length says nothing of the load. */
  readonly latencyMs: number;
  /** Monotonic. */
  readonly nowMs: number;
  /** When the try began; left out: `latencyMs` ago. */
  readonly begunMs?: number;
}

interface Reply extends Measured {
  readonly kind: 'reply';
  readonly status: number;
  /** What `Retry-After` asked for. */
  readonly retryAfterMs?: number | undefined;
}

interface NoReply extends Measured {
  readonly kind: Failure;
}

/** What one try at one endpoint came to. */
export type Outcome = Reply | NoReply;

/** The endpoint or the way to it is at fault, not the request: what the run of consecutive failures counts. */
export function isGatewayFailure(outcome: Outcome): boolean {
  if (outcome.kind !== 'reply') return outcome.kind !== 'cancelled';
  return outcome.status === 502 || outcome.status === 503 || outcome.status === 504;
}

/** Every 5xx too: what the failure ratio counts. One 500 may be the request's doing, nearly all of them are not. */
export function isServerFailure(outcome: Outcome): boolean {
  return outcome.kind === 'reply' ? outcome.status >= 500 : outcome.kind !== 'cancelled';
}

const RETRY_AFTER_MS_MAX = 300_000;
const PENALTY_MS = 5000;

/** What a failure counts as in place of its latency, which is often splendid; 0 for what is none. */
export function penaltyMs(outcome: Outcome): number {
  if (outcome.kind !== 'reply') return outcome.kind === 'cancelled' ? 0 : PENALTY_MS;
  if (outcome.status !== 429 && outcome.status < 500) return 0;
  const { retryAfterMs = 0 } = outcome;
  return retryAfterMs > 0 ? Math.min(retryAfterMs, RETRY_AFTER_MS_MAX) : PENALTY_MS;
}
