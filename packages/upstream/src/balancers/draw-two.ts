import { item } from '@gatehouse/kernel';
import type { Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * The power of two choices: draws two distinct endpoints uniformly and takes the one with the smaller load. Nearly as
 * good as asking all, and many gateways at once do not fall on the same one. `load` is a function made once.
 */
export function lighterOfTwo(
  ready: readonly Endpoint[],
  random: Random,
  load: (endpoint: Endpoint) => number,
): Endpoint | undefined {
  if (ready.length < 2) return ready[0];
  const first = Math.floor(random() * ready.length);
  const other = Math.floor(random() * (ready.length - 1));
  const one = item(ready, first);
  const two = item(ready, other < first ? other : other + 1);
  return load(two) < load(one) ? two : one;
}
