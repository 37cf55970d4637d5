import { describe, expect, it } from 'vitest';
import { endpointSpec, upstreamSpec } from './__fixtures__/specs.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { endpointKey } from './endpoint.ts';

describe('the key of an endpoint', () => {
  it('names upstream, address and base path', () => {
    expect(endpointKey(endpointSpec('a', { basePath: '/v2' }), 'users')).toBe('users http://a:80/v2');
  });
});

describe('the registry', () => {
  const a = endpointSpec('a');

  it('gives the same state for the same identity', () => {
    const registry = new EndpointRegistry();
    expect(registry.endpointFor(a, 'users').state).toBe(registry.endpointFor({ ...a }, 'users').state);
  });

  it('keeps the weight of each snapshot apart, so that one that is never published changes nothing', () => {
    const registry = new EndpointRegistry();
    const old = registry.endpointFor(a, 'users');
    const next = registry.endpointFor({ ...a, weight: 9 }, 'users');
    expect([old.weight, next.weight]).toEqual([1, 9]);
  });

  it.each([
    ['another upstream', a, 'orders'],
    ['another address', endpointSpec('b'), 'users'],
    ['another base path', endpointSpec('a', { basePath: '/x' }), 'users'],
  ])('gives another state for %s', (_name, spec, upstream) => {
    const registry = new EndpointRegistry();
    expect(registry.endpointFor(spec, upstream).state).not.toBe(registry.endpointFor(a, 'users').state);
  });

  it('forgets what no upstream names any more, and only that', () => {
    const registry = new EndpointRegistry();
    const kept = registry.endpointFor(a, 'users').state;
    const dropped = registry.endpointFor(endpointSpec('b'), 'users').state;
    registry.endpointFor(a, 'orders');
    registry.retain({ users: upstreamSpec('a') });
    expect(registry.size).toBe(1);
    expect(registry.endpointFor(a, 'users').state).toBe(kept);
    expect(registry.endpointFor(endpointSpec('b'), 'users').state).not.toBe(dropped);
  });

  it('keeps a retry budget while its share stays', () => {
    const registry = new EndpointRegistry();
    const budget = registry.upstreamFor('users').budgetFor(upstreamSpec('a'));
    expect(registry.upstreamFor('users').budgetFor(upstreamSpec('ab'))).toBe(budget);
    const retries = { attempts: 1, on: [], budget: 0.5 };
    const other = registry.upstreamFor('users').budgetFor(upstreamSpec('a', { retries }));
    expect(other).not.toBe(budget);
    expect(other.share).toBe(0.5);
  });

  it('forgets the retry budget of an upstream that is gone', () => {
    const registry = new EndpointRegistry();
    const budget = registry.upstreamFor('users').budgetFor(upstreamSpec('a'));
    registry.retain({});
    expect(registry.upstreamFor('users').budgetFor(upstreamSpec('a'))).not.toBe(budget);
  });
});
