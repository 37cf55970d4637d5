import type { UpstreamSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { Balancer, PickHint, Random } from './balancer.ts';
import { createBalancer } from './balancers/create-balancer.ts';
import type { ChangeCount, EndpointRegistry } from './endpoint-registry.ts';
import type { Endpoint } from './endpoint.ts';
import type { HealthView } from './health-table.ts';
import { isServerFailure, type Outcome } from './outcome.ts';
import { ReadySet } from './ready-set.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface AcquireHint extends PickHint {
  /** Endpoints that have failed this request; avoided while there are others. */
  readonly tried: ReadonlySet<Endpoint> | undefined;
}

export interface UpstreamTools {
  readonly registry: EndpointRegistry;
  readonly health: HealthView;
  readonly random: Random;
}

/** At most this share of endpoints is ejected at a time, rounded down: a single one never is, and one is always left. */
const EJECTED_SHARE_MAX = 0.5;

/** One upstream of one snapshot: who gets the next request, and what its outcome means. Owns no sockets. */
export class UpstreamGroup {
  readonly spec: UpstreamSpec;
  /** Those with a weight; an endpoint of weight 0 is configured but gets nothing. */
  readonly endpoints: readonly Endpoint[];
  /** First tries are deposited by `acquire`; ask `mayRetry` before a further one. */
  readonly retryBudget: RetryBudget;
  readonly #balancer: Balancer;
  readonly #ready: ReadySet;
  readonly #changes: ChangeCount;

  constructor(spec: UpstreamSpec, { registry, health, random }: UpstreamTools) {
    const weighted = spec.endpoints.filter(({ weight }) => weight > 0);
    const endpoints = weighted.map((endpoint) => registry.endpointFor(endpoint, spec.name));
    this.spec = spec;
    this.endpoints = [...new Map(endpoints.map((endpoint) => [endpoint.key, endpoint])).values()];
    this.retryBudget = registry.retryBudgetFor(spec);
    this.#balancer = createBalancer(spec.balance, random);
    this.#ready = new ReadySet(this.endpoints, health, registry.changes);
    this.#changes = registry.changes;
  }

  /**
   * An endpoint that now has one request more in flight, until `release`. Undefined when active checks call all of them
   * down: the caller answers 503 `upstream.unhealthy`.
   */
  acquire(hint: AcquireHint): Endpoint | undefined {
    const endpoint = this.#balancer.pick(untried(this.#ready.at(hint.nowMs), hint.tried), hint);
    if (endpoint === undefined) return undefined;
    if (hint.tried === undefined || hint.tried.size === 0) this.retryBudget.deposit(hint.nowMs);
    const { state } = endpoint;
    state.inFlight++;
    if (state.ejection.isOut && state.ejection.isReady(hint.nowMs)) {
      state.ejection.beginProbe();
      this.#changes.count++;
    }
    return endpoint;
  }

  /** Exactly once for each `acquire`, at the last byte of the reply or when it is clear that none will come. */
  release(endpoint: Endpoint, outcome: Outcome): void {
    const { state } = endpoint;
    if (state.inFlight === 0) throw new GatehouseError('gateway.internal', 'an endpoint was released twice');
    state.inFlight--;
    this.#balancer.observe?.(endpoint, outcome);
    if (state.ejection.isProbing) this.#endProbe(endpoint, outcome);
    else if (!state.ejection.isOut && state.ejection.record(outcome) && this.#mayEject()) {
      state.ejection.eject(outcome.nowMs);
      this.#changes.count++;
    }
  }

  #endProbe({ state: { ejection } }: Endpoint, outcome: Outcome): void {
    if (outcome.kind === 'cancelled') ejection.abandonProbe();
    else if (isServerFailure(outcome)) ejection.eject(outcome.nowMs);
    else ejection.restore(outcome.nowMs);
    this.#changes.count++;
  }

  #mayEject(): boolean {
    let out = 0;
    for (const { state } of this.endpoints) if (state.ejection.isOut) out++;
    return out + 1 <= this.endpoints.length * EJECTED_SHARE_MAX;
  }
}

function untried(ready: readonly Endpoint[], tried: ReadonlySet<Endpoint> | undefined): readonly Endpoint[] {
  if (tried === undefined || tried.size === 0) return ready;
  const others = ready.filter((endpoint) => !tried.has(endpoint));
  return others.length === 0 ? ready : others;
}
