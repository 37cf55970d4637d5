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
