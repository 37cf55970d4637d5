import { identityJwks } from '@gatehouse/kernel';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../policy.ts';
import { ask, fakeExchange, fakeTools, linesOf, NOW } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { fieldText } from './field-text.ts';

const policy = joined('forward-identity');

policyContract(policy, {
  valid: [
    { headers: { 'X-User': 'subject', 'x-scopes': 'scopes', 'x-email': 'claim:email' } },
    { jwt: { audience: 'orders' } },
    {
      headers: { 'x-a': 'application' },
      jwt: { header: 'authorization', audience: 'o', ttl: '5m', claims: ['email'] },
    },
  ],
  invalid: [
    {},
    { headers: {} },
    { headers: { 'x-user': 'name' } },
    { headers: { 'x-user': 'claim:' } },
    { headers: { 'content-length': 'subject' } },
    { headers: { 'X-Forwarded-For': 'subject' } },
    { headers: { 'x-gatehouse-application': 'subject' } },
    { headers: { 'x-user': 'subject', 'X-User': 'plan' } },
    { headers: { 'x user': 'subject' } },
    { jwt: {} },
    { jwt: { audience: 'a', claims: ['sub'] } },
    { jwt: { audience: 'a', header: 'host' } },
    { jwt: { audience: 'a', ttl: 'soon' } },
  ],
});

const zoe: Partial<Principal> = {
  application: 'shop',
  credential: 'web',
  team: 'apps',
  plan: 'gold',
  method: 'jwt',
  subject: 'zoe',
  scopes: ['read', 'write'],
  groups: ['a,b', 'c'],
  claims: { iss: 'https://id.example', email: 'zoe@example', level: 3, sub: 'zoe' },
};

function told(config: object, principal: Partial<Principal> | undefined, tools = fakeTools(), startedAt = NOW) {
  const exchange = fakeExchange({ ...(principal && { principal }), startedAt });
  expect(ask(policy.build(config, tools), exchange)).toBeUndefined();
  return { lines: linesOf(exchange.upstreamHeaders), removed: exchange.upstreamHeaders.removed };
}

describe('fields of forward-identity', () => {
  it.each<[string, Partial<Principal>, readonly string[]]>([
    ['subject', zoe, ['x: zoe']],
    ['scopes', zoe, ['x: read write']],
    ['groups', zoe, ['x: a%2Cb,c']],
    ['application', zoe, ['x: shop']],
    ['application', { ...zoe, application: '' }, []],
    ['plan', zoe, ['x: gold']],
    ['team', zoe, ['x: apps']],
    ['owner', zoe, []],
    ['method', zoe, ['x: jwt']],
    ['claim:email', zoe, ['x: zoe@example']],
    ['claim:level', zoe, ['x: 3']],
    ['claim:toString', zoe, []],
    ['claim:email', { ...zoe, claims: { email: 'a\r\nx-admin: 1' } }, ['x: a%0D%0Ax-admin: 1']],
    ['claim:email', { ...zoe, claims: { email: { a: 'é' } } }, ['x: {"a":"%C3%A9"}']],
    ['subject', { ...zoe, subject: ' 100% Zoë ' }, ['x: %20100%25 Zo%C3%AB%20']],
    ['scopes', { ...zoe, scopes: [] }, []],
    ['scopes', { ...zoe, scopes: ['a b', 'c'] }, ['x: a%20b c']],
  ])('say %s', (fact, principal, lines) => {
    expect(told({ headers: { X: fact } }, principal)).toEqual({ lines, removed: ['x'] });
  });

  it('are taken from callers whom nobody knows', () => {
    const config = { headers: { 'X-User': 'subject' }, jwt: { audience: 'orders' } };
    expect(told(config, undefined)).toEqual({ lines: [], removed: ['x-user', 'x-gatehouse-identity'] });
  });

  it('give every text back, and never split a head', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = fieldText(text);
        expect(written).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeURIComponent(written)).toBe(text);
        expect(written.trim()).toBe(written);
      }),
    );
  });
});

describe('the token of forward-identity', () => {
  const tools = fakeTools();
  const config = { jwt: { audience: 'orders', claims: ['email', 'nothing'] } };
  const jwks = JSON.parse(identityJwks((purpose) => tools.runtime.secret(purpose)));
  const tokenOf = (principal: Partial<Principal>, settings: object = config, startedAt = NOW): string =>
    (told(settings, principal, tools, startedAt).lines[0] ?? '').replace(/^[^:]+: /, '');
  const read = async (token: string, at = NOW) =>
    jwtVerify(token, createLocalJWKSet(jwks), {
      audience: 'orders',
      issuer: 'gatehouse',
      algorithms: ['EdDSA'],
      currentDate: new Date(at),
    });

  it('is one that others can check', async () => {
    const token = tokenOf(zoe);
    const { payload } = await read(token);
    expect(payload).toEqual({
      iss: 'gatehouse',
      aud: 'orders',
      sub: 'zoe',
      idp: 'https://id.example',
      method: 'jwt',
      application: 'shop',
      credential: 'web',
      team: 'apps',
      plan: 'gold',
      scope: 'read write',
      groups: ['a,b', 'c'],
      email: 'zoe@example',
      iat: NOW / 1000,
      exp: NOW / 1000 + 60,
    });
    expect(decodeProtectedHeader(token).kid).toBe(jwks.keys[0].kid);
    await expect(read(token, NOW + 60_000)).rejects.toThrow('exp');
  });

  it('says nothing of what is not known, and nothing secret is published', async () => {
    const { payload } = await read(tokenOf({ application: 'shop', credential: 'ci', claims: { sub: 'x' } }));
    expect(Object.keys(payload).toSorted()).toEqual([
      'application',
      'aud',
      'credential',
      'exp',
      'iat',
      'iss',
      'method',
    ]);
    expect(jwks.keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
  });

  it('is used again for half of its time, for the same caller only', () => {
    const hooks = policy.build(config, tools);
    const at = (startedAt: number, principal: Partial<Principal>): string => {
      const exchange = fakeExchange({ principal, startedAt });
      ask(hooks, exchange);
      return exchange.upstreamHeaders.lines;
    };
    const first = at(NOW, zoe);
    expect(at(NOW + 29_999, structuredClone(zoe))).toBe(first);
    expect(at(NOW + 30_000, zoe)).not.toBe(first);
    expect(at(NOW, { ...zoe, scopes: ['admin'] })).not.toBe(first);
    expect(at(NOW, { ...zoe, application: 'other' })).not.toBe(first);
  });

  it('has another name when its key is another', () => {
    expect(identityJwks(() => Buffer.alloc(32, 1))).not.toBe(identityJwks(() => Buffer.alloc(32, 2)));
  });
});
