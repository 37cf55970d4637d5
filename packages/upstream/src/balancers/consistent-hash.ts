import { hash32 } from '@gatehouse/kernel';
import type { Balancer, PickHint, Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * Weighted rendezvous hashing: every endpoint scores the key, the best score wins. There is no table to build; when an
 * endpoint goes, only its own keys move, and each weight gets its share. A request without a key is spread by lot.
 *
 * Loads are bounded: an endpoint that has more than `loadFactor` times its share of the requests under way is passed
 * over, so that one key that everybody wants spreads to the next best instead of crushing one endpoint.
 */
export class ConsistentHash implements Balancer {
  readonly #random: Random;
  readonly #loadFactor: number;

  constructor(random: Random, loadFactor: number) {
    this.#random = random;
    this.#loadFactor = loadFactor;
  }

  pick(ready: readonly Endpoint[], hint: PickHint): Endpoint | undefined {
    const keyHash = hint.hashKey === undefined ? Math.floor(this.#random() * 2 ** 32) | 0 : hash32(hint.hashKey);
    let weights = 0;
    let requests = 1;
    for (const { weight, inFlight } of ready) {
      weights += weight;
      requests += inFlight;
    }
    const loadMax = (this.#loadFactor * requests) / weights;
    let best: Endpoint | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const endpoint of ready) {
      // One more than its bound rounded up is too many; all of the bounds together are more than all requests.
      if (endpoint.inFlight >= loadMax * endpoint.weight) continue;
      const score = -endpoint.weight / Math.log(fraction(keyHash, endpoint.hash));
      if (score <= bestScore) continue;
      best = endpoint;
      bestScore = score;
    }
    return best;
  }
}

/** In (0, 1), evenly for every pair: both hashes are mixed again, so that no bit of one hides in the other. */
function fraction(keyHash: number, endpointHash: number): number {
  let h = Math.imul(keyHash ^ (endpointHash >>> 15), 0x2c1b3c6d) ^ Math.imul(endpointHash, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (((h ^ (h >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
