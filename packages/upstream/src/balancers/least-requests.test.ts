import { item, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { balancerContract } from './balancer-contract.ts';
import { LeastRequests } from './least-requests.ts';

balancerContract((random) => new LeastRequests(random));

/** Which one is picked with so many in flight, by letter; several when the lot decides. */
function picks(weights: Readonly<Record<string, number>>, inFlight: readonly number[]): string {
  const endpoints = endpointsOf(weights);
  for (const [index, count] of inFlight.entries()) item(endpoints, index).state.inFlight = count;
  const balancer = new LeastRequests(randomFrom(3));
  const names = Array.from({ length: 60 }, () => nameOf(balancer.pick(endpoints)));
  return [...new Set(names)].toSorted().join('');
}

describe('least requests', () => {
  it.each([
    ['of two equals takes the idle one', { a: 1, b: 1 }, [3, 0], 'b'],
    ['of three equals never takes the busiest', { a: 1, b: 1, c: 1 }, [9, 1, 2], 'bc'],
    ['draws between idle equals', { a: 1, b: 1, c: 1 }, [0, 0, 0], 'abc'],
    ['draws between equal loads of different weights', { a: 1, b: 2, c: 4 }, [0, 1, 4], 'ab'],
    ['takes the smallest load for its weight', { a: 1, b: 2, c: 4 }, [0, 1, 2], 'c'],
    ['prefers the heavy one when all are idle', { a: 1, b: 2 }, [0, 0], 'b'],
    ['takes a light one once the heavy one is loaded', { a: 1, b: 2 }, [0, 2], 'a'],
  ])('%s', (_name, weights, inFlight, expected) => expect(picks(weights, inFlight)).toBe(expected));

  it('draws between several equals fairly', () => {
    const endpoints = endpointsOf({ a: 2, b: 2, c: 2, d: 1 });
    const balancer = new LeastRequests(randomFrom(5));
    const counts: Record<string, number> = {};
    for (let n = 0; n < 3000; n++) {
      const name = nameOf(balancer.pick(endpoints));
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).toSorted()).toEqual(['a', 'b', 'c']);
    for (const count of Object.values(counts)) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
