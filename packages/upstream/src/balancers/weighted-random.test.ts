import { describe, expect, it } from 'vitest';
import { endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { balancerContract } from './balancer-contract.ts';
import { WeightedRandom } from './weighted-random.ts';

balancerContract((random) => new WeightedRandom(random));

describe('weighted random', () => {
  it.each([
    [0, 'a'],
    [0.09, 'a'],
    [0.1, 'b'],
    [0.39, 'b'],
    [0.4, 'c'],
    [0.999_999, 'c'],
  ])('takes the lot %d to %s', (lot, expected) => {
    const endpoints = endpointsOf({ a: 1, b: 3, c: 6 });
    expect(nameOf(new WeightedRandom(() => lot).pick(endpoints))).toBe(expected);
  });

  it('takes the last one when rounding leaves a crumb', () => {
    expect(nameOf(new WeightedRandom(() => 1).pick(endpointsOf({ a: 0.1, b: 0.2 })))).toBe('b');
  });
});
