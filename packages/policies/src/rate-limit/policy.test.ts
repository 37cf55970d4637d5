import { describe, expect, it } from 'vitest';
import type { PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, linesOf, NOW, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const rateLimit = joined('rate-limit');

policyContract(rateLimit, {
  valid: [
    { limit: 100, window: '1m' },
    { limit: 2, window: '250ms', by: 'application', algorithm: 'gcra', cost: 2 },
    { limit: 5, window: '1h', by: 'credential', name: 'hourly' },
    { limit: 5, window: '1.5s', by: 'ip' },
    { limit: 5, window: '1d', by: 'route' },
    { limit: 5, window: '1d', by: 'header:X-Tenant' },
  ],
  invalid: [
    { window: '1m' },
    { limit: 0, window: '1m' },
    { limit: 1.5, window: '1m' },
    { limit: '100', window: '1m' },
    { limit: 1, window: '1 minute' },
    { limit: 1, window: '0s' },
    { limit: 1, window: '1m', by: 'user' },
    { limit: 1, window: '1m', by: 'header:' },
    { limit: 1, window: '1m', by: 'header:a b' },
    { limit: 1, window: '1m', cost: 2 },
    { limit: 1, window: '1m', algorithm: 'leaky' },
    { limit: 1, window: '1m', name: 'a"b' },
  ],
});

const DEFAULTS = { limit: 2, window: '1m' };

function call(hooks: PolicyHooks, options: FakeExchangeOptions = {}): Reply | undefined {
  return ask(hooks, fakeExchange(options));
}

/** How many calls pass before one is refused. */
function passes(hooks: PolicyHooks, options: FakeExchangeOptions = {}): number {
  for (let count = 0; ; count++) if (call(hooks, options) !== undefined) return count;
}

function build(config: unknown, tools: PolicyTools = fakeTools()): PolicyHooks {
  return rateLimit.build(config, tools);
}

describe('rate-limit counts', () => {
  it('by application when the caller is known, whatever its address', () => {
    const hooks = build(DEFAULTS);
    expect(passes(hooks, { principal: { application: 'a' }, clientIp: '192.0.2.1' })).toBe(2);
    expect(passes(hooks, { principal: { application: 'a', credential: 'other' }, clientIp: '192.0.2.2' })).toBe(0);
    expect(passes(hooks, { principal: { application: 'b' }, clientIp: '192.0.2.1' })).toBe(2);
  });

  it('by address when the caller is not known', () => {
    const hooks = build(DEFAULTS);
    expect(passes(hooks, { clientIp: '192.0.2.1' })).toBe(2);
    expect(passes(hooks, { clientIp: '192.0.2.2' })).toBe(2);
    expect(passes(hooks, { clientIp: '::ffff:192.0.2.2' })).toBe(0);
  });

  it('by credential', () => {
    const hooks = build({ ...DEFAULTS, by: 'credential' });
    expect(passes(hooks, { principal: { credential: 'ci' } })).toBe(2);
    expect(passes(hooks, { principal: { credential: 'dev' } })).toBe(2);
    expect(passes(hooks, { principal: { application: 'other', credential: 'ci' } })).toBe(2);
    expect(passes(hooks, { clientIp: '192.0.2.1' })).toBe(2);
  });

  it('a whole IPv6 network of 64 bits as one address', () => {
    const hooks = build({ ...DEFAULTS, by: 'ip' });
    expect(passes(hooks, { clientIp: '2001:db8:0:1::1' })).toBe(2);
    expect(passes(hooks, { clientIp: '2001:db8:0:1:ffff::2' })).toBe(0);
    expect(passes(hooks, { clientIp: '2001:db8:0:2::1' })).toBe(2);
  });

  it('by address also when the caller is known, if it is told to', () => {
    const hooks = build({ ...DEFAULTS, by: 'ip' });
    expect(passes(hooks, { principal: { application: 'a' } })).toBe(2);
    expect(passes(hooks, { principal: { application: 'b' } })).toBe(0);
  });

  it('everybody together by route', () => {
    const hooks = build({ ...DEFAULTS, by: 'route' });
    expect(passes(hooks, { clientIp: '192.0.2.1' })).toBe(2);
    expect(passes(hooks, { clientIp: '192.0.2.2' })).toBe(0);
    expect(passes(hooks, { route: { id: 'another' } })).toBe(2);
  });

  it('by a field, and calls without it together', () => {
    const hooks = build({ ...DEFAULTS, by: 'header:X-Tenant' });
    expect(passes(hooks, { headers: { 'x-tenant': 'a' } })).toBe(2);
    expect(passes(hooks, { headers: { 'x-tenant': 'b' } })).toBe(2);
    expect(passes(hooks, { clientIp: '192.0.2.1' })).toBe(2);
    expect(passes(hooks, { clientIp: '192.0.2.2' })).toBe(0);
  });

  it('an application that is named like an address as somebody else', () => {
    const hooks = build(DEFAULTS);
    expect(passes(hooks, { clientIp: '192.0.2.1' })).toBe(2);
    expect(passes(hooks, { principal: { application: '192.0.2.1' } })).toBe(2);
  });

  it('two places and two names apart, one place in two workers together', () => {
    const { counters } = fakeTools();
    const at = (scope: string, config: unknown = DEFAULTS): PolicyHooks =>
      build(config, { ...fakeTools(scope), counters });
    expect(passes(at('users#0'))).toBe(2);
    expect(passes(at('users#0'))).toBe(0);
    expect(passes(at('users#1'))).toBe(2);
    expect(passes(at('users#0', { ...DEFAULTS, name: 'other' }))).toBe(2);
  });

  it('units, not calls, when a call costs more', () => {
    expect(passes(build({ limit: 10, window: '1m', cost: 4 }))).toBe(2);
  });

  it('a sliding window by default, so that a burst is free again one window later', () => {
    const hooks = build(DEFAULTS);
    expect(passes(hooks)).toBe(2);
    expect(passes(hooks, { startedAt: NOW + 59_999 })).toBe(0);
    expect(passes(hooks, { startedAt: NOW + 60_000 })).toBe(2);
  });

  it('evenly with gcra', () => {
    const hooks = build({ ...DEFAULTS, algorithm: 'gcra' });
    expect(passes(hooks)).toBe(2);
    expect(passes(hooks, { startedAt: NOW + 30_000 })).toBe(1);
  });
});

describe('rate-limit tells', () => {
  it('the policy and what is left on every reply', () => {
    const exchange = fakeExchange({ principal: {} });
    ask(build({ limit: 100, window: '1m', by: 'application' }), exchange);
    expect(linesOf(exchange.replyHeaders)).toEqual([
      'ratelimit-policy: "application-1m";q=100;w=60',
      'ratelimit: "application-1m";r=99;t=60',
    ]);
    expect(exchange.notes).toEqual({ limit: 'application-1m', limitLeft: 0.99 });
  });

  it('several limits in one list', () => {
    const exchange = fakeExchange();
    exchange.replyHeaders.add('x-before', '1');
    ask(build({ limit: 100, window: '1m' }), exchange);
    ask(build({ limit: 1000, window: '1h', name: 'hourly' }), exchange);
    expect(linesOf(exchange.replyHeaders)).toEqual([
      'x-before: 1',
      'ratelimit-policy: "caller-1m";q=100;w=60, "hourly";q=1000;w=3600',
      'ratelimit: "caller-1m";r=99;t=60, "hourly";r=999;t=3600',
    ]);
    expect(exchange.notes.limit).toBe('caller-1m');
  });

  it('a refused caller when to come back', () => {
    const hooks = build(DEFAULTS);
    passes(hooks);
    const exchange = fakeExchange({ startedAt: NOW + 42_100 });
    expect(ask(hooks, exchange)).toEqual({
      code: 'limit.rate',
      detail: '"caller-1m" allows 2; the next call is possible in 18 s',
      headers: [['retry-after', '18']],
    });
    expect(linesOf(exchange.replyHeaders)).toContain('ratelimit: "caller-1m";r=0;t=18');
    expect(exchange.notes).toEqual({ limit: 'caller-1m', limitLeft: 0 });
  });

  it('at least one second', () => {
    const hooks = build({ limit: 1, window: '10ms' });
    call(hooks);
    expect(call(hooks)).toMatchObject({ headers: [['retry-after', '1']] });
  });

  it('when the whole cost is free again, not one unit of it', () => {
    const hooks = build({ limit: 4, window: '1m', cost: 2 });
    call(hooks);
    call(hooks, { startedAt: NOW + 30_000 });
    expect(call(hooks, { startedAt: NOW + 40_000 })).toMatchObject({ headers: [['retry-after', '20']] });
  });
});
