import { beforeEach, describe, expect, it } from 'vitest';
import { aiSpec, pooled, provider, TIMEOUTS } from './__fixtures__/ai-spec.ts';
import { label, RoutingBench, WELL, type Behave } from './__fixtures__/routing-bench.ts';
import type { Attempt } from './attempt.ts';
import { KeyUse } from './key-use.ts';
import { DELAY_MS_MAX, type RoutePlan } from './route-plan.ts';

const LIMITS = { requests: 2, tokens: 1000, windowMs: 60_000 };
const OWN_TIMEOUTS = { ...TIMEOUTS, firstTokenMs: 3000, totalMs: 9000 };
const account = provider('a', 'openai').endpoint;

const SPEC = aiSpec(
  [
    provider('a', 'openai'),
    provider('b', 'anthropic'),
    provider('c', 'mistral'),
    provider('twin', 'openai', { endpoint: account, apiKey: 'key of a' }),
    pooled('pool', ['one', 'two']),
    pooled('reserved', ['one', 'two', 'three 0']),
    pooled('limited', ['one', 'two'], LIMITS),
  ],
  {
    pair: { balance: 'priority', targets: ['a/x', 'b/y'], timeouts: OWN_TIMEOUTS },
    single: { targets: ['a/x'] },
    stubborn: { targets: ['a/x'], retries: { attempts: 3, budget: 1 } },
    never: { targets: ['a/x'], retries: { attempts: 0, budget: 1 } },
    frugal: { targets: ['a/x'], retries: { attempts: 3, budget: 0 } },
    keys: { targets: ['pool/y'] },
    mixed: { balance: 'priority', targets: ['pool/y', 'b/y'] },
    limited: { targets: ['limited/z'] },
    twins: { balance: 'priority', targets: ['a/x', 'twin/x'] },
    even: { targets: ['pool/y', 'b/y'] },
    'hedged-mixed': { balance: 'priority', targets: ['pool/y', 'b/y'], hedgeAfterMs: 1500 },
    'sessions-of-accounts': { affinity: 'session', targets: ['a/x', 'c/x', 'reserved/x'] },
    hedged: { balance: 'priority', targets: ['a/x', 'b/y'], fallback: ['c/z'], hedgeAfterMs: 1500 },
    'hedged-keys': { targets: ['pool/y'], hedgeAfterMs: 1500 },
    'hedged-alone': { targets: ['a/x'], hedgeAfterMs: 1500 },
    'hedged-frugal': { targets: ['a/x', 'b/y'], hedgeAfterMs: 1500, retries: { attempts: 1, budget: 0 } },
    sessions: { affinity: 'session', targets: ['a/x', 'b/y', 'c/z'] },
    'sessions-by-price': { affinity: 'session', balance: 'cost', targets: ['a/x', 'b/y', 'c/z'] },
    'sessions-with-keys': { affinity: 'prefix', targets: ['pool/y'] },
  },
);

let bench: RoutingBench;
beforeEach(() => {
  bench = new RoutingBench(SPEC, { priceOf: ({ provider: name }) => (name === 'c' ? 5 : 1) });
});

function begun(model: string): { plan: RoutePlan; first: Attempt } {
  const plan = bench.plan(model);
  const first = plan.first();
  if (first === undefined) throw new Error('nowhere');
  return { plan, first };
}

const fails: Behave = () => ({ cause: 'upstream' });

describe('a plan', () => {
  it('hands out a key with its provider as if it had no other', () => {
    const { first } = begun('keys');
    expect(first.provider.apiKey).toBe(first.key.value);
    expect(first.key).toEqual({ name: first.key.name, value: `${first.key.name} key of pool` });
  });

  it('knows how long its call may take', () => {
    expect(bench.plan('pair').timeouts).toEqual(OWN_TIMEOUTS);
    expect(bench.plan('a/anything').timeouts).toEqual(TIMEOUTS);
  });

  it('is there for whatever a router knows, and for nothing else', () => {
    const call = { random: bench.random, now: () => 0, streaming: true };
    expect(bench.router.begin('a/whatever', call)?.first()).toMatchObject({ model: 'whatever' });
    expect(bench.router.begin('gpt-5', call)?.first()).toMatchObject({ model: 'gpt-5' });
    for (const name of ['nobody', '', '__proto__']) expect(bench.router.begin(name, call)).toBeUndefined();
  });

  it('spreads calls by direct names over the keys of a pool', () => {
    expect(Object.keys(bench.shares('pool/any', 50)).toSorted()).toEqual(['pool/any#one', 'pool/any#two']);
  });

  it('says once what became of an attempt', () => {
    const { plan, first } = begun('pair');
    plan.succeeded(first, WELL);
    plan.abandoned(first);
    plan.close();
    expect(plan.after({ attempt: first, cause: 'upstream', committed: false })).toBeUndefined();
    expect(bench.targetsOf('pair').map(({ inFlight, waiting }) => [inFlight, waiting])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('ends with a failure that its caller has seen a part of, whoever tells', () => {
    const one = begun('pair');
    expect(one.plan.after({ attempt: one.first, cause: 'upstream', committed: true })).toBeUndefined();
    const two = begun('pair');
    two.plan.answers(two.first, 10);
    expect(two.plan.after({ attempt: two.first, cause: 'upstream', committed: false })).toBeUndefined();
  });

  it('learns from a call that had no token in time', () => {
    const { plan, first } = begun('single');
    bench.nowMs += 3000;
    plan.after({ attempt: first, cause: 'timeout', committed: false });
    expect(bench.targetsOf('single')[0]?.estimate(true).at(bench.nowMs)).toBe(3000);
  });

  it('counts what is in flight from the choice to the last byte, and what waits to the first token', () => {
    const { plan, first } = begun('single');
    const [target] = bench.targetsOf('single');
    const counts = (): unknown => [target?.inFlight, target?.waiting];
    expect(counts()).toEqual([1, 1]);
    plan.answers(first, 100);
    expect(counts()).toEqual([1, 0]);
    plan.close();
    expect(counts()).toEqual([0, 0]);
  });

  it('goes on from what cannot serve the call without holding that against it', () => {
    const { plan, first } = begun('mixed');
    const second = plan.passOver(first)?.attempt;
    expect([label(first).slice(0, 6), second && label(second)]).toEqual(['pool/y', 'b/y']);
    expect(second && plan.passOver(second)).toBeUndefined();
    expect(bench.first('mixed')).toMatch(/^pool/);
  });

  it('asks one that rests when the only other one cannot serve the call', () => {
    bench.story('pair', (name) => (name === 'b/y' ? WELL : { cause: 'billing' }));
    const { plan, first } = begun('pair');
    expect(label(first)).toBe('b/y');
    const second = plan.passOver(first)?.attempt;
    expect(second && label(second)).toBe('a/x');
  });

  it('comes back to where it has failed only out of the budget, and after a pause', () => {
    const { plan, first } = begun('pair');
    const second = plan.after({ attempt: first, cause: 'upstream', committed: false })?.attempt;
    const third = second && plan.passOver(second);
    expect(third && label(third.attempt)).toBe(label(first));
    expect(third?.delayMs).toBeGreaterThan(0);
    expect(third && plan.passOver(third.attempt)).toBeUndefined();
  });
});

describe('tries again', () => {
  it.each([
    ['once by default', 'single', 2],
    ['as often as the model says', 'stubborn', 4],
    ['never when the model says so', 'never', 1],
    ['not without a budget', 'frugal', 1],
    ['only after all targets', 'pair', 3],
    ['with another key where it can', 'keys', 2],
  ])('%s', (_name, model, tries) => {
    const lines = bench.story(model, fails);
    expect(lines).toHaveLength(tries);
    if (model === 'pair') expect(lines.slice(0, 2)).toEqual(['a/x upstream', 'b/y upstream']);
  });

  it('with the key that has failed less', () => {
    for (let seed = 0; seed < 10; seed++) {
      const lines = new RoutingBench(SPEC, { seed }).story('keys', fails);
      expect(new Set(lines.map((line) => line.split(/[# ]/).at(-2))).size).toBe(2);
    }
  });

  it('is a probe already while it waits for its time', () => {
    const { plan, first } = begun('single');
    plan.after({ attempt: first, cause: 'rate_limited', retryAfterMs: 2000, committed: false });
    bench.nowMs += 2000;
    expect(bench.first('pair')).toBe('b/y');
  });

  it('waits longer each time, and never the same', () => {
    bench = new RoutingBench(SPEC, { seed: 5 });
    const delays = bench.story('stubborn', fails).map((line) => Number(/^after (\d+) ms/.exec(line)?.[1] ?? 0));
    expect(delays).toHaveLength(4);
    for (const [n, delay] of delays.entries())
      expect(delay).toBeLessThanOrEqual(n === 0 ? 0 : 250 * 2 ** (n - 1) + 2000);
    const others = new RoutingBench(SPEC, { seed: 6 }).story('stubborn', fails);
    expect(others).not.toEqual(bench.story('stubborn', fails));
  });

  it('never before a target is ready, nor after longer than a call waits', () => {
    for (const retryAfterMs of [1, 700, 4000, DELAY_MS_MAX, DELAY_MS_MAX + 1]) {
      bench = new RoutingBench(SPEC);
      const { plan, first } = begun('single');
      const next = plan.after({ attempt: first, cause: 'overloaded', retryAfterMs, committed: false });
      if (retryAfterMs > DELAY_MS_MAX) expect(next).toBeUndefined();
      else expect(next?.delayMs).toBeGreaterThanOrEqual(retryAfterMs);
    }
  });

  it('of the same account under another name only as a further try', () => {
    const lines = bench.story('twins', () => ({ cause: 'rate_limited', retryAfterMs: 1000 }));
    expect(lines).toEqual(['a/x rate_limited', expect.stringMatching(/^after 1\d\d\d ms .* rate_limited$/)]);
  });

  it('holds all calls together to the budget of the model', () => {
    const lines = bench.traffic('stubborn', { calls: 500, everyMs: 1, behave: () => ({ cause: 'connect' }) });
    expect(lines.length).toBeLessThanOrEqual(500 + 510);
    bench = new RoutingBench(SPEC);
    expect(bench.traffic('single', { calls: 500, everyMs: 1, behave: fails }).length).toBeLessThanOrEqual(610);
  });

  it('goes to another provider however little the budget holds', () => {
    for (let n = 0; n < 100; n++) {
      bench = new RoutingBench(
        aiSpec([provider('a', 'openai'), provider('b', 'anthropic')], {
          m: { balance: 'priority', targets: ['a/x', 'b/y'], retries: { attempts: 3, budget: 0 } },
        }),
        { seed: n },
      );
      expect(bench.story('m', (name) => (name === 'a/x' ? { cause: 'upstream' } : WELL)).at(-1)).toBe('b/y answers');
    }
  });
});

describe('a pool of keys', () => {
  it('goes to the next key for what concerns one key, before it goes to another target', () => {
    for (const cause of ['rate_limited', 'billing', 'authentication', 'permission'] as const) {
      bench = new RoutingBench(SPEC);
      const lines = bench.story('mixed', (name) => (name.startsWith('pool') ? { cause } : WELL));
      expect(lines.map((line) => line.split('#')[0])).toEqual(['pool/y', 'pool/y', 'b/y answers']);
    }
  });

  it('keeps to the target that was chosen, whatever the others weigh', () => {
    for (let seed = 0; seed < 30; seed++) {
      const lines = new RoutingBench(SPEC, { seed }).story('even', (name) =>
        name.startsWith('pool') ? { cause: 'billing' } : WELL,
      );
      expect([1, 3]).toContain(lines.length);
    }
  });

  it('goes to another target for what concerns all keys', () => {
    for (const cause of ['upstream', 'overloaded', 'timeout', 'connect', 'not_found'] as const) {
      bench = new RoutingBench(SPEC);
      const lines = bench.story('mixed', (name) => (name.startsWith('pool') ? { cause } : WELL));
      expect(lines.map((line) => line.split('#')[0])).toEqual(['pool/y', 'b/y answers']);
    }
  });

  it('lets no provider rest for what is only a bound of the gate', () => {
    const crowded = (name: string) => (name.startsWith('pool') ? { cause: 'crowded' as const } : WELL);
    for (let call = 0; call < 20; call++) {
      expect(bench.story('mixed', crowded).at(-1)).toBe('b/y answers');
    }
    expect(bench.first('mixed')).toMatch(/^pool/);
  });

  it('keeps within the limits of its keys, and says when there is room again', () => {
    expect(bench.shares('limited', 5)).toEqual({ 'limited/z#one': 2, 'limited/z#two': 2, nowhere: 1 });
    const { waitMs } = bench.plan('limited');
    expect(waitMs).toBeGreaterThan(55_000);
    bench.nowMs += waitMs;
    expect(bench.first('limited')).toMatch(/^limited/);
  });

  it('counts tokens as expected, and then as used', () => {
    const big = { estimateTokens: 600 };
    expect(bench.shares('limited', 3, () => big)).toEqual({ 'limited/z#one': 1, 'limited/z#two': 1, nowhere: 1 });
    bench = new RoutingBench(SPEC);
    for (let n = 0; n < 2; n++) {
      const { plan, first } = begun('limited');
      plan.succeeded(first, { ...WELL, usage: { inputUncached: 500, cacheRead: 300, outputText: 200 } });
    }
    expect(bench.first('limited')).toBe('nowhere');
  });

  it('goes to another key when another worker was faster at the last that the first had left', () => {
    class Raced extends KeyUse {
      override take(): boolean {
        return false;
      }
    }
    const keys = [new Raced(LIMITS.windowMs), new KeyUse(LIMITS.windowMs)];
    let made = 0;
    bench = new RoutingBench(SPEC, { meterOf: () => keys[made++ % 2] ?? new Raced(LIMITS.windowMs) });
    expect(bench.shares('limited', 40, () => ({ estimateTokens: 1 }))).toEqual({ 'limited/z#two': 2, nowhere: 38 });
    expect(bench.targetsOf('limited').map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('counts nothing for a call that was not sent', () => {
    for (let n = 0; n < 5; n++) {
      const { plan, first } = begun('limited');
      plan.unused(first);
      plan.close();
    }
    expect(bench.shares('limited', 5)).toEqual({ 'limited/z#one': 2, 'limited/z#two': 2, nowhere: 1 });
  });

  it('has no room for a further try either where a key has none', () => {
    bench.shares('limited', 3);
    const { plan, first } = begun('limited');
    expect(plan.after({ attempt: first, cause: 'upstream', committed: false })).toBeUndefined();
  });
});

describe('a probe', () => {
  function rested(): void {
    for (let n = 0; n < 3; n++) {
      const { plan, first } = begun('pair');
      plan.after({ attempt: first, cause: 'upstream', committed: true });
    }
    expect(bench.first('pair')).toBe('b/y');
    bench.nowMs += 1000;
  }

  it('is one call, and all others go elsewhere meanwhile', () => {
    rested();
    const { plan, first } = begun('pair');
    expect([label(first), bench.first('pair'), bench.first('pair')]).toEqual(['a/x', 'b/y', 'b/y']);
    plan.answers(first, 100);
    expect(bench.first('pair')).toBe('a/x');
  });

  it('that fails goes on elsewhere, and the target rests for longer', () => {
    rested();
    const { plan, first } = begun('pair');
    expect(plan.after({ attempt: first, cause: 'upstream', committed: false })?.attempt.model).toBe('y');
    bench.nowMs += 1999;
    expect(bench.first('pair')).toBe('b/y');
    bench.nowMs += 1;
    expect(bench.first('pair')).toBe('a/x');
  });

  it('that is given up or comes to nothing is followed by another one', () => {
    for (const end of ['abandoned', 'close', 'passOver'] as const) {
      bench = new RoutingBench(SPEC);
      rested();
      const { plan, first } = begun('pair');
      if (end === 'close') plan.close();
      else plan[end](first);
      expect(bench.first('pair')).toBe('a/x');
    }
  });

  it('shows that a provider is well by refusing what is wrong with the call', () => {
    rested();
    const { plan, first } = begun('pair');
    plan.after({ attempt: first, cause: 'invalid_request', committed: false });
    expect([label(begun('pair').first), label(begun('pair').first)]).toEqual(['a/x', 'a/x']);
  });

  it('tells of a key as of a target', () => {
    bench.story('pair', (name) => (name === 'a/x' ? { cause: 'billing' } : WELL));
    bench.nowMs += 60_000;
    const one = begun('pair');
    expect([label(one.first), bench.first('pair')]).toEqual(['a/x', 'b/y']);
    one.plan.abandoned(one.first);
    const two = begun('pair');
    expect([label(two.first), bench.first('pair')]).toEqual(['a/x', 'b/y']);
    two.plan.after({ attempt: two.first, cause: 'invalid_request', committed: false });
    const three = begun('pair');
    expect([label(three.first), bench.first('pair')]).toEqual(['a/x', 'b/y']);
    three.plan.answers(three.first, 100);
    expect([label(begun('pair').first), label(begun('pair').first)]).toEqual(['a/x', 'a/x']);
  });

  it('is no call that has failed already, while there is another way', () => {
    bench.story('hedged', (name) =>
      name === 'b/y' ? { cause: 'billing' } : name === 'a/x' ? { cause: 'upstream' } : WELL,
    );
    bench.nowMs += 60_000;
    const { plan, first } = begun('hedged');
    expect(plan.after({ attempt: first, cause: 'upstream', committed: false })?.attempt.model).toBe('z');
  });

  it('opens after streams that break off again and again, although they begin well', () => {
    for (let n = 0; n < 3; n++) {
      bench.story('pair', (name) => (name === 'a/x' ? { cause: 'truncated', afterMs: 300, committed: true } : WELL));
    }
    expect(bench.first('pair')).toBe('b/y');
  });
});

describe('a hedge', () => {
  it('is another target, then the fallbacks', () => {
    const { plan } = begun('hedged');
    expect(plan.hedgeAfterMs).toBe(1500);
    expect(plan.nextForHedge()).toMatchObject({ model: 'y' });
  });

  it('is another key where there is no other target', () => {
    const { plan, first } = begun('hedged-keys');
    const second = plan.nextForHedge();
    expect(new Set([first.key.name, second?.key.name])).toEqual(new Set(['one', 'two']));
  });

  it.each(['pair', 'hedged-alone', 'a/x'])('is not there for the model %s', (model) => {
    const { plan } = begun(model);
    expect([plan.hedgeAfterMs, plan.nextForHedge()]).toEqual([undefined, undefined]);
  });

  it('is not there for whole answers, which show no token before their end', () => {
    const plan = bench.plan('hedged', { streaming: false });
    plan.first();
    expect([plan.hedgeAfterMs, plan.nextForHedge()]).toEqual([undefined, undefined]);
  });

  it('is one in a call, and none once there is an answer or nothing in flight', () => {
    const one = begun('hedged');
    one.plan.nextForHedge();
    expect(one.plan.nextForHedge()).toBeUndefined();
    const two = begun('hedged');
    two.plan.answers(two.first, 10);
    expect(two.plan.nextForHedge()).toBeUndefined();
    expect(bench.plan('hedged').nextForHedge()).toBeUndefined();
  });

  it('is none again when it has failed', () => {
    const { plan } = begun('hedged');
    const second = plan.nextForHedge();
    if (second !== undefined) plan.after({ attempt: second, cause: 'upstream', committed: false });
    expect(plan.nextForHedge()).toBeUndefined();
  });

  it('is another target rather than another key', () => {
    expect(begun('hedged-mixed').plan.nextForHedge()).toMatchObject({ model: 'y', provider: { name: 'b' } });
  });

  it('is out of the retry budget', () => expect(begun('hedged-frugal').plan.nextForHedge()).toBeUndefined());

  it('is none that rests', () => {
    bench.story('hedged', (name) => (name === 'c/z' ? WELL : { cause: 'billing' }));
    bench.nowMs += 60_000;
    const { plan, first } = begun('hedged');
    expect(label(first)).toBe('a/x');
    expect(plan.nextForHedge()).toMatchObject({ model: 'z' });
  });

  it('that fails leaves the first to decide, and the call goes on when both have', () => {
    const { plan, first } = begun('hedged');
    const second = plan.nextForHedge();
    if (second === undefined) throw new Error('no hedge');
    expect(plan.after({ attempt: second, cause: 'upstream', committed: false })).toBeUndefined();
    expect(plan.after({ attempt: first, cause: 'upstream', committed: false })?.attempt.model).toBe('z');
  });

  it('that wins is the answer, and the loser is known to be slow', () => {
    const { plan, first } = begun('hedged');
    bench.nowMs += 1500;
    const second = plan.nextForHedge();
    bench.nowMs += 500;
    if (second === undefined) throw new Error('no hedge');
    plan.answers(second, 500);
    plan.abandoned(first);
    plan.succeeded(second, { firstTokenMs: 500, durationMs: 900 });
    const [a, b] = bench.targetsOf('hedged');
    expect([a?.estimate(true).at(bench.nowMs), b?.estimate(true).at(bench.nowMs)]).toEqual([2000, 500]);
    expect([a?.inFlight, b?.inFlight]).toEqual([0, 0]);
  });
});

describe('affinity', () => {
  const KEYS = Array.from({ length: 600 }, (_, n) => `session ${n}`);
  const homes = (model: string): string[] => KEYS.map((affinityKey) => bench.first(model, { affinityKey }));

  it('is asked for where the model wants it', () => {
    expect(['sessions', 'sessions-with-keys', 'pair', 'a/x'].map((model) => bench.router.affinityOf(model))).toEqual([
      'session',
      'prefix',
      undefined,
      undefined,
    ]);
  });

  it('is without effect where the model does not', () => {
    const balanced = new RoutingBench(
      aiSpec([provider('a', 'openai'), provider('b', 'openai')], { m: { targets: ['a/x', 'b/x'] } }),
    );
    expect(Object.keys(balanced.shares('m', 50, () => ({ affinityKey: 'same' })))).toHaveLength(2);
  });

  it('keeps a session with its target, in every worker and after every restart', () => {
    const before = homes('sessions');
    expect(new Set(before).size).toBe(3);
    bench = new RoutingBench(SPEC, { seed: 99 });
    expect(homes('sessions')).toEqual(before);
  });

  it('moves only the sessions of a target that rests, to all others alike, and back again', () => {
    const before = homes('sessions');
    const { plan, first } = begun('sessions');
    plan.after({ attempt: first, cause: 'rate_limited', retryAfterMs: 30_000, committed: true });
    const resting = label(first);
    const during = homes('sessions');
    for (const [n, home] of before.entries()) if (home !== resting) expect(during[n]).toBe(home);
    const moved = during.filter((_, n) => before[n] === resting);
    expect(new Set(moved).size).toBe(2);
    expect(moved).not.toContain(resting);
    bench.nowMs += 30_000;
    expect(homes('sessions')).toEqual(before);
  });

  it('fails over to the same second home each time', () => {
    const affinityKey = 'one of many';
    const stories = Array.from({ length: 5 }, () =>
      bench.story(
        'sessions',
        (name) => (name === bench.first('sessions', { affinityKey }) ? { cause: 'timeout' } : WELL),
        { affinityKey },
      ),
    );
    expect(new Set(stories.map((lines) => lines.at(-1))).size).toBe(1);
  });

  it('decides among equals only where the balance has an order', () => {
    expect([...new Set(homes('sessions-by-price'))].toSorted()).toEqual(['a/x', 'b/y']);
  });

  it('tells accounts apart that serve the same model, and leaves reserves in peace', () => {
    expect(new Set(homes('sessions-of-accounts'))).toEqual(new Set(['a/x', 'c/x', 'reserved/x#one', 'reserved/x#two']));
  });

  it('keeps a session with a key too, by its name', () => {
    const before = homes('sessions-with-keys');
    expect(new Set(before).size).toBe(2);
    const renewed = pooled('pool', ['one', 'two']);
    const apiKeys = renewed.apiKeys?.map((key) => ({ ...key, key: `renewed ${key.key}` }));
    bench.publish({ ...SPEC, providers: { ...SPEC.providers, pool: { ...renewed, apiKeys } } });
    expect(homes('sessions-with-keys')).toEqual(before);
  });
});
