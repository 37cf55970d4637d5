import { item, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointSpec, endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { EndpointRegistry } from '../endpoint-registry.ts';
import type { Endpoint } from '../endpoint.ts';
import { balancerContract } from './balancer-contract.ts';
import { ConsistentHash } from './consistent-hash.ts';

balancerContract((random) => new ConsistentHash(random));

const KEYS = Array.from({ length: 10_000 }, (_, n) => `user-${n}`);

function homes(endpoints: readonly Endpoint[]): string[] {
  const balancer = new ConsistentHash(randomFrom(1));
  return KEYS.map((hashKey) => nameOf(balancer.pick(endpoints, { nowMs: 0, hashKey })));
}

function shareOf(name: string, names: readonly string[]): number {
  return names.filter((each) => each === name).length / names.length;
}

describe('consistent hash', () => {
  const five = endpointsOf({ a: 1, b: 1, c: 1, d: 1, e: 1 });
  const before = homes(five);

  it('sends a key to the same endpoint whatever happened before', () => expect(homes(five)).toEqual(before));

  it('does not depend on the order of endpoints', () => expect(homes(five.toReversed())).toEqual(before));

  it('does not depend on the name of the upstream', () => {
    const registry = new EndpointRegistry();
    const others = ['a', 'b', 'c', 'd', 'e'].map((name) => registry.endpointFor(endpointSpec(name), 'orders'));
    expect(homes(others)).toEqual(before);
  });

  it('spreads keys evenly', () => {
    for (const name of 'abcde') expect(Math.abs(shareOf(name, before) - 0.2)).toBeLessThan(0.015);
  });

  it('moves only the keys of an endpoint that is gone, and spreads them over all others', () => {
    const after = homes(five.filter((endpoint) => nameOf(endpoint) !== 'c'));
    const moved = KEYS.filter((_, n) => before[n] !== after[n]);
    expect(moved).toHaveLength(before.filter((name) => name === 'c').length);
    const newHomes = after.filter((_, n) => before[n] === 'c');
    for (const name of 'abde') expect(Math.abs(shareOf(name, newHomes) - 0.25)).toBeLessThan(0.05);
  });

  it('moves only the keys that a new endpoint wins', () => {
    const after = homes([...five, ...endpointsOf({ f: 1 })]);
    const moved = after.filter((name, n) => name !== before[n]);
    expect(new Set(moved)).toEqual(new Set(['f']));
    expect(Math.abs(moved.length / KEYS.length - 1 / 6)).toBeLessThan(0.015);
  });

  it('moves keys only towards an endpoint whose weight grows', () => {
    const after = homes(endpointsOf({ a: 3, b: 1, c: 1, d: 1, e: 1 }));
    const moved = after.filter((name, n) => name !== before[n]);
    expect(new Set(moved)).toEqual(new Set(['a']));
    expect(Math.abs(shareOf('a', after) - 3 / 7)).toBeLessThan(0.02);
  });

  it('spreads numbered servers and numbered keys evenly too', () => {
    const registry = new EndpointRegistry();
    const servers = Array.from({ length: 16 }, (_, n) => registry.endpointFor(endpointSpec(`10.0.0.${n}`), 'users'));
    const names = homes(servers);
    for (const server of servers) expect(Math.abs(shareOf(nameOf(server), names) - 1 / 16)).toBeLessThan(0.01);
  });

  it('sends requests without a key anywhere', () => {
    const balancer = new ConsistentHash(randomFrom(9));
    const names = Array.from({ length: 2000 }, () => nameOf(balancer.pick(five, { nowMs: 0 })));
    for (const name of 'abcde') expect(Math.abs(shareOf(name, names) - 0.2)).toBeLessThan(0.04);
  });

  it('takes the empty key for a key', () => {
    const balancer = new ConsistentHash(randomFrom(9));
    const names = Array.from({ length: 20 }, () => nameOf(balancer.pick(five, { nowMs: 0, hashKey: '' })));
    expect(new Set(names)).toEqual(new Set([item(names, 0)]));
  });
});
