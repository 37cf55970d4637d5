import type { Balance } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import { expect, it } from 'vitest';
import { ConsistentHash } from './consistent-hash.ts';
import { createBalancer } from './create-balancer.ts';
import { LeastRequests } from './least-requests.ts';
import { PeakEwma } from './peak-ewma.ts';
import { RoundRobin } from './round-robin.ts';
import { WeightedRandom } from './weighted-random.ts';

it.each<[Balance, new (random: () => number, loadFactor: number) => unknown]>([
  ['round-robin', RoundRobin],
  ['random', WeightedRandom],
  ['least-requests', LeastRequests],
  ['peak-ewma', PeakEwma],
  ['consistent-hash', ConsistentHash],
])('%s names its balancer', (balance, expected) => {
  expect(createBalancer({ balance }, randomFrom(1))).toBeInstanceOf(expected);
});
