import { item } from '@gatehouse/kernel';
import type { Balancer, Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';
import { lighterOfTwo } from './draw-two.ts';

/** With equal weights the lighter of two drawn; otherwise the smallest (in flight + 1) / weight, ties drawn by lot. */
export class LeastRequests implements Balancer {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick(ready: readonly Endpoint[]): Endpoint | undefined {
    return equallyWeighted(ready) ? lighterOfTwo(ready, this.#random, requestsInFlight) : this.#lightest(ready);
  }

  #lightest(ready: readonly Endpoint[]): Endpoint | undefined {
    let best: Endpoint | undefined;
    let bestLoad = Infinity;
    let ties = 0;
    for (const endpoint of ready) {
      const load = (endpoint.inFlight + 1) / endpoint.weight;
      if (load > bestLoad) continue;
      ties = load < bestLoad ? 1 : ties + 1;
      bestLoad = load;
      // The nth of equals replaces the choice with a chance of 1/n, which gives each the same.
      if (ties === 1 || this.#random() * ties < 1) best = endpoint;
    }
    return best;
  }
}

function requestsInFlight(endpoint: Endpoint): number {
  return endpoint.inFlight;
}

function equallyWeighted(ready: readonly Endpoint[]): boolean {
  for (let i = 1; i < ready.length; i++) if (item(ready, i).weight !== item(ready, 0).weight) return false;
  return true;
}
