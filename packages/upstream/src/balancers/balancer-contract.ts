import { item, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { endpointsOf, failure, nameOf, reply } from '../__fixtures__/specs.ts';
import type { Balancer, Random } from '../balancer.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Outcome } from '../outcome.ts';

const OUTCOMES: readonly Outcome[] = [
  reply(200, { nowMs: 1 }),
  reply(200, { latencyMs: 0, nowMs: 1 }),
  reply(429, { nowMs: 2, retryAfterMs: 1000 }),
  reply(503, { nowMs: 3 }),
  failure('connect', 4),
  failure('reset', 4),
  failure('timeout', 5, 15_000),
  failure('cancelled', 3),
];

/** Requests that pile up: none ends. Who got how many. */
function pileUp(balancer: Balancer, endpoints: readonly Endpoint[], requests: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < requests; n++) {
    const endpoint = balancer.pick(endpoints, { nowMs: n, hashKey: `caller ${n}` });
    if (endpoint === undefined) continue;
    endpoint.state.inFlight++;
    counts[nameOf(endpoint)] = (counts[nameOf(endpoint)] ?? 0) + 1;
  }
  return counts;
}

/** What every balancer promises, whatever its idea. To be called at the top of a test file. */
export function balancerContract(create: (random: Random) => Balancer): void {
  describe('as a balancer', () => {
    it('picks nothing from nothing', () => expect(create(randomFrom(1)).pick([], { nowMs: 0 })).toBeUndefined());

    it('picks the only one', () => {
      const [only] = endpointsOf({ a: 3 });
      const balancer = create(randomFrom(1));
      for (let n = 0; n < 10; n++) expect(balancer.pick(only === undefined ? [] : [only], { nowMs: n })).toBe(only);
    });

    it('picks only what is ready, however that changes', () => {
      const random = randomFrom(2);
      const balancer = create(randomFrom(1));
      const all = endpointsOf({ a: 1, b: 2, c: 3, d: 1, e: 5 });
      for (let n = 0; n < 500; n++) {
        const ready = all.filter(() => random() < 0.5);
        const picked = balancer.pick(ready, { nowMs: n, hashKey: `${n}` });
        if (picked === undefined) expect(ready).toEqual([]);
        else expect(ready).toContain(picked);
      }
    });

    it('gives everyone its part of equal weights', () => {
      const counts = pileUp(create(randomFrom(3)), endpointsOf({ a: 1, b: 1, c: 1, d: 1, e: 1 }), 5000);
      for (const name of 'abcde') expect(counts[name]).toBeGreaterThan(800);
    });

    it('gives three times as much to three times the weight', () => {
      const counts = pileUp(create(randomFrom(4)), endpointsOf({ a: 1, b: 3 }), 4000);
      expect(counts['a']).toBeGreaterThan(850);
      expect(counts['a']).toBeLessThan(1150);
    });

    it('gives everyone its part without a hash key too', () => {
      const endpoints = endpointsOf({ a: 1, b: 1 });
      const balancer = create(randomFrom(5));
      const picked = Array.from({ length: 100 }, (_, n) => nameOf(balancer.pick(endpoints, { nowMs: n })));
      expect(new Set(picked)).toEqual(new Set(['a', 'b']));
    });

    it('picks the same again with the same randomness', () => {
      const run = (): string[] => {
        const endpoints = endpointsOf({ a: 1, b: 2, c: 1 });
        const balancer = create(randomFrom(6));
        return Array.from({ length: 50 }, (_, n) => nameOf(balancer.pick(endpoints, { nowMs: n, hashKey: `${n}` })));
      };
      expect(run()).toEqual(run());
    });

    it('leaves the counts of requests in flight to its caller', () => {
      const endpoints = endpointsOf({ a: 1, b: 2 });
      const balancer = create(randomFrom(7));
      for (let n = 0; n < 50; n++) balancer.pick(endpoints, { nowMs: n });
      for (const outcome of OUTCOMES) balancer.observe?.(item(endpoints, 0), outcome);
      expect(endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    });

    it('goes on picking after every kind of outcome', () => {
      const endpoints = endpointsOf({ a: 1, b: 1, c: 1 });
      const balancer = create(randomFrom(8));
      for (let n = 0; n < 200; n++) {
        const picked = balancer.pick(endpoints, { nowMs: n, hashKey: `${n}` });
        expect(endpoints).toContain(picked);
        if (picked !== undefined) balancer.observe?.(picked, item(OUTCOMES, n % OUTCOMES.length));
      }
    });
  });
}
