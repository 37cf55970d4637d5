import type { Balancer, Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';

/** Each with a chance in proportion to its weight. */
export class WeightedRandom implements Balancer {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick(ready: readonly Endpoint[]): Endpoint | undefined {
    let total = 0;
    for (const endpoint of ready) total += endpoint.weight;
    let left = this.#random() * total;
    for (const endpoint of ready) {
      left -= endpoint.weight;
      if (left < 0) return endpoint;
    }
    // Rounding can leave a crumb behind the last one.
    return ready.at(-1);
  }
}
