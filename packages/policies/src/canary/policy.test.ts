import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ask,
  fakeExchange,
  fakeTools,
  linesOf,
  type FakeExchange,
  type FakeExchangeOptions,
} from '../testing/index.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { pointOf } from './sticky-point.ts';

const canary = joined('canary');

policyContract(canary, {
  valid: [
    { upstream: 'new' },
    { upstream: 'http://127.0.0.1:4002', weight: '5%' },
    { upstream: 'new', weight: '100%', sticky: { by: 'cookie', maxAge: '1d' } },
    { upstream: 'new', weight: '0.1%', sticky: { by: 'header:x-user' } },
    { upstream: 'new', header: { name: 'X-Canary' }, cookie: { name: 'canary', value: 'yes' } },
    { upstream: 'new', weight: '50%', sticky: { by: 'claim:org' } },
  ],
  invalid: [
    {},
    { upstream: '' },
    { upstream: 'new', weight: 5 },
    { upstream: 'new', weight: '101%' },
    { upstream: 'new', weight: '-1%' },
    { upstream: 'new', header: 'x-canary' },
    { upstream: 'new', header: { name: 'a b' } },
    { upstream: 'new', cookie: {} },
    { upstream: 'new', sticky: true },
    { upstream: 'new', sticky: { by: 'route' } },
    { upstream: 'new', sticky: { by: 'header:' } },
    { upstream: 'new', sticky: { by: 'cookie', maxAge: 60 } },
  ],
});

function run(config: object, call: FakeExchangeOptions = {}, random = 0.5): FakeExchange {
  const exchange = fakeExchange(call);
  ask(canary.build({ upstream: 'new', ...config }, fakeTools('test#0', { random: () => random })), exchange);
  return exchange;
}

function check(config: object, call: FakeExchangeOptions, expected: 'new' | 'users'): void {
  expect(run(config, call).upstream).toBe(expected);
}

describe('canary', () => {
  it('takes its share by chance, and says so in the record', () => {
    expect(run({ weight: '5%' }, {}, 0.049)).toMatchObject({ upstream: 'new', notes: { policies: { canary: 'new' } } });
    expect(run({ weight: '5%' }, {}, 0.05)).toMatchObject({ upstream: 'users', notes: {} });
    expect(run({ weight: '0%' }, {}, 0).upstream).toBe('users');
    expect(run({ weight: '100%' }, {}, 0.9999).upstream).toBe('new');
  });

  it('takes calls with its field, whatever the weight', () => {
    check({ header: { name: 'X-Canary' } }, { headers: { 'x-canary': '' } }, 'new');
    check({ header: { name: 'X-Canary', value: 'yes' } }, { headers: { 'x-canary': 'yes' } }, 'new');
    check({ header: { name: 'X-Canary', value: 'yes' } }, { headers: { 'x-canary': 'no' } }, 'users');
    check({ header: { name: 'X-Canary' } }, {}, 'users');
  });

  it('takes calls with its cookie, whatever the weight', () => {
    const cookie = { name: 'c', value: 'yes' };
    check({ cookie }, { headers: { cookie: 'a=b; c=yes' } }, 'new');
    check({ cookie }, { headers: { cookie: 'a=b; c=no' } }, 'users');
    check({ cookie: { name: 'c' } }, { headers: { cookie: 'c=' } }, 'new');
    check({ cookie }, {}, 'users');
  });

  it('leaves alone what one before it has taken', () => {
    const exchange = fakeExchange();
    ask(canary.build({ upstream: 'first', weight: '100%' }, fakeTools()), exchange);
    ask(canary.build({ upstream: 'second', weight: '100%' }, fakeTools()), exchange);
    expect(exchange).toMatchObject({ upstream: 'first', notes: { policies: { canary: 'first' } } });
  });

  it('is refused where its upstream is none', () => {
    const told: string[] = [];
    const context = { ...NO_CONTEXT, upstream: () => undefined, problem: (why: string) => void told.push(why) };
    canary.compile?.(canary.parse({ upstream: 'nobody' }), context);
    expect(told).toEqual(['names no upstream, write the name of one or a URL as its `upstream`']);
  });
});

describe('a canary with sticky callers', () => {
  const byUser = (weight: string, user: string): string =>
    run({ weight, sticky: { by: 'header:X-User' } }, { headers: { 'x-user': user } }).upstream;

  it('sends a caller to the same side each time, whatever chance says', () => {
    for (let user = 0; user < 50; user++) {
      const sides = [0, 0.3, 0.999].map((random) => {
        const config = { weight: '50%', sticky: { by: 'application' } };
        return run(config, { principal: { application: `app-${user}` } }, random).upstream;
      });
      expect(new Set(sides).size).toBe(1);
    }
  });

  it('moves callers one way only while its weight goes up', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(99), fc.nat(100), (user, low, more) => {
        const high = Math.min(100, low + more);
        if (byUser(`${low}%`, user) === 'new') expect(byUser(`${high}%`, user)).toBe('new');
      }),
    );
  });

  it('takes about its share of callers', () => {
    const taken = Array.from({ length: 4000 }, (_, user) => byUser('5%', `user-${user}`)).filter(
      (each) => each === 'new',
    );
    expect(taken.length).toBeGreaterThan(150);
    expect(taken.length).toBeLessThan(250);
  });

  it('has other callers than a canary of another upstream', () => {
    const both = Array.from({ length: 1000 }, (_, user) => `hu${user}`).filter(
      (each) => pointOf(each, 'a') < 0.5 && pointOf(each, 'b') < 0.5,
    );
    expect(both.length).toBeGreaterThan(180);
    expect(both.length).toBeLessThan(320);
  });

  it('leaves those to chance whom it cannot know', () => {
    const config = { weight: '50%', sticky: { by: 'cookie:sid' } };
    expect(run(config, {}, 0.4).upstream).toBe('new');
    expect(run(config, {}, 0.6).upstream).toBe('users');
  });

  it('sets a cookie by which it knows its caller again', () => {
    const config = { weight: '50%', sticky: { by: 'cookie', maxAge: '1h' } };
    const first = run(config);
    const [line = ''] = linesOf(first.replyHeaders);
    expect(line).toMatch(/^set-cookie: gatehouse-canary=[a-z0-9]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/);
    const cookie = line.slice('set-cookie: '.length, line.indexOf(';'));
    const again = run(config, { headers: { cookie } });
    expect([again.upstream, linesOf(again.replyHeaders)]).toEqual([first.upstream, []]);
  });

  it('takes another cookie for one that could not be its own', () => {
    const config = { weight: '50%', sticky: { by: 'cookie' } };
    for (const value of ['', 'a b', 'x'.repeat(65), 'a"']) {
      const seen = run(config, { headers: { cookie: `gatehouse-canary=${value}` } });
      expect(linesOf(seen.replyHeaders)).toHaveLength(1);
    }
  });

  it('sets one cookie for two canaries', () => {
    const exchange = fakeExchange();
    for (const upstream of ['a', 'b']) {
      ask(canary.build({ upstream, weight: '0.0001%', sticky: { by: 'cookie' } }, fakeTools()), exchange);
    }
    expect(linesOf(exchange.replyHeaders)).toHaveLength(1);
  });
});
