import { describe, expect, it } from 'vitest';
import type { Principal, Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const authorize = joined('authorize');

policyContract(authorize, {
  valid: [
    { scopes: ['users.read'] },
    { scopesAny: ['a', 'b'], groups: ['admins'], groupsAny: ['x'] },
    { applications: ['mobile'], claims: { tenant: 'acme', level: 3, verified: true } },
  ],
  invalid: [
    {},
    { scopes: [], claims: {} },
    { scopes: ['a b'] },
    { scopes: ['a"b'] },
    { scopes: ['a', 'a'] },
    { claims: { tenant: ['acme'] } },
    { claims: { tenant: null } },
  ],
});

function answer(config: object, principal: Partial<Principal> | undefined): Reply | undefined {
  const exchange = fakeExchange(principal === undefined ? {} : { principal });
  return ask(authorize.build(config, fakeTools()), exchange);
}

describe('authorize', () => {
  it.each<[object, Partial<Principal>, boolean]>([
    [{ scopes: ['r', 'w'] }, { scopes: ['w', 'x', 'r'] }, true],
    [{ scopes: ['r', 'w'] }, { scopes: ['r'] }, false],
    [{ scopes: ['r'] }, { scopes: ['R'] }, false],
    [{ scopes: ['r'] }, { scopes: [] }, false],
    [{ scopesAny: ['r', 'w'] }, { scopes: ['w'] }, true],
    [{ scopesAny: ['r', 'w'] }, { scopes: ['x'] }, false],
    [{ groups: ['a', 'b'] }, { groups: ['a', 'b'] }, true],
    [{ groups: ['a', 'b'] }, { groups: ['a'] }, false],
    [{ groupsAny: ['a', 'b'] }, { groups: ['b'] }, true],
    [{ groupsAny: ['a'] }, { scopes: ['a'] }, false],
    [{ applications: ['mobile'] }, { application: 'mobile' }, true],
    [{ applications: ['mobile'] }, { application: '' }, false],
    [{ claims: { tenant: 'acme' } }, { claims: { tenant: 'acme' } }, true],
    [{ claims: { tenant: 'acme' } }, { claims: { tenant: ['x', 'acme'] } }, true],
    [{ claims: { tenant: 'acme' } }, { claims: { tenant: 'acme2' } }, false],
    [{ claims: { level: 1 } }, { claims: { level: '1' } }, false],
    [{ claims: { toString: 'x' } }, { claims: {} }, false],
    [{ scopes: ['r'], groups: ['g'] }, { scopes: ['r'] }, false],
  ])('%j of a caller with %j: %s', (config, principal, passes) => {
    const reply = answer(config, principal);
    if (passes) expect(reply).toBeUndefined();
    else expect(reply).toMatchObject({ code: 'auth.forbidden' });
  });

  it('refuses callers whom nobody knows', () => {
    expect(answer({ applications: ['mobile'] }, undefined)).toMatchObject({ code: 'auth.missing' });
  });

  it('tells which scopes would do', () => {
    expect(answer({ scopes: ['r'], scopesAny: ['w'] }, {})).toMatchObject({
      headers: [['www-authenticate', 'Bearer realm="gatehouse", error="insufficient_scope", scope="r w"']],
    });
  });
});
