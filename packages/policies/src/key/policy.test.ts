import { createHash } from 'node:crypto';
import type { CredentialSpec, PolicySpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const key = joined('key');

policyContract(key, {
  valid: [{}, { headers: ['X-Key'] }, { headers: [], query: 'key' }],
  invalid: [{ headers: 'x-key' }, { headers: ['a b'] }, { headers: ['a', 'a'] }, { query: 'a b' }, { query: '' }],
});

const credential: CredentialSpec = {
  sha256: createHash('sha256').update('right').digest('hex'),
  name: 'ci',
  owner: undefined,
  expiresMs: undefined,
  application: 'mobile',
  team: undefined,
  subscriptions: {},
  models: undefined,
  tokenLimits: [],
};
const spec = (name: string): PolicySpec => ({ name, config: {}, scope: `users#${name}.0` });

function found(config: object, request: FakeExchangeOptions, behind: readonly string[] = []) {
  const policies = ['key', ...behind].map(spec);
  const tools = fakeTools('users#key.0', { credentials: [credential], route: { policies } });
  const exchange = fakeExchange(request);
  return { answer: key.build(config, tools).onIdentify?.(exchange), exchange };
}

describe('key', () => {
  it.each<[string, FakeExchangeOptions, readonly string[]]>([
    ['behind Bearer', { headers: { authorization: 'Bearer right' } }, ['authorization', 'x-api-key', 'apikey']],
    ['behind bearer', { headers: { authorization: 'bearer  right ' } }, ['authorization', 'x-api-key', 'apikey']],
    ['in X-API-Key', { headers: { 'x-api-key': 'right' } }, ['x-api-key', 'apikey']],
    ['in apikey', { headers: { apikey: 'right', 'x-api-key': '' } }, ['x-api-key', 'apikey']],
    [
      'in X-API-Key beside credentials of another kind',
      { headers: { authorization: 'Basic cmlnaHQ=', 'x-api-key': 'right' } },
      ['x-api-key', 'apikey'],
    ],
  ])('finds a key %s, and takes it out', (_, request, fields) => {
    expect(found({}, request).answer).toEqual({ caller: { credential, subject: undefined, fields } });
  });

  it('finds a key in the query, and takes it out', () => {
    const { answer, exchange } = found({ query: 'key' }, { query: '?a=1&key=right&b=%2F&key=x' });
    expect(answer).toMatchObject({ caller: { credential, fields: [] } });
    expect(exchange.upstreamTarget).toMatch(/\?a=1&b=%2F$/);
  });

  it.each<[string, FakeExchangeOptions]>([
    ['an unknown bearer', { headers: { authorization: 'Bearer wrong' } }],
    ['an unknown key', { headers: { 'x-api-key': 'wrong' } }],
    ['a key in a field that is asked first', { headers: { 'x-api-key': 'wrong', apikey: 'right' } }],
    ['an unknown key in the query', { query: '?key=wrong' }],
  ])('refuses %s', (_, request) => {
    expect(found({ query: 'key' }, request).answer).toMatchObject({ code: 'auth.invalid' });
  });

  it.each<[string, FakeExchangeOptions]>([
    ['nothing', {}],
    ['empty fields', { headers: { authorization: '', 'x-api-key': '' }, query: '?key=' }],
    ['another scheme', { headers: { authorization: 'Basic cmlnaHQ=' } }],
    ['Bearer without a token', { headers: { authorization: 'Bearer ' } }],
  ])('leaves %s to the next', (_, request) => {
    expect(found({ query: 'key' }, request).answer).toBeUndefined();
  });

  it('leaves an unknown bearer token to a policy behind it that knows tokens, and no other key', () => {
    const bearer = { headers: { authorization: 'Bearer wrong' } };
    expect(found({}, bearer, ['jwt']).answer).toBeUndefined();
    expect(found({}, bearer, ['basic']).answer).toMatchObject({ code: 'auth.invalid' });
    expect(found({}, { headers: { 'x-api-key': 'wrong' } }, ['jwt']).answer).toMatchObject({ code: 'auth.invalid' });
    const both = { headers: { authorization: 'Bearer wrong', 'x-api-key': 'right' } };
    expect(found({}, both, ['jwt']).answer).toMatchObject({ caller: { credential } });
  });
});
