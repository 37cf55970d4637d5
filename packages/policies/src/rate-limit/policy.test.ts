import { describe, expect, it } from 'vitest';
import type { PolicyHooks, PolicyTools, Principal, Reply } from '../policy.ts';
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
    { limit: 5, window: '1d', by: 'subject' },
    { limit: 5, window: '1d', by: 'claim:https://example.com/tenant' },
    { limits: [{ limit: 5, window: '1s' }] },
    {
      by: 'ip',
      limits: [
        { limit: 5, window: '1s' },
        { limit: 50, window: '1m', by: 'route', cost: 7, name: 'all' },
      ],
    },
    { limit: 50, window: '1d', cost: { header: 'X-Cost', max: 10, methods: { POST: 5 }, routes: { 'GET /users': 3 } } },
    { limit: 50, window: '1d', cost: { claim: 'weight' } },
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
    { limit: 1, window: '1m', by: 'claim:' },
    { limit: 1 },
    { limits: [] },
    { limits: [{ limit: 1 }] },
    { limit: 1, window: '1m', limits: [{ limit: 1, window: '1s' }] },
    { name: 'x', limits: [{ limit: 1, window: '1s' }] },
    {
      limits: [
        { limit: 1, window: '1s' },
        { limit: 2, window: '1s' },
      ],
    },
    {
      cost: 2,
      limits: [
        { limit: 5, window: '1m' },
        { limit: 1, window: '1s' },
      ],
    },
    { limit: 4, window: '1m', cost: { methods: { POST: 5 } } },
    { limit: 4, window: '1m', cost: { routes: { users: 1 } } },
    { limit: 4, window: '1m', cost: { header: 'a b' } },
    { limit: 4, window: '1m', cost: { default: 0 } },
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

describe('rate-limit counts callers whom others vouch for', () => {
  const user = (subject: string, more: Partial<Principal> = {}): FakeExchangeOptions => ({
    principal: { application: '', credential: '', method: 'jwt', subject, ...more },
  });

  it.each(['application', 'credential', 'subject'])('each by itself, by %s', (by) => {
    const hooks = build({ ...DEFAULTS, by });
    expect([passes(hooks, user('ada')), passes(hooks, user('bob'))]).toEqual([2, 2]);
    expect(passes(hooks, { ...user('ada'), clientIp: '192.0.2.99' })).toBe(0);
  });

  it('apart when two issuers give them the same name', () => {
    const hooks = build({ ...DEFAULTS, by: 'subject' });
    expect(passes(hooks, user('ada', { claims: { iss: 'https://a.example' } }))).toBe(2);
    expect(passes(hooks, user('ada', { claims: { iss: 'https://b.example' } }))).toBe(2);
    expect(passes(hooks, user('ada', { method: 'basic' }))).toBe(2);
  });

  it('by subject also inside an application', () => {
    const hooks = build({ ...DEFAULTS, by: 'subject' });
    expect(passes(hooks, user('ada', { application: 'mobile' }))).toBe(2);
    expect(passes(hooks, user('bob', { application: 'mobile' }))).toBe(2);
    expect(passes(hooks, { principal: { credential: 'ci' } })).toBe(2);
    expect(passes(hooks, { principal: { credential: 'dev' } })).toBe(2);
  });

  it('by what their token says, and those of which it says nothing together', () => {
    const hooks = build({ ...DEFAULTS, by: 'claim:tenant' });
    expect(passes(hooks, user('a', { claims: { tenant: 'x' } }))).toBe(2);
    expect(passes(hooks, user('b', { claims: { tenant: 'x' } }))).toBe(0);
    expect(passes(hooks, user('a', { claims: { tenant: 7 } }))).toBe(2);
    expect(passes(hooks, user('a', { claims: { tenant: ['x'] } }))).toBe(2);
    expect([passes(hooks, user('a')), passes(hooks, { clientIp: '192.0.2.1' })]).toEqual([2, 0]);
    expect(passes(build({ ...DEFAULTS, by: 'claim:constructor' }), user('a'))).toBe(2);
  });
});

describe('a call costs', () => {
  const left = (config: object, options: FakeExchangeOptions): unknown => {
    const exchange = fakeExchange(options);
    const tools = fakeTools('test#0', { ...(options.route !== undefined && { route: options.route }) });
    const reply = ask(build({ limit: 1000, window: '1m', ...config }, tools), exchange);
    return reply === undefined ? 1000 - Number(/;r=(\d+)/.exec(exchange.replyHeaders.lines)?.[1]) : reply;
  };
  const all = {
    header: 'X-Cost',
    claim: 'cost',
    max: 50,
    default: 2,
    methods: { POST: 5 },
    routes: { 'PUT /users/{id}': 9 },
  };
  const cases: readonly (readonly [string, FakeExchangeOptions, number])[] = [
    ['what its route does', { method: 'PUT', route: { method: 'PUT' } }, 9],
    ['what its method does', { method: 'POST', headers: { 'x-cost': '7' } }, 5],
    ['what its field says', { headers: { 'x-cost': '7' }, principal: { claims: { cost: 3 } } }, 7],
    ['what its token says', { principal: { claims: { cost: 3 } } }, 3],
    ['the usual when the token says nonsense', { principal: { claims: { cost: { a: 1 } } } }, 2],
    ['the usual when nothing is said', { principal: {} }, 2],
    ['the usual when nobody is known', {}, 2],
  ];
  it.each(cases)('%s', (_, options, cost) => {
    expect(left({ cost: all }, options)).toBe(cost);
  });

  it('what a route costs by its full path too', () => {
    expect(left({ cost: { routes: { 'GET /v1/users/{id}': 4 } } }, {})).toBe(4);
  });

  it.each(['', '0', '-1', '51', '1.5', '1e1', 'seven', '7, 7', '9'.repeat(400)])(
    'no "%s" that its field says',
    (said) => {
      expect(left({ cost: all }, { headers: { 'x-cost': said } })).toMatchObject({ code: 'request.malformed' });
    },
  );
});

describe('rate-limit with several limits', () => {
  const limits = [
    { limit: 2, window: '1s', by: 'ip' },
    { limit: 3, window: '1m', by: 'application' },
  ];

  it('uses nothing of the others for a call that one of them refuses', () => {
    const hooks = build({ limits });
    const caller = { principal: { application: 'a' } };
    expect(passes(hooks, caller)).toBe(2);
    for (let i = 0; i < 10; i++) call(hooks, caller);
    expect(passes(hooks, { ...caller, clientIp: '192.0.2.9' })).toBe(1);
    expect(passes(hooks, { principal: { application: 'b' }, clientIp: '192.0.2.9' })).toBe(1);
  });

  it('tells of all of them, and of the refusal that lasts longest', () => {
    const hooks = build({ limits: limits.map((each) => ({ ...each, limit: 1, by: 'route' })) });
    call(hooks);
    const exchange = fakeExchange({ startedAt: NOW + 200 });
    expect(ask(hooks, exchange)).toMatchObject({
      detail: expect.stringContaining('"route-1m"'),
      headers: [['retry-after', '60']],
    });
    expect(linesOf(exchange.replyHeaders)).toEqual([
      'ratelimit-policy: "route-1s";q=1;w=1, "route-1m";q=1;w=60',
      'ratelimit: "route-1s";r=0;t=1, "route-1m";r=0;t=60',
    ]);
    expect(exchange.notes.limitLeft).toBe(0);
  });

  it('shows what is left of those that did not refuse, without the refused call', () => {
    const hooks = build({
      cost: 2,
      limits: [
        { limit: 9, window: '1m' },
        { limit: 2, window: '1h' },
      ],
    });
    call(hooks);
    const exchange = fakeExchange();
    expect(ask(hooks, exchange)).toMatchObject({ code: 'limit.rate' });
    expect(linesOf(exchange.replyHeaders)[1]).toBe('ratelimit: "caller-1m";r=7;t=60, "caller-1h";r=0;t=3600');
  });

  it('lets each have a cost and an algorithm of its own, and what it leaves out from beside the list', () => {
    const hooks = build({
      by: 'route',
      cost: 3,
      limits: [
        { limit: 9, window: '1m' },
        { limit: 9, window: '1h', cost: 4 },
      ],
    });
    const exchange = fakeExchange();
    ask(hooks, exchange);
    expect(linesOf(exchange.replyHeaders)[1]).toBe('ratelimit: "route-1m";r=6;t=60, "route-1h";r=5;t=3600');
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
