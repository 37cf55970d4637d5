import type { Balance, UpstreamSpec } from '@gatehouse/config';
import type { Balancer, Random } from '../balancer.ts';
import { ConsistentHash } from './consistent-hash.ts';
import { LeastRequests } from './least-requests.ts';
import { PeakEwma } from './peak-ewma.ts';
import { RoundRobin } from './round-robin.ts';
import { WeightedRandom } from './weighted-random.ts';

export type BalanceSpec = Pick<UpstreamSpec, 'balance' | 'hash'>;

export function createBalancer(spec: BalanceSpec, random: Random): Balancer {
  return BALANCERS[spec.balance](random, spec);
}

const BALANCERS: Readonly<Record<Balance, (random: Random, spec: BalanceSpec) => Balancer>> = {
  'round-robin': () => new RoundRobin(),
  random: (random) => new WeightedRandom(random),
  'least-requests': (random) => new LeastRequests(random),
  'peak-ewma': (random) => new PeakEwma(random),
  'consistent-hash': (random, { hash }) => new ConsistentHash(random, hash?.loadFactor ?? Infinity),
};
