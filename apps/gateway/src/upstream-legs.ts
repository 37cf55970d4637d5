import { guarded, isIdempotent, type HeadProblem, type Leg, type LegResult, type LegTimes } from '@gatehouse/http';
import { retryDecision, retryDelayMs, type Endpoint, type UpstreamGroup } from '@gatehouse/upstream';
import { Deadline } from './deadline.ts';
import type { GateExchange } from './exchange.ts';
import { hashKeyOf } from './hash-key.ts';
import type { House } from './house.ts';
import { causeOf, outcomeOf, retryAfterMs } from './leg-outcome.ts';

const UNHEALTHY: HeadProblem = { code: 'upstream.unhealthy', detail: 'no endpoint of the upstream is healthy' };
const REPLAY_BYTES_MAX = 64 * 1024;
/** An upstream that wants to be left alone for longer is left alone, and its answer is the caller's. */
const RETRY_WAIT_MS_MAX = 2000;

/** A leg with what its end is told to. */
interface EndpointLeg extends Leg {
  readonly endpoint: Endpoint;
  /** Why this endpoint. */
  readonly reason: string;
}

/**
 * The tries of one exchange at the endpoints of its upstream: picks, retries and hedges within the budget, keeps the
 * time for all of them, tells the balancer.
 */
export class UpstreamLegs {
  readonly #exchange: GateExchange;
  readonly #group: UpstreamGroup;
  readonly #house: House;
  #current: EndpointLeg | undefined;
  /** Another that is not over: the one that a retry follows, or the one that a hedge runs beside. */
  #other: EndpointLeg | undefined;
  /** Of whom the record tells: who answered, or else who was tried last. */
  #named: EndpointLeg | undefined;
  #tried: Set<Endpoint> | undefined;
  #attempts = 0;
  #ends: string[] | undefined;
  #deadline: Deadline | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #hedging: NodeJS.Timeout | undefined;

  constructor(exchange: GateExchange, group: UpstreamGroup, house: House) {
    this.#exchange = exchange;
    this.#group = group;
    this.#house = house;
  }

  get endpointId(): string | undefined {
    return this.#named?.endpoint.spec.id;
  }

  /** Why that endpoint, where there were others. */
  get reason(): string | undefined {
    const reason = this.#named?.reason;
    return reason === 'only' ? undefined : reason;
  }

  /** What each try came to, where there was more than one. */
  get tries(): string | undefined {
    return this.#ends?.join('; ');
  }

  /** Bodies are kept for a second try only where the configuration asks for more than connect failures. */
  get replayBytesMax(): number {
    const { retries, hedge } = this.#group.spec;
    const { attempts, on } = retries;
    const again = hedge !== undefined || (attempts > 0 && on.some((cause) => cause !== 'connect'));
    return again ? REPLAY_BYTES_MAX : 0;
  }

  first(): Leg | HeadProblem {
    const nowMs = this.#house.clock.monotonic();
    const endpoint = this.#acquire(nowMs);
    if (endpoint === undefined) return this.#refusal(nowMs);
    const { timeouts, hedge } = this.#group.spec;
    const { caller, forward } = this.#exchange;
    if (timeouts.totalMs !== undefined || caller.grpc) {
      this.#deadline = Deadline.of({ timeouts, head: caller.head, grpc: caller.grpc, nowMs });
      if (this.#deadline !== undefined) {
        const expire = (): void => guarded(forward, () => forward.expire());
        this.#expiry = setTimeout(expire, this.#deadline.leftMs(nowMs));
      }
    }
    if (hedge !== undefined && isIdempotent(this.#exchange.method)) this.#hedgeLater(nowMs);
    return this.#legTo(endpoint, this.#group.reason);
  }

  #refusal(nowMs: number): HeadProblem {
    const waitMs = this.#group.refusedForMs(nowMs);
    if (waitMs === undefined) return UNHEALTHY;
    return {
      code: 'upstream.circuit_open',
      detail: 'the upstream fails and is left alone for a while',
      lines: `retry-after: ${Math.ceil(waitMs / 1000)}\r\n`,
    };
  }

  retry(result: LegResult, facts: { sent: boolean; replayable: boolean }): Leg | undefined {
    const cause = causeOf(result);
    if (cause === undefined) return undefined;
    const { spec, retryBudget } = this.#group;
    const nowMs = this.#house.clock.monotonic();
    const repeatable = retryDecision(spec.retries, {
      cause,
      idempotent: isIdempotent(this.#exchange.method),
      bodyReplayable: facts.replayable,
      bytesSentToCaller: 0,
      attempt: this.#attempts,
    });
    if (!repeatable || this.#deadline?.leftMs(nowMs) === 0 || !retryBudget.mayRetry(nowMs)) return undefined;
    const attempt = this.#attempts;
    const endpoint = this.#acquireAnother(nowMs);
    if (endpoint === undefined) return undefined;
    // Another endpoint may answer at once; the same one is given time, as long as it has asked for.
    const again = this.#tried?.has(endpoint) === true;
    const delayMs = again
      ? retryDelayMs({ attempt, retryAfterMs: retryAfterMs(result, this.#house.clock) }, this.#house.random)
      : 0;
    if (delayMs > Math.min(RETRY_WAIT_MS_MAX, this.#deadline?.leftMs(nowMs) ?? Infinity)) {
      this.#giveBack(endpoint, nowMs);
      return undefined;
    }
    return this.#legTo(endpoint, `retry ${this.#group.reason}`, delayMs);
  }

  /** After so long, a second try goes to another endpoint. */
  #hedgeLater(nowMs: number): void {
    const { hedge } = this.#group.spec;
    if (hedge === undefined || this.#group.endpoints.length < 2) return;
    const { latencies } = this.#group.state;
    const afterMs = hedge.kind === 'after' ? hedge.afterMs : latencies.quantileMs(hedge.quantile, nowMs);
    if (afterMs === undefined) return;
    this.#armHedge(afterMs);
  }

  #armHedge(afterMs: number): void {
    const { forward } = this.#exchange;
    const hedge = (): void => {
      // A request that is still being sent is not waited for yet.
      if (forward.hedge(() => this.#hedgeLeg())) this.#armHedge(afterMs);
    };
    this.#hedging = setTimeout(() => guarded(forward, hedge), afterMs);
  }

  #hedgeLeg(): Leg | undefined {
    const nowMs = this.#house.clock.monotonic();
    const endpoint = this.#acquireAnother(nowMs);
    if (endpoint === undefined) return undefined;
    if (this.#tried?.has(endpoint) === true || !this.#group.retryBudget.mayRetry(nowMs)) {
      this.#giveBack(endpoint, nowMs);
      return undefined;
    }
    const named = this.#named;
    const leg = this.#legTo(endpoint, `hedge ${this.#group.reason}`);
    this.#named = named;
    return leg;
  }

  #acquireAnother(nowMs: number): Endpoint | undefined {
    this.#tried ??= new Set();
    if (this.#current !== undefined) this.#tried.add(this.#current.endpoint);
    return this.#acquire(nowMs);
  }

  #acquire(nowMs: number): Endpoint | undefined {
    const { hash } = this.#group.spec;
    const hashKey = hash === undefined ? undefined : hashKeyOf(this.#exchange, hash);
    return this.#group.acquire({ tried: this.#tried, hashKey, nowMs });
  }

  /** Nothing was sent to it. */
  #giveBack(endpoint: Endpoint, nowMs: number): void {
    this.#group.release(endpoint, { kind: 'cancelled', latencyMs: 0, nowMs, begunMs: nowMs });
  }

  #legTo(endpoint: Endpoint, reason: string, delayMs = 0): Leg {
    const { spec } = endpoint;
    const leg: EndpointLeg = {
      endpoint,
      reason,
      delayMs,
      pool: this.#house.pools.of(spec),
      authority: this.#exchange.upstreamAuthority ?? spec.authority,
      target: spec.basePath + this.#exchange.upstreamTarget,
      timeouts: this.#group.spec.timeouts,
      lines: this.#deadline?.lines(this.#house.clock.monotonic() + delayMs) ?? '',
    };
    this.#attempts++;
    this.#other = this.#current;
    this.#current = leg;
    this.#named = leg;
    return leg;
  }

  ended(leg: Leg, result: LegResult, times: LegTimes): void {
    const ended = leg === this.#other ? this.#other : this.#current;
    if (ended === undefined) return;
    if (leg !== this.#other) this.#current = this.#other;
    this.#other = undefined;
    if (result.kind === 'reply') this.#named = ended;
    if (this.#attempts > 1) this.#note(ended, result, times);
    if (this.#current === undefined) this.#stopTimers();
    this.#group.release(ended.endpoint, outcomeOf(result, times, this.#house.clock));
  }

  #note({ endpoint }: EndpointLeg, result: LegResult, { begunMs }: LegTimes): void {
    const how = result.kind === 'reply' ? result.status : result.kind === 'failure' ? result.failure : 'cancelled';
    const ms = Math.max(0, this.#house.clock.monotonic() - begunMs);
    (this.#ends ??= []).push(`${endpoint.spec.id} ${how} ${ms.toFixed(1)} ms`);
  }

  #stopTimers(): void {
    if (this.#expiry !== undefined) clearTimeout(this.#expiry);
    if (this.#hedging !== undefined) clearTimeout(this.#hedging);
  }
}
