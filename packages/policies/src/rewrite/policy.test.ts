import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const rewrite = joined('rewrite');

policyContract(rewrite, {
  valid: [
    { path: '/' },
    { path: '/v2/{rest}' },
    { path: '/people/{id}/x' },
    { path: '/{id}{rest}' },
    { path: '/a.{id}' },
    { match: '^/old/(.*)$', path: '/new/$1' },
    { match: '/v(\\d+)/', path: '/{rest}/$1/' },
    { query: { remove: ['debug'] } },
    { path: '/x', query: { set: { 'a b': '{id}' } } },
  ],
  invalid: [
    {},
    { path: '' },
    { path: 'v2/{rest}' },
    { path: '{rest}' },
    { path: '/a/../b' },
    { path: '/./{rest}' },
    { path: '//{rest}' },
    { path: '/a b' },
    { path: '/a?x=1' },
    { path: '/a#b' },
    { path: '/a\r\nb' },
    { path: '/é' },
    { path: '/%2' },
    { path: '/%2f' },
    { path: '/%41' },
    { path: '/{' },
    { path: '/{}' },
    { path: '/{1}' },
    { path: '/{a b}' },
    { path: `/${'a'.repeat(2048)}` },
    { match: '^/a$' },
    { match: '', path: '/a' },
    { match: '(', path: '/a' },
    { match: '^/(?=a)', path: '/a' },
    { match: '(a*)*', path: '/a' },
    { match: `^/${'(a'.repeat(80)}`, path: '/a' },
    { match: '^/(a)$', path: '/$2' },
    { match: '^/(a)$', path: '/a//$1' },
    { query: { set: { '': 'a' } } },
    { query: { remove: [''] } },
    { query: { remove: 'a' } },
    { query: { add: {} } },
  ],
});

function run(path: string, options: FakeExchangeOptions): { target: string; reply: Reply | undefined } {
  const exchange = fakeExchange(options);
  const reply = ask(rewrite.build({ path }, fakeTools()), exchange);
  return { target: exchange.upstreamTarget, reply };
}

function check(path: string, options: FakeExchangeOptions, expected: string): void {
  expect(run(path, options)).toEqual({ target: expected, reply: undefined });
}

function refused(path: string, options: FakeExchangeOptions, code: string): void {
  const { target, reply } = run(path, { ...options, upstreamTarget: '/before' });
  expect(reply).toMatchObject({ code });
  expect(target).toBe('/before');
}

describe('rewrite', () => {
  it('puts segments of the route where their names stand', () => {
    check('/people/{id}/card', { params: { id: '7' } }, '/people/7/card');
    check('/{b}/{a}', { params: { a: 'x', b: 'y%20z' } }, '/y%20z/x');
  });

  it('puts what the star matched in place of {rest}', () => {
    check('/v2/{rest}', { path: '/v1/files/a/b', params: { '*': 'a/b' } }, '/v2/a/b');
    check('/v2/{rest}', { path: '/v1/files', params: { '*': '' } }, '/v2/');
  });

  it('puts the path behind the base path in place of {rest} when there is no star', () => {
    check('/v2/{rest}', { path: '/v1/users/7', params: { id: '7' } }, '/v2/users/7');
    check('/v2/{rest}', { path: '/users/7', route: { strip: '' } }, '/v2/users/7');
    check('/v2/{rest}', { path: '/v1', route: { strip: '/v1' } }, '/v2/');
  });

  it('prefers a segment that is named rest', () => {
    check('/v2/{rest}', { params: { rest: 'mine' } }, '/v2/mine');
  });

  it('keeps the query', () => {
    check('/x', { path: '/v1/a', query: '?q=1&/../?' }, '/x?q=1&/../?');
    check('/x', { query: '?' }, '/x?');
  });

  it('refuses a result that would climb', () => {
    refused('/a/.{id}', { params: { id: '.' } }, 'request.ambiguous');
    refused('/a/{id}.', { params: { id: '.' } }, 'request.ambiguous');
    refused('/{id}', { params: { id: '..' } }, 'request.ambiguous');
    refused('/a{rest}', { params: { '*': '/../../x' } }, 'request.ambiguous');
  });

  it('refuses a result that is not canonical', () => {
    refused('/v2/{rest}', { params: { '*': '/x' } }, 'request.ambiguous');
    refused('/{id}1', { params: { id: '%4' } }, 'request.ambiguous');
    refused('/{id}', { params: { id: '%2f' } }, 'request.ambiguous');
    refused('/{id}', { params: { id: 'a?b' } }, 'request.ambiguous');
    refused('/{id}', { params: { id: 'a\r\nb' } }, 'request.ambiguous');
    refused('/{id}', { params: { id: '%252e' } }, 'request.ambiguous');
  });

  it('lets spellings through that the route allows, and no others', () => {
    check('/v2/{rest}', { params: { '*': 'a%2Fb' }, route: { allow: ['encoded-slash'] } }, '/v2/a%2Fb');
    refused('/v2/{rest}', { params: { '*': 'a%2Fb' }, route: { allow: ['semicolon'] } }, 'request.ambiguous');
    refused('/v2/{rest}', { params: { '*': 'a%00b' }, route: { allow: ['encoded-slash'] } }, 'request.ambiguous');
  });

  it('closes the route when it names a segment that the route lacks', () => {
    refused('/{nobody}', {}, 'route.unavailable');
    refused('/{constructor}', {}, 'route.unavailable');
    refused('/{__proto__}', {}, 'route.unavailable');
  });
});

describe('rewrite by a pattern', () => {
  const byPattern = (match: string, path: string, target: string, route: FakeExchangeOptions['route'] = {}): string => {
    const exchange = fakeExchange({ upstreamTarget: target, params: { id: '7' }, route });
    const reply = ask(rewrite.build({ match, path }, fakeTools()), exchange);
    return reply === undefined ? exchange.upstreamTarget : 'code' in reply ? reply.code : '';
  };

  it.each([
    ['puts groups where they are named', '^/old/(.*)$', '/new/$1', '/old/a/b?x=1', '/new/a/b?x=1'],
    ['puts groups in another order', '^/([^/]+)/([^/]+)$', '/$2/$1', '/a/b', '/b/a'],
    ['takes a group that took no part for nothing', '^/a(?:/(.+))?$', '/x/$1', '/a', '/x/'],
    ['leaves a path alone in which nothing is found', '^/old/(.*)$', '/new/$1', '/other?x', '/other?x'],
    ['replaces what it finds, and no more', '/old/', '/new/', '/a/old/b/old/c', '/a/new/b/old/c'],
    ['puts segments of the route in too', '^/u$', '/users/{id}', '/u', '/users/7'],
    ['does not look into the query', 'x', '/y', '/a?x', '/a?x'],
    ['knows ten groups', `^/${'(.)'.repeat(10)}$`, '/$10$1', '/abcdefghij', '/ja'],
  ])('%s', (_, match, path, target, expected) => {
    expect(byPattern(match, path, target)).toBe(expected);
  });

  it.each([
    ['climbs', '^/a/(.*)/b$', '/x/$1', '/a/..c/../b', 'request.ambiguous'],
    ['is a dot segment', '^/a-(.*)$', '/$1', '/a-..', 'request.ambiguous'],
    ['is two slashes', '^/a(.*)$', '/$1', '/a/b', 'request.ambiguous'],
    ['breaks an escape', '^/(.*)F$', '/$1', '/a%2F', 'request.ambiguous'],
    ['makes an escape', '^/(.*)-(.*)$', '/$1$2', '/%2-e', 'request.ambiguous'],
    ['is too long to look at', 'b', '/c', `/${'a'.repeat(4096)}`, 'request.target_too_long'],
    ['names what the route lacks', 'a', '/{nobody}', '/a', 'route.unavailable'],
  ])('refuses a result that %s', (_, match, path, target, expected) => {
    expect(byPattern(match, path, target)).toBe(expected);
  });

  it('sees one spelling only, whatever the caller wrote', () => {
    expect(byPattern('^/secret(.*)$', '/hidden$1', '/secret/a%2Fb', { allow: ['encoded-slash'] })).toBe(
      '/hidden/a%2Fb',
    );
  });
});

describe('rewrite of the query', () => {
  const edited = (query: object, target: string, params: Record<string, string> = {}): string => {
    const exchange = fakeExchange({ upstreamTarget: target, params });
    const reply = ask(rewrite.build({ query }, fakeTools()), exchange);
    return reply === undefined ? exchange.upstreamTarget : 'code' in reply ? reply.code : '';
  };

  it.each<[string, object, string, string]>([
    ['takes parameters out', { remove: ['debug'] }, '/a?x=1&debug=1&y&debug', '/a?x=1&y'],
    ['takes them out however they are spelt', { remove: ['api_key'] }, '/a?%61pi_key=1&api%5Fkey=2&x=%', '/a?x=%'],
    ['reads a plus as a space', { remove: ['a b'] }, '/a?a+b=1&a%20b=2&c', '/a?c'],
    ['takes the whole query out', { remove: ['x'] }, '/a?x=1', '/a'],
    ['keeps the rest as it came', { remove: ['x'] }, '/a?%7e=%2f;/../&x&+', '/a?%7e=%2f;/../&+'],
    ['sets one', { set: { v: '2' } }, '/a', '/a?v=2'],
    ['sets one in place of all of its name', { set: { v: '2' } }, '/a?v=1&x&v=3', '/a?x&v=2'],
    ['escapes what it sets', { set: { 'a b&': 'c=d #' } }, '/a', '/a?a%20b%26=c%3Dd%20%23'],
    ['does not mind an empty query', { remove: ['x'] }, '/a?', '/a'],
    [
      'leaves what looks like Object alone',
      { remove: ['x'] },
      '/a?__proto__=1&constructor',
      '/a?__proto__=1&constructor',
    ],
  ])('%s', (_, query, target, expected) => {
    expect(edited(query, target)).toBe(expected);
  });

  it('puts segments in, which stay one value', () => {
    expect(edited({ set: { id: 'u-{id}' } }, '/a', { id: 'x&y=1%20z' })).toBe('/a?id=u-x%26y%3D1%20z');
    expect(edited({ set: { id: '{nobody}' } }, '/a?x')).toBe('route.unavailable');
  });

  it('goes with a path', () => {
    const exchange = fakeExchange({ upstreamTarget: '/users/7?x=1', params: { id: '7' } });
    ask(rewrite.build({ path: '/person', query: { set: { id: '{id}' } } }, fakeTools()), exchange);
    expect(exchange.upstreamTarget).toBe('/person?x=1&id=7');
  });
});
