import type { EndpointSpec, UpstreamSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { Balancer, PickHint, Random } from './balancer.ts';
import { createBalancer } from './balancers/create-balancer.ts';
import type { Breaker } from './breaker.ts';
import type { EndpointRegistry } from './endpoint-registry.ts';
import type { Endpoint } from './endpoint.ts';
import type { HealthView } from './health-table.ts';
import { isServerFailure, type Outcome } from './outcome.ts';
import { pickReason } from './pick-reason.ts';
import { ReadySet } from './ready-set.ts';
import type { RetryBudget } from './retry-budget.ts';
import { outliersAmong } from './success-rates.ts';
import type { UpstreamState } from './upstream-state.ts';

export interface AcquireHint extends PickHint {
  /** Endpoints that have failed this request; avoided while there are others. */
  readonly tried: ReadonlySet<Endpoint> | undefined;
}

export interface UpstreamTools {
  readonly registry: EndpointRegistry;
  readonly health: HealthView;
  readonly random: Random;
}

const NOTHING: readonly Endpoint[] = [];

/** One upstream of one snapshot: who gets the next request, and what its outcome means. Owns no sockets. */
export class UpstreamGroup {
  readonly spec: UpstreamSpec;
  /** First tries are deposited by `acquire`; ask `mayRetry` before a further one. */
  readonly retryBudget: RetryBudget;
  /** Shared with the groups of this upstream in other snapshots. */
  readonly state: UpstreamState;
  readonly #breaker: Breaker | undefined;
  readonly #balancer: Balancer;
  readonly #registry: EndpointRegistry;
  #endpoints: readonly Endpoint[] = NOTHING;
  #ready: ReadySet;
  #pickedFrom: readonly Endpoint[] = NOTHING;
  #plainReason = '';
  #reason = '';

  constructor(spec: UpstreamSpec, { registry, health, random }: UpstreamTools) {
    this.spec = spec;
    this.state = registry.upstreamFor(spec.name);
    this.retryBudget = this.state.budgetFor(spec);
    this.#breaker = this.state.breakerFor(spec);
    this.#balancer = createBalancer(spec, random);
    this.#registry = registry;
    this.#ready = this.#readySet(spec.endpoints, health);
  }

  /** Those with a weight; an endpoint of weight 0 is configured but gets nothing. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Other endpoints from now on, which a name in DNS leads to. Those that stay keep all that is known of them. */
  use(endpoints: readonly EndpointSpec[], health: HealthView): void {
    this.#ready = this.#readySet(endpoints, health);
  }

  #readySet(specs: readonly EndpointSpec[], health: HealthView): ReadySet {
    const { spec } = this;
    const weighted = specs.filter(({ weight }) => weight > 0);
    const found = weighted.map((endpoint) => this.#registry.endpointFor(endpoint, spec.name));
    const endpoints = [...new Map(found.map((endpoint) => [endpoint.key, endpoint])).values()];
    this.#endpoints = endpoints;
    return new ReadySet({ endpoints, health, changes: this.#registry.changes, spec });
  }

  /**
   * An endpoint that now has one request more in flight, until `release`. Undefined when the breaker is open, or when
   * active checks call all of them down: `refusedForMs` tells which.
   */
  acquire(hint: AcquireHint): Endpoint | undefined {
    const ready = this.#ready.at(hint.nowMs);
    const candidates = untried(ready, hint.tried);
    const endpoint = this.#balancer.pick(candidates, hint);
    if (endpoint === undefined || this.#breaker?.admit(hint.nowMs) === false) return undefined;
    if (hint.tried === undefined || hint.tried.size === 0) this.retryBudget.deposit(hint.nowMs);
    const { state } = endpoint;
    state.inFlight++;
    this.#reason = this.#reasonOf(candidates);
    if (state.ejection.isOut && state.ejection.isReady(hint.nowMs)) {
      state.ejection.beginProbe();
      this.#registry.changes.count++;
      this.#reason = 'probe';
    }
    return endpoint;
  }

  /** Why the endpoint that was acquired last, such as `peak-ewma:2-of-5`. */
  get reason(): string {
    return this.#reason;
  }

  #reasonOf(candidates: readonly Endpoint[]): string {
    if (candidates !== this.#pickedFrom) {
      this.#pickedFrom = candidates;
      this.#plainReason = pickReason(this.spec.balance, {
        endpoints: this.#endpoints.length,
        candidates: candidates.length,
        panic: this.#ready.panicking,
      });
    }
    return this.#plainReason;
  }

  /** Whether the breaker refuses requests, and for how long. */
  refusedForMs(nowMs: number): number | undefined {
    const breaker = this.#breaker;
    return breaker === undefined || breaker.state === 'closed' ? undefined : breaker.retryAfterMs(nowMs);
  }

  /** Exactly once for each `acquire`, at the last byte of the reply or when it is clear that none will come. */
  release(endpoint: Endpoint, outcome: Outcome): void {
    const { state } = endpoint;
    if (state.inFlight === 0) throw new GatehouseError('gateway.internal', 'an endpoint was released twice');
    state.inFlight--;
    this.#balancer.observe?.(endpoint, outcome);
    this.#breaker?.record(outcome);
    if (this.spec.hedge !== undefined && outcome.kind === 'reply') {
      this.state.latencies.record(outcome.latencyMs, outcome.nowMs);
    }
    if (state.ejection.isProbing) this.#endProbe(endpoint, outcome);
    else if (!state.ejection.isOut && state.ejection.record(outcome, this.spec.ejection)) {
      this.#eject(endpoint, outcome.nowMs);
    }
    if (outcome.nowMs >= this.state.reviewAtMs) this.#compareRates(outcome.nowMs);
    else if (this.state.reviewAtMs === Infinity) this.state.reviewAtMs = outcome.nowMs + this.spec.ejection.intervalMs;
  }

  #endProbe({ state }: Endpoint, outcome: Outcome): void {
    const { ejection } = state;
    if (outcome.kind === 'cancelled') ejection.abandonProbe();
    else if (isServerFailure(outcome)) ejection.eject(outcome.nowMs, this.spec.ejection);
    else {
      ejection.restore(outcome.nowMs);
      state.warmSinceMs = outcome.nowMs;
    }
    this.#registry.changes.count++;
  }

  #eject({ state }: Endpoint, nowMs: number): void {
    let out = 0;
    for (const other of this.#endpoints) if (other.state.ejection.isOut) out++;
    if (out >= ejectedMax(this.#endpoints.length, this.spec.ejection.maxShare)) return;
    state.ejection.eject(nowMs, this.spec.ejection);
    this.#registry.changes.count++;
  }

  #compareRates(nowMs: number): void {
    const { ejection } = this.spec;
    this.state.reviewAtMs = nowMs + ejection.intervalMs;
    const counts = this.#endpoints.map(({ state }) => state.ejection.takeInterval());
    for (const place of outliersAmong(counts, ejection.successRate)) {
      const endpoint = this.#endpoints[place];
      if (endpoint?.state.ejection.isOut === false) this.#eject(endpoint, nowMs);
    }
  }
}

/** How many of so many may be out: at least one of several, never all, so that one is always left. */
function ejectedMax(endpoints: number, share: number): number {
  if (share === 0 || endpoints < 2) return 0;
  return Math.min(endpoints - 1, Math.max(1, Math.floor(endpoints * share)));
}

function untried(ready: readonly Endpoint[], tried: ReadonlySet<Endpoint> | undefined): readonly Endpoint[] {
  if (tried === undefined || tried.size === 0) return ready;
  const others = ready.filter((endpoint) => !tried.has(endpoint));
  return others.length === 0 ? ready : others;
}
