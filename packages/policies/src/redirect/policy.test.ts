import { canonicalTarget } from '@gatehouse/http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const redirect = joined('redirect');

policyContract(redirect, {
  valid: [
    { to: 'https://example.com' },
    { to: 'https://example.com/{rest}?x={query}', status: 301 },
    { to: 'http://[::1]:8080/a', status: 308, keepQuery: false },
    { to: '/v2/users/{id}#top' },
    { to: '/?a=b' },
  ],
  invalid: [
    {},
    { to: '' },
    { to: 'example.com/x' },
    { to: '//example.com/x' },
    { to: 'javascript:alert(1)' },
    { to: 'ftp://example.com/' },
    { to: 'https://' },
    { to: 'https://{host}/' },
    { to: 'https://{id}.example.com/' },
    { to: 'https://example.com{rest}' },
    { to: 'https://user@example.com/' },
    { to: 'https://example.com/a b' },
    { to: 'https://example.com/\r\nx: y' },
    { to: 'https://example.com/é' },
    { to: 'https://example.com/a/../b' },
    { to: '/a//b' },
    { to: '/\\example.com' },
    { to: '/{query}' },
    { to: '/x?{' },
    { to: '/x#{rest}' },
    { to: '/x', status: 200 },
    { to: '/x', status: '301' },
    { to: '/x', keepQuery: 'yes' },
  ],
});

function run(config: object, call: FakeExchangeOptions): Reply | undefined {
  return ask(redirect.build(config, fakeTools()), fakeExchange(call));
}

function check(to: string, call: FakeExchangeOptions, expected: string): void {
  expect(run({ to }, call)).toEqual({ status: 307, headers: [['location', expected]], body: '' });
}

describe('redirect', () => {
  it('leads where it says, with segments of the route', () => {
    check('https://example.com/x', {}, 'https://example.com/x');
    check('https://example.com', {}, 'https://example.com/');
    check('/people/{id}', { params: { id: 'a%20b' } }, '/people/a%20b');
    check('https://example.com/{rest}', { params: { '*': 'a/b' } }, 'https://example.com/a/b');
    check('https://example.com/{rest}', { path: '/v1/users/7' }, 'https://example.com/users/7');
    check('/x#part', { query: '?a=1' }, '/x?a=1#part');
  });

  it('puts the query behind its own', () => {
    check('https://example.com/x', { query: '?a=1&b' }, 'https://example.com/x?a=1&b');
    check('https://example.com/x?y=2', { query: '?a=1' }, 'https://example.com/x?y=2&a=1');
    check('https://example.com/x?y=2', { query: '?' }, 'https://example.com/x?y=2');
    expect(run({ to: '/x', keepQuery: false }, { query: '?a=1' })).toMatchObject({ headers: [['location', '/x']] });
  });

  it('lets nothing that is filled into its query become another parameter', () => {
    check('/x?name={id}', { params: { id: 'a&b=c+d%20e' } }, '/x?name=a%26b%3Dc%2Bd%20e');
    const reply = run({ to: '/x?back={query}', keepQuery: false }, { query: '?a=1%26&b=2' });
    expect(reply).toMatchObject({ headers: [['location', '/x?back=a%3D1%2526%26b%3D2']] });
    check('/x?at={rest}', { params: { '*': 'a;b' }, route: { allow: ['semicolon'] } }, '/x?at=a%3Bb');
  });

  it('uses the status that it is told', () => {
    for (const status of [301, 302, 303, 307, 308]) expect(run({ to: '/x', status }, {})).toMatchObject({ status });
  });

  it.each<[string, string, FakeExchangeOptions]>([
    ['two slashes', '/{rest}', { params: { '*': '/evil.example' } }],
    [
      'two slashes that the route allows',
      '/{rest}',
      { params: { '*': '/evil.example' }, route: { allow: ['empty-segment'] } },
    ],
    ['dots that climb', '/a/.{id}', { params: { id: '.' } }],
    ['an escape that was none before', '/{id}1', { params: { id: '%4' } }],
    ['a second layer of escapes', '/{id}', { params: { id: '%252e' } }],
    ['an encoded slash', '/{id}', { params: { id: '%2Fevil.example' } }],
    ['a line break', '/{id}', { params: { id: 'a\r\nb' } }],
    ['a backslash', '/{id}', { params: { id: '\\evil.example' } }],
  ])('refuses %s', (_, to, call) => {
    expect(run({ to }, call)).toMatchObject({ code: 'request.ambiguous' });
  });

  it('closes the route when it names a segment that the route lacks', () => {
    expect(run({ to: '/{nobody}' }, {})).toMatchObject({ code: 'route.unavailable' });
    expect(run({ to: '/x?a={constructor}' }, {})).toMatchObject({ code: 'route.unavailable' });
  });

  it('never leads to another server, whatever the path', () => {
    const odd = fc.string({
      unit: fc.constantFrom('/', '\\', '.', '%2F', '%5C', '@', ':', '?', '#', 'evil.example', ';', '%'),
    });
    const hooks = ['/{rest}', 'https://a.example/{rest}', '/x/{rest}', '/{rest}?b={rest}'].map((to) =>
      redirect.build({ to }, fakeTools()),
    );
    fc.assert(
      fc.property(odd, fc.constantFrom('', '?', '?a=//evil.example', '?@x'), (rest, query) => {
        if (canonicalTarget(`/${rest}`) === undefined) return;
        const route = { allow: ['empty-segment', 'encoded-slash', 'encoded-backslash', 'semicolon'] as const };
        for (const each of hooks) {
          const reply = ask(each, fakeExchange({ params: { '*': rest }, query, route }));
          if (reply === undefined || 'code' in reply) continue;
          const location = reply.headers[0]?.[1] ?? '';
          expect(new URL(location, 'https://a.example/b').origin).toBe('https://a.example');
        }
      }),
    );
  });
});
