import { item, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointSpec, endpointsOf, nameOf } from '../__fixtures__/specs.ts';
import { EndpointRegistry } from '../endpoint-registry.ts';
import type { Endpoint } from '../endpoint.ts';
import { balancerContract } from './balancer-contract.ts';
import { ConsistentHash } from './consistent-hash.ts';

balancerContract((random) => new ConsistentHash(random, 1.25));

const KEYS = Array.from({ length: 10_000 }, (_, n) => `user-${n}`);

function homes(endpoints: readonly Endpoint[]): string[] {
  const balancer = new ConsistentHash(randomFrom(1), Infinity);
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
    const balancer = new ConsistentHash(randomFrom(9), Infinity);
    const names = Array.from({ length: 2000 }, () => nameOf(balancer.pick(five, { nowMs: 0 })));
    for (const name of 'abcde') expect(Math.abs(shareOf(name, names) - 0.2)).toBeLessThan(0.04);
  });

  it('takes the empty key for a key', () => {
    const balancer = new ConsistentHash(randomFrom(9), Infinity);
    const names = Array.from({ length: 20 }, () => nameOf(balancer.pick(five, { nowMs: 0, hashKey: '' })));
    expect(new Set(names)).toEqual(new Set([item(names, 0)]));
  });

  describe('with bounded loads', () => {
    /** Requests for one key that all pile up. Who has how many in the end. */
    function pileUp(
      loadFactor: number,
      requests: number,
      endpoints = endpointsOf({ a: 1, b: 1, c: 1, d: 1 }),
    ): number[] {
      const balancer = new ConsistentHash(randomFrom(3), loadFactor);
      for (let n = 0; n < requests; n++) {
        const endpoint = balancer.pick(endpoints, { nowMs: n, hashKey: 'everybody wants it' });
        if (endpoint !== undefined) endpoint.state.inFlight++;
      }
      return endpoints.map(({ inFlight }) => inFlight);
    }

    it('sends one key to one endpoint while it is quiet', () => {
      const endpoints = endpointsOf({ a: 1, b: 1, c: 1, d: 1 });
      const balancer = new ConsistentHash(randomFrom(3), 1.25);
      const names = Array.from({ length: 50 }, () => nameOf(balancer.pick(endpoints, { nowMs: 0, hashKey: 'x' })));
      expect(new Set(names).size).toBe(1);
    });

    it('gives no endpoint more than so many times its share', () => {
      for (const [factor, requests] of [
        [1.25, 1000],
        [1.01, 1000],
        [2, 100],
        [3, 7],
      ] as const) {
        const loads = pileUp(factor, requests);
        expect(loads.reduce((sum, load) => sum + load, 0)).toBe(requests);
        expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil((factor * requests) / 4));
      }
    });

    it('measures shares by weight', () => {
      const loads = pileUp(1.25, 1000, endpointsOf({ a: 1, b: 3 }));
      expect(item(loads, 0)).toBeLessThanOrEqual(Math.ceil((1.25 * 1000) / 4));
      expect(item(loads, 1)).toBeLessThanOrEqual(Math.ceil((1.25 * 3000) / 4));
    });

    it('without a bound sends everything to one', () => {
      expect(pileUp(Infinity, 100).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 100]);
    });

    it('lets few keys move while one endpoint is full', () => {
      const endpoints = endpointsOf({ a: 1, b: 1, c: 1, d: 1 });
      const quiet = homes(endpoints);
      item(endpoints, 0).state.inFlight = 1000;
      const balancer = new ConsistentHash(randomFrom(1), 1.25);
      const busy = KEYS.map((hashKey) => nameOf(balancer.pick(endpoints, { nowMs: 0, hashKey })));
      const moved = KEYS.filter((_, n) => quiet[n] !== busy[n]);
      expect(moved).toHaveLength(quiet.filter((name) => name === 'a').length);
    });
  });
});
