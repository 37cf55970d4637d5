import { describe, expect, it } from 'vitest';
import { endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { balancerContract } from './balancer-contract.ts';
import { RoundRobin } from './round-robin.ts';

balancerContract(() => new RoundRobin());

function turns(weights: Readonly<Record<string, number>>, count: number): string {
  const endpoints = endpointsOf(weights);
  const balancer = new RoundRobin();
  return Array.from({ length: count }, () => nameOf(balancer.pick(endpoints))).join('');
}

describe('round-robin', () => {
  it.each([
    ['takes equals in turn', { a: 1, b: 1, c: 1 }, 'abcabcabc'],
    ['spreads a heavy one among the others', { a: 5, b: 1, c: 1 }, 'aabacaaaabacaa'],
    ['takes two to one', { a: 2, b: 1 }, 'abaaba'],
    ['takes equals in turn, however heavy', { a: 7, b: 7 }, 'abab'],
  ])('%s', (_name, weights, expected) => expect(turns(weights, expected.length)).toBe(expected));

  it('gives exactly the weights over one round', () => {
    const counts = Object.groupBy(turns({ a: 4, b: 3, c: 2, d: 1 }, 10), (name) => name);
    expect(Object.values(counts).map((names) => names?.length)).toEqual([4, 3, 2, 1]);
  });

  it('goes on where another balancer over the same endpoints stopped', () => {
    const endpoints = endpointsOf({ a: 1, b: 1, c: 1 });
    new RoundRobin().pick(endpoints);
    expect(nameOf(new RoundRobin().pick(endpoints))).toBe('b');
  });

  it('owes one that was away no more than its share', () => {
    const endpoints = endpointsOf({ a: 1, b: 1, c: 1 });
    const balancer = new RoundRobin();
    for (let n = 0; n < 100; n++) balancer.pick(endpoints.slice(0, 2));
    const names = Array.from({ length: 6 }, () => nameOf(balancer.pick(endpoints)));
    expect(names.filter((name) => name === 'c')).toHaveLength(2);
  });
});
