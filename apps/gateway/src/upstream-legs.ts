import { readRetryAfter } from '@gatehouse/ai';
import type { RetryCause } from '@gatehouse/config';
import { isIdempotent, type HeadProblem, type Leg, type LegResult, type LegTimes } from '@gatehouse/http';
import type { Clock } from '@gatehouse/kernel';
import { retryDecision, retryDelayMs, type Endpoint, type Outcome, type UpstreamGroup } from '@gatehouse/upstream';
import type { GateExchange } from './exchange.ts';
import type { House } from './house.ts';

const UNHEALTHY: HeadProblem = { code: 'upstream.unhealthy', detail: 'no endpoint of the upstream is healthy' };
const REPLAY_BYTES_MAX = 64 * 1024;
/** An upstream that wants to be left alone for longer is left alone, and its answer is the caller's. */
const RETRY_WAIT_MS_MAX = 2000;

/** The tries of one exchange at the endpoints of its upstream: picks, retries within the budget, tells the balancer. */
export class UpstreamLegs {
  readonly #exchange: GateExchange;
  readonly #group: UpstreamGroup;
  readonly #house: House;
  #endpoint: Endpoint | undefined;
  /** A retry has taken its endpoint before this one's leg is told to have ended. */
  #failed: Endpoint | undefined;
  #tried: Set<Endpoint> | undefined;
  #attempts = 0;

  constructor(exchange: GateExchange, group: UpstreamGroup, house: House) {
    this.#exchange = exchange;
    this.#group = group;
    this.#house = house;
  }

  /** The endpoint that was tried last, for the record. */
  endpointId: string | undefined;

  /** Bodies are kept for a second try only where the configuration asks for more than connect failures. */
  get replayBytesMax(): number {
    const { attempts, on } = this.#group.spec.retries;
    return attempts > 0 && on.some((cause) => cause !== 'connect') ? REPLAY_BYTES_MAX : 0;
  }

  first(): Leg | HeadProblem {
    const endpoint = this.#acquire();
    return endpoint === undefined ? UNHEALTHY : this.#legTo(endpoint);
  }

  retry(result: LegResult, facts: { sent: boolean; replayable: boolean }): Leg | undefined {
    const cause = causeOf(result);
    if (cause === undefined) return undefined;
    const { spec, retryBudget } = this.#group;
    const repeatable = retryDecision(spec.retries, {
      cause,
      idempotent: isIdempotent(this.#exchange.method),
      bodyReplayable: facts.replayable,
      bytesSentToCaller: 0,
      attempt: this.#attempts,
    });
    if (!repeatable || !retryBudget.mayRetry(this.#house.clock.monotonic())) return undefined;
    const failed = this.#endpoint;
    this.#tried ??= new Set();
    if (failed !== undefined) this.#tried.add(failed);
    const attempt = this.#attempts;
    const endpoint = this.#acquire();
    if (endpoint === undefined) return undefined;
    // Another endpoint may answer at once; the same one is given time, as long as it has asked for.
    const again = this.#tried.has(endpoint);
    const delayMs = again
      ? retryDelayMs({ attempt, retryAfterMs: retryAfterMs(result, this.#house.clock) }, this.#house.random)
      : 0;
    if (delayMs > RETRY_WAIT_MS_MAX) {
      this.#group.release(endpoint, { kind: 'cancelled', latencyMs: 0, nowMs: this.#house.clock.monotonic() });
      return undefined;
    }
    this.#failed = failed;
    return { ...this.#legTo(endpoint), delayMs };
  }

  #acquire(): Endpoint | undefined {
    const nowMs = this.#house.clock.monotonic();
    return this.#group.acquire({ tried: this.#tried, hashKey: this.#exchange.clientIp, nowMs });
  }

  #legTo(endpoint: Endpoint): Leg {
    const { spec } = endpoint;
    this.#attempts++;
    this.#endpoint = endpoint;
    this.endpointId = spec.id;
    return {
      pool: this.#house.pools.of(spec),
      authority: this.#exchange.upstreamAuthority ?? spec.authority,
      target: spec.basePath + this.#exchange.upstreamTarget,
      timeouts: this.#group.spec.timeouts,
    };
  }

  ended(result: LegResult, times: LegTimes): void {
    const endpoint = this.#failed ?? this.#endpoint;
    this.#failed = undefined;
    if (endpoint !== undefined) this.#group.release(endpoint, outcomeOf(result, times, this.#house.clock));
  }
}

function retryAfterMs(result: LegResult, clock: Clock): number | undefined {
  if (result.kind !== 'reply') return undefined;
  return readRetryAfter({ retryAfter: result.retryAfter, retryAfterMs: undefined }, clock.now());
}

function causeOf(result: LegResult): RetryCause | undefined {
  if (result.kind === 'cancelled') return undefined;
  if (result.kind === 'reply') return statusCause(result.status);
  if (result.failure.startsWith('connect')) return 'connect';
  return result.failure.endsWith('timeout') ? 'timeout' : 'reset';
}

function statusCause(status: number): RetryCause | undefined {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504 ? status : undefined;
}

function outcomeOf(result: LegResult, times: LegTimes, clock: Clock): Outcome {
  const nowMs = clock.monotonic();
  const latencyMs = (times.firstByteMs === 0 ? nowMs : times.firstByteMs) - times.begunMs;
  if (result.kind === 'cancelled') return { kind: 'cancelled', latencyMs, nowMs };
  if (result.kind === 'reply') {
    return { kind: 'reply', status: result.status, retryAfterMs: retryAfterMs(result, clock), latencyMs, nowMs };
  }
  if (result.failure.startsWith('connect')) return { kind: 'connect', latencyMs, nowMs };
  return { kind: result.failure.endsWith('timeout') ? 'timeout' : 'reset', latencyMs, nowMs };
}
