import { describe, expect, it } from 'vitest';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { fakeExchange } from '../testing/fake-exchange.ts';
import { addressOf, neighbour, partitionOf } from './cache-key.ts';
import { cacheStatus } from './cache-status.ts';

policyContract(joined('cache'), {
  waits: true,
  valid: [
    {},
    { ttl: '10s', negativeTtl: '1s', heuristic: '10%', staleWhileRevalidate: '1m', staleIfError: '1h' },
    {
      maxBytes: '64KiB',
      query: ['a', 'b'],
      identity: 'ignore',
      cookies: true,
      obeyCallers: false,
      tagHeader: 'surrogate-key',
    },
    { query: 'none' },
  ],
  invalid: [
    { ttl: 10 },
    { heuristic: '200%' },
    { heuristic: 0.1 },
    { query: 'some' },
    { query: [''] },
    { identity: 'me' },
    { tagHeader: 'a b' },
  ],
});

describe('the address under which a reply is kept', () => {
  const address = (query: string, counts: 'all' | 'none' | string[], headers: Record<string, string> = {}): string =>
    addressOf(
      fakeExchange({ path: '/v1/users', query, headers: { host: 'API.example.com:8080', ...headers } }),
      counts,
    );

  it.each<[string, 'all' | 'none' | string[], string]>([
    ['', 'all', ''],
    ['?b=1&a=2', 'all', '?b=1&a=2'],
    ['?b=1&a=2', 'none', ''],
    ['?b=1&a=2&c', ['a', 'c'], '?a=2&c'],
    ['?%61=2', ['a'], '?%61=2'],
    ['?b=1', ['a'], ''],
    ['?%=1', ['%'], '?%=1'],
  ])('with the query %s of which %j count', (query, counts, expected) => {
    expect(address(query, counts)).toBe(`http://api.example.com:8080/v1/users${expected}`);
  });

  it.each([
    ['/b?c', 'http://a:1/b?c'],
    ['c', 'http://a:1/x/c'],
    ['https://a:1/b', 'http://a:1/b'],
    ['http://other/b', undefined],
    ['http://', undefined],
    [undefined, undefined],
  ])('may be spelt %s by a reply', (reference, expected) => {
    expect(neighbour('http://a:1/x/y?z', reference)).toBe(expected);
  });
});

describe('whose replies a caller gets', () => {
  it('are its own and nobody else’s', () => {
    const of = (principal: object): string => partitionOf(fakeExchange({ principal }), 'caller');
    expect(partitionOf(fakeExchange(), 'caller')).toBe('');
    expect(of({ application: 'a' })).not.toBe(of({ application: 'b' }));
    expect(of({ application: 'a', plan: 'x' })).not.toBe(of({ application: 'a', plan: 'y' }));
    expect(of({ application: '', subject: 'a' })).not.toBe(of({ application: '', subject: 'b' }));
    expect(of({ application: 'a","b' })).not.toBe(of({ application: 'a', credential: 'b' }));
    expect(partitionOf(fakeExchange({ principal: {} }), 'ignore')).toBe('');
  });
});

describe('Cache-Status', () => {
  it.each([
    [{ hit: true, ttlMs: 7900 }, 'gatehouse; hit; ttl=7'],
    [{ hit: true, ttlMs: -1500, forward: 'stale' as const }, 'gatehouse; hit; fwd=stale; ttl=-2'],
    [
      { forward: 'uri-miss' as const, forwardStatus: 200, stored: true },
      'gatehouse; fwd=uri-miss; fwd-status=200; stored',
    ],
    [{ hit: true, collapsed: true, ttlMs: Infinity }, 'gatehouse; hit; collapsed'],
  ])('of %j', (act, expected) => expect(cacheStatus(act)).toBe(expected));
});
