import type { Balance } from '@gatehouse/config';
import type { Balancer, Random } from '../balancer.ts';
import { ConsistentHash } from './consistent-hash.ts';
import { LeastRequests } from './least-requests.ts';
import { PeakEwma } from './peak-ewma.ts';
import { RoundRobin } from './round-robin.ts';
import { WeightedRandom } from './weighted-random.ts';

export function createBalancer(balance: Balance, random: Random): Balancer {
  return BALANCERS[balance](random);
}

const BALANCERS: Readonly<Record<Balance, (random: Random) => Balancer>> = {
  'round-robin': () => new RoundRobin(),
  random: (random) => new WeightedRandom(random),
  'least-requests': (random) => new LeastRequests(random),
  'peak-ewma': (random) => new PeakEwma(random),
  'consistent-hash': (random) => new ConsistentHash(random),
};
