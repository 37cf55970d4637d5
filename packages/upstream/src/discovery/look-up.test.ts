import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESSES_MAX, lookUp } from './look-up.ts';
import type { NameResolver, ServiceRecord } from './name-resolver.ts';

const service = (name: string, given: Partial<ServiceRecord> = {}): ServiceRecord => ({
  name,
  port: 8080,
  priority: 0,
  weight: 1,
  ...given,
});

/** By name its IPv4 addresses; and one list of services. */
function resolverOf(
  zone: Readonly<Record<string, readonly string[]>>,
  services: readonly ServiceRecord[] = [],
): NameResolver {
  return {
    addresses: async (name, family) =>
      family === 6 ? [] : (zone[name] ?? []).map((address, n) => ({ address, ttlSeconds: 30 + n })),
    services: async () => services,
  };
}

describe('lookUp', () => {
  it('sorts addresses and takes the shortest of their times', async () => {
    const found = await lookUp({ name: 'a', type: 'A' }, resolverOf({ a: ['10.0.0.2', '10.0.0.1', '10.0.0.2'] }));
    expect(found.addresses.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(found.ttlMs).toBe(30_000);
  });

  it('finds services at their ports, by their weights', async () => {
    const zone = { a: ['10.0.0.1'], b: ['10.0.0.2', '10.0.0.3'] };
    const services = [service('a', { weight: 30 }), service('b', { weight: 10, port: 9090 })];
    const { addresses } = await lookUp({ name: 'x', type: 'SRV' }, resolverOf(zone, services));
    expect(addresses).toEqual([
      { host: '10.0.0.1', port: 8080, weight: 1.5 },
      { host: '10.0.0.2', port: 9090, weight: 0.25 },
      { host: '10.0.0.3', port: 9090, weight: 0.25 },
    ]);
  });

  it('takes only services of the best priority', async () => {
    const services = [service('a', { priority: 20 }), service('b', { priority: 10 })];
    const { addresses } = await lookUp(
      { name: 'x', type: 'SRV' },
      resolverOf({ a: ['10.0.0.1'], b: ['10.0.0.2'] }, services),
    );
    expect(addresses.map(({ host }) => host)).toEqual(['10.0.0.2']);
  });

  it('takes a weight of 0 for hardly any, or for the same of all', async () => {
    const zone = { a: ['10.0.0.1'], b: ['10.0.0.2'] };
    const some = [service('a', { weight: 0 }), service('b', { weight: 2 })];
    const none = [service('a', { weight: 0 }), service('b', { weight: 0 })];
    const weights = async (services: readonly ServiceRecord[]): Promise<number[]> =>
      (await lookUp({ name: 'x', type: 'SRV' }, resolverOf(zone, services))).addresses.map(({ weight }) => weight);
    expect(await weights(some)).toEqual([0.1, 2]);
    expect(await weights(none)).toEqual([1, 1]);
  });

  it('finds nothing where the service is decidedly not there', async () => {
    for (const services of [[], [service('')], [service('.')], [service('unknown')]]) {
      expect((await lookUp({ name: 'x', type: 'SRV' }, resolverOf({}, services))).addresses).toEqual([]);
    }
  });

  it('takes no more addresses than it may', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
    const { addresses } = await lookUp({ name: 'a', type: 'A' }, resolverOf({ a: many }));
    expect(addresses).toHaveLength(ADDRESSES_MAX);
  });

  it('says the same whatever the order of the answer, with weights above 0', async () => {
    const anyServices = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        port: fc.integer({ min: 1, max: 65_535 }),
        priority: fc.nat(2),
        weight: fc.nat(65_535),
      }),
      { selector: ({ name, port }) => `${name} ${port}`, maxLength: 8 },
    );
    const zone = { a: ['10.0.0.1'], b: ['10.0.0.2', '10.0.0.4'], c: [] };
    await fc.assert(
      fc.asyncProperty(anyServices, async (services) => {
        const question = { name: 'x', type: 'SRV' } as const;
        const one = await lookUp(question, resolverOf(zone, services));
        const other = await lookUp(question, resolverOf(zone, services.toReversed()));
        expect(other).toEqual(one);
        for (const { weight } of one.addresses) expect(weight).toBeGreaterThan(0);
      }),
    );
  });
});
