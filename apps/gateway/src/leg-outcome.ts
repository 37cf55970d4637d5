import { readRetryAfter } from '@gatehouse/ai';
import type { RetryCause } from '@gatehouse/config';
import type { LegResult, LegTimes } from '@gatehouse/http';
import type { Clock } from '@gatehouse/kernel';
import type { Outcome } from '@gatehouse/upstream';

/** How long the upstream wants to be left alone. */
export function retryAfterMs(result: LegResult, clock: Clock): number | undefined {
  if (result.kind !== 'reply') return undefined;
  return readRetryAfter({ retryAfter: result.retryAfter, retryAfterMs: undefined }, clock.now());
}

/** What a further try would be for; undefined where nothing failed. */
export function causeOf(result: LegResult): RetryCause | undefined {
  if (result.kind === 'cancelled') return undefined;
  if (result.kind === 'reply') return statusCause(result.status);
  if (result.failure.startsWith('connect')) return 'connect';
  return result.failure.endsWith('timeout') ? 'timeout' : 'reset';
}

function statusCause(status: number): RetryCause | undefined {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504 ? status : undefined;
}

/** What a try tells of its endpoint. */
export function outcomeOf(result: LegResult, times: LegTimes, clock: Clock): Outcome {
  const nowMs = clock.monotonic();
  const { begunMs } = times;
  const latencyMs = (times.firstByteMs === 0 ? nowMs : times.firstByteMs) - begunMs;
  if (result.kind === 'cancelled') return { kind: 'cancelled', latencyMs, nowMs, begunMs };
  if (result.kind === 'reply') {
    return {
      kind: 'reply',
      status: result.status,
      retryAfterMs: retryAfterMs(result, clock),
      latencyMs,
      nowMs,
      begunMs,
    };
  }
  if (result.failure.startsWith('connect')) return { kind: 'connect', latencyMs, nowMs, begunMs };
  return { kind: result.failure.endsWith('timeout') ? 'timeout' : 'reset', latencyMs, nowMs, begunMs };
}
