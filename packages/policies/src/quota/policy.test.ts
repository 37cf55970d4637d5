import type { Clock } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import type { PolicyHooks, PolicyTools } from '../policy.ts';
import {
  ask,
  fakeExchange,
  fakeReplyHead,
  fakeTools,
  linesOf,
  NOW,
  type FakeExchangeOptions,
} from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const quota = joined('quota');

policyContract(quota, {
  valid: [
    { limit: 5, per: 'hour' },
    { limit: 1e15, per: 'year', by: 'claim:tenant', name: 'tenants' },
    { limit: 50, per: 'week', cost: { header: 'x-units', max: 10 } },
    { limit: 50, per: 'month', cost: 5, unitsFrom: { replyHeader: 'X-Units', max: 100, hide: true } },
  ],
  invalid: [
    {},
    { limit: 5 },
    { limit: 5, per: 'minute' },
    { limit: 0, per: 'day' },
    { limit: 5, per: 'day', by: 'team' },
    { limit: 5, per: 'day', cost: 6 },
    { limit: 5, per: 'day', unitsFrom: {} },
    { limit: 5, per: 'day', unitsFrom: { replyHeader: 'a b' } },
    { limit: 5, per: 'day', unitsFrom: 'x-units' },
  ],
});

const HOUR = 3_600_000;

const STANDING: Clock = { now: () => NOW, monotonic: () => 0 };

function build(config: object, tools: PolicyTools = fakeTools('test#0', { clock: STANDING })): PolicyHooks {
  return quota.build({ limit: 10, per: 'hour', ...config }, tools);
}

function passes(hooks: PolicyHooks, options: FakeExchangeOptions = {}): number {
  for (let count = 0; ; count++) if (ask(hooks, fakeExchange(options)) !== undefined) return count;
}

/** A call whose reply says so many units; what is left before the next. */
function used(hooks: PolicyHooks, units: string | undefined, startedAt = NOW): void {
  const exchange = fakeExchange({ startedAt });
  expect(ask(hooks, exchange)).toBeUndefined();
  hooks.onReplyHead?.(exchange, fakeReplyHead(200, units === undefined ? {} : { 'x-units': units }));
  hooks.onEnd?.(exchange, { status: 200, code: undefined });
}

describe('quota', () => {
  it('lets exactly the limit through until the period ends, and then anew', () => {
    const hooks = build({});
    expect(passes(hooks)).toBe(10);
    const end = Math.ceil(NOW / HOUR) * HOUR + (NOW % HOUR === 0 ? HOUR : 0);
    expect(passes(hooks, { startedAt: end - 1 })).toBe(0);
    expect(passes(hooks, { startedAt: end })).toBe(10);
  });

  it('counts callers apart', () => {
    const hooks = build({ by: 'claim:tenant' });
    expect(passes(hooks, { principal: { claims: { tenant: 'a' } } })).toBe(10);
    expect(passes(hooks, { principal: { claims: { tenant: 'b' } } })).toBe(10);
  });

  it('counts units that the request says', () => {
    const hooks = build({ cost: { header: 'x-units' } });
    expect(passes(hooks, { headers: { 'x-units': '4' } })).toBe(2);
    expect(ask(hooks, fakeExchange({ headers: { 'x-units': 'all' } }))).toMatchObject({ code: 'request.malformed' });
    expect(passes(hooks, { headers: { 'x-units': '2' } })).toBe(1);
  });

  it('tells what is left, and of the refusal', () => {
    const hooks = build({ limit: 1 });
    const exchange = fakeExchange();
    ask(hooks, exchange);
    expect(linesOf(exchange.replyHeaders)).toEqual([
      'ratelimit-policy: "caller-hour";q=1;w=3600',
      'ratelimit: "caller-hour";r=0;t=1800',
    ]);
    expect(ask(hooks, fakeExchange())).toEqual({
      code: 'limit.quota',
      detail: '"caller-hour" allows 1; the next call is possible in 1800 s',
      headers: [['retry-after', '1800']],
    });
  });

  it('counts in one place what two workers see, and apart from a rate limit of the same name', () => {
    const tools = fakeTools();
    expect(passes(build({}, tools))).toBe(10);
    expect(passes(build({}, tools))).toBe(0);
    const limit = joined('rate-limit').build({ limit: 10, window: '1h', name: 'caller-hour' }, tools);
    expect(passes(limit)).toBe(10);
  });
});

describe('quota with units that the reply says', () => {
  const from = { unitsFrom: { replyHeader: 'X-Units' } };

  it('counts what was used, and refuses once it is used up', () => {
    const hooks = build({ ...from, cost: 2 });
    used(hooks, '5');
    used(hooks, '1');
    expect(passes(hooks)).toBe(2);
  });

  it('counts beyond the limit too', () => {
    const hooks = build(from);
    used(hooks, '500');
    expect(passes(hooks)).toBe(0);
  });

  it('takes no more than the most that a reply may say', () => {
    const hooks = build({ unitsFrom: { replyHeader: 'x-units', max: 4 } });
    used(hooks, '1000000');
    expect(passes(hooks)).toBe(6);
  });

  it.each([undefined, '', 'many', '-5', '1.5', '1, 2', '9'.repeat(400)])('leaves the cost when it says %j', (said) => {
    const hooks = build({ ...from, cost: 3 });
    used(hooks, said);
    expect(passes(hooks)).toBe(2);
  });

  it('gives everything back for 0', () => {
    const hooks = build({ ...from, cost: 10 });
    for (let i = 0; i < 5; i++) used(hooks, '0');
    expect(passes(hooks)).toBe(1);
  });

  it('corrects once, whatever comes', () => {
    const hooks = build(from);
    const exchange = fakeExchange();
    ask(hooks, exchange);
    for (let i = 0; i < 3; i++) hooks.onReplyHead?.(exchange, fakeReplyHead(200, { 'x-units': '3' }));
    hooks.onEnd?.(exchange, { status: 200, code: undefined });
    hooks.onReplyHead?.(fakeExchange(), fakeReplyHead(200, { 'x-units': '3' }));
    expect(passes(hooks)).toBe(7);
  });

  it('gives nothing back in a period in which nothing was taken', () => {
    let now = NOW;
    const clock: Clock = { now: () => now, monotonic: () => now };
    const hooks = build({ ...from, cost: 8 }, fakeTools('test#0', { clock }));
    const late = fakeExchange();
    ask(hooks, late);
    now += HOUR;
    ask(hooks, fakeExchange({ startedAt: now }));
    hooks.onReplyHead?.(late, fakeReplyHead(200, { 'x-units': '1' }));
    expect(passes(hooks, { startedAt: now })).toBe(0);
  });

  it('hides the field where it is told to', () => {
    const hooks = build({ unitsFrom: { replyHeader: 'X-Units', hide: true } });
    const exchange = fakeExchange();
    ask(hooks, exchange);
    hooks.onReplyHead?.(exchange, fakeReplyHead(200, { 'x-units': '3' }));
    expect(exchange.replyHeaders.removed).toEqual(['x-units']);
  });
});
