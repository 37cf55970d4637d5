import type { BreakerSpec, UpstreamSpec } from '@gatehouse/config';
import { Breaker } from './breaker.ts';
import { RecentLatencies } from './recent-latencies.ts';
import { RetryBudget } from './retry-budget.ts';

/** What is known of an upstream as a whole in this thread; outlives snapshots, by the upstream's name. */
export class UpstreamState {
  /** When success rates are compared next; Infinity before the first request. */
  reviewAtMs = Infinity;
  readonly latencies = new RecentLatencies();
  #budget: RetryBudget | undefined;
  #breaker: Breaker | undefined;

  /** A budget of another share starts anew: that is a change of configuration, not a forgotten state. */
  budgetFor({ retries: { budget: share } }: UpstreamSpec): RetryBudget {
    const known = this.#budget;
    return known?.share === share ? known : (this.#budget = new RetryBudget(share));
  }

  /** The same holds for a breaker. */
  breakerFor({ breaker: spec }: UpstreamSpec): Breaker | undefined {
    const known = this.#breaker;
    if (spec === undefined) return (this.#breaker = undefined);
    return known !== undefined && sameBreaker(known.spec, spec) ? known : (this.#breaker = new Breaker(spec));
  }
}

function sameBreaker(one: BreakerSpec, other: BreakerSpec): boolean {
  return (
    one.errorShare === other.errorShare &&
    one.minRequests === other.minRequests &&
    one.windowMs === other.windowMs &&
    one.openMs === other.openMs &&
    one.probes === other.probes
  );
}
