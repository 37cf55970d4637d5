import { describe, expect, it } from 'vitest';
import type { Exchange, PolicyHooks, Reply } from '../policy.ts';
import {
  ask,
  fakeExchange,
  fakeReplyHead,
  fakeTools,
  type FakeExchangeOptions,
  type FakeToolsOptions,
} from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import type { OverloadSignals } from './overload-signals.ts';

const loadShed = joined('load-shed');

policyContract(loadShed, {
  valid: [
    {},
    { adaptive: { initial: 50, min: 5, max: 1000, window: '1s' } },
    { adaptive: { enabled: false }, overload: { eventLoopDelay: '50ms', memory: '87.5%', inFlight: 100 } },
    { priority: 'low', priorityFrom: 'header:X-Priority', priorities: { a: 'critical' } },
    { priorityFrom: 'plan', priorities: { gold: 'high' }, retryAfter: '500ms' },
    { priorityFrom: 'claim:tier', priorities: { gold: 'high' } },
  ],
  invalid: [
    { adaptive: true },
    { adaptive: { initial: 10 } },
    { adaptive: { max: 10 } },
    { adaptive: { smoothing: 0 } },
    { adaptive: { tolerance: 0.5 } },
    { overload: { memory: '0%' } },
    { overload: { memory: '101%' } },
    { overload: { memory: 0.9 } },
    { overload: { eventLoopDelay: 100 } },
    { overload: { inFlight: 0 } },
    { priority: 'urgent' },
    { priorityFrom: 'plan' },
    { priorities: { gold: 'high' } },
    { priorityFrom: 'ip', priorities: { gold: 'high' } },
    { priorityFrom: 'plan', priorities: { gold: 'best' } },
  ],
});

interface Signs {
  loop: number;
  memory: number;
}

interface Place {
  readonly hooks: PolicyHooks;
  readonly signs: Signs;
  readonly signals: OverloadSignals;
  /** The clock; every look moves it on by a ms. */
  readonly time: { now: number };
}

function place(config: object, options: FakeToolsOptions = {}, states = new Map<string, unknown>()): Place {
  const signs: Signs = { loop: 0, memory: 0 };
  const signals: OverloadSignals = { underWay: 0, loopDelayMs: () => signs.loop, memoryShare: () => signs.memory };
  if (!states.has('overload signals')) states.set('overload signals', signals);
  const time = { now: 0 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  return { hooks: loadShed.build(config, fakeTools('test#0', { clock, states, ...options })), signs, signals, time };
}

function askAgain(hooks: PolicyHooks, exchange: Exchange): Reply | undefined {
  const answer = hooks.onIdentified?.(exchange);
  if (answer instanceof Promise) throw new Error('onIdentified answered with a promise');
  return answer;
}

/** Lets calls in until one is refused. */
function fill(
  hooks: PolicyHooks,
  options: FakeExchangeOptions = {},
): { calls: Exchange[]; refusal: Reply | undefined } {
  const calls: Exchange[] = [];
  for (;;) {
    const exchange = fakeExchange(options);
    const refusal = ask(hooks, exchange) ?? askAgain(hooks, exchange);
    if (refusal !== undefined || calls.length > 500) {
      hooks.onEnd?.(exchange, { status: 503, code: 'gateway.overloaded' });
      return { calls, refusal };
    }
    calls.push(exchange);
  }
}
const DONE = { status: 200, code: undefined, upstreamMs: 10 };

describe('load-shed limits calls under way', () => {
  it('and refuses one more, with a time to come back', () => {
    const { calls, refusal } = fill(place({}).hooks);
    expect(calls).toHaveLength(20);
    expect(refusal).toEqual({
      code: 'gateway.overloaded',
      detail: 'there is too much to do at the moment',
      headers: [['retry-after', '1']],
    });
  });

  it('and has room again when they end, each once', () => {
    const { hooks, signals } = place({});
    const { calls } = fill(hooks);
    for (const call of [...calls.slice(0, 3), ...calls.slice(0, 3)]) hooks.onEnd?.(call, DONE);
    hooks.onEnd?.(fakeExchange(), DONE);
    expect(fill(hooks).calls).toHaveLength(3);
    expect(signals.underWay).toBe(20);
  });

  it('and not those that have become tunnels', () => {
    const { hooks, signals } = place({});
    for (const call of fill(hooks).calls) hooks.onReplyHead?.(call, fakeReplyHead(101));
    expect(signals.underWay).toBe(0);
    const { calls } = fill(hooks);
    for (const call of calls) hooks.onReplyHead?.(call, fakeReplyHead(200));
    expect([calls.length, fill(hooks).calls.length]).toEqual([20, 0]);
  });

  it('together for the routes of one place, over snapshots, and apart from other places', () => {
    const states = new Map<string, unknown>();
    const one = place({}, {}, states);
    const other = place({}, {}, states);
    expect([fill(one.hooks).calls.length, fill(other.hooks).calls.length]).toEqual([20, 0]);
    const tools = fakeTools('elsewhere', { states });
    expect(fill(loadShed.build({}, tools)).calls).toHaveLength(20);
  });

  it('and lets more in once latency has shown that more can be done', () => {
    const { hooks, time } = place({});
    for (let round = 0; round < 5; round++) {
      const { calls } = fill(hooks);
      time.now += 300;
      for (const call of calls) hooks.onEnd?.(call, DONE);
      time.now += 1;
    }
    expect(fill(hooks).calls.length).toBeGreaterThan(21);
  });

  it.each([
    ['failures', { status: 502, code: 'upstream.broken' as const, upstreamMs: 1 }],
    ['refusals of the upstream', { status: 503, code: undefined, upstreamMs: 1 }],
    ['calls that got no reply', { status: 499, code: 'request.cancelled' as const }],
  ])('and learns nothing of %s', (_, outcome) => {
    const { hooks, time } = place({});
    for (let round = 0; round < 5; round++) {
      const { calls } = fill(hooks);
      time.now += 300;
      for (const call of calls) hooks.onEnd?.(call, outcome);
    }
    expect(fill(hooks).calls).toHaveLength(20);
  });

  it('and shrinks when the upstream no longer answers in time', () => {
    const { hooks, time } = place({ adaptive: { initial: 50, min: 5 } });
    const rounds = (count: number, ms: number, outcome: Parameters<NonNullable<PolicyHooks['onEnd']>>[1]): void => {
      for (let round = 0; round < count; round++) {
        const { calls } = fill(hooks);
        time.now += ms;
        for (const call of calls) hooks.onEnd?.(call, outcome);
      }
    };
    rounds(10, 300, DONE);
    rounds(10, 15_000, { status: 504, code: 'upstream.timeout' });
    expect(fill(hooks).calls.length).toBeLessThan(40);
  });

  it.each([
    ['critical', 25],
    ['high', 22],
    ['normal', 20],
    ['low', 16],
  ])('with more room for the more important: %s', (priority, room) => {
    expect(fill(place({ priority }).hooks).calls).toHaveLength(room);
  });

  it('not where it is told not to, nor where calls go to models', () => {
    expect(fill(place({ adaptive: { enabled: false } }).hooks).refusal).toBeUndefined();
    const route = { target: { kind: 'ai', endpoint: 'chat' } as const };
    expect(fill(place({}, { route }).hooks).refusal).toBeUndefined();
  });

  it('and counts no preflight, whose route may be another one', () => {
    const { hooks, signals } = place({});
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
    for (let i = 0; i < 50; i++) expect(ask(hooks, fakeExchange({ method: 'OPTIONS', headers }))).toBeUndefined();
    expect(signals.underWay).toBe(0);
    expect(fill(hooks).calls).toHaveLength(20);
  });
});

describe('load-shed knows who is important', () => {
  const config = { priorities: { gold: 'critical', free: 'low' } };

  it('by a field, before it is known who calls', () => {
    const { hooks } = place({ ...config, priorityFrom: 'header:X-Tier' });
    expect(Object.hasOwn(hooks, 'onIdentified')).toBe(false);
    expect(fill(hooks, { headers: { 'x-tier': 'free' } }).calls).toHaveLength(16);
    expect(fill(hooks, { headers: { 'x-tier': '__proto__' } }).calls).toHaveLength(4);
    expect(fill(hooks, { headers: { 'x-tier': 'gold' } }).calls).toHaveLength(5);
  });

  it.each<readonly [string, (tier: string) => FakeExchangeOptions]>([
    ['plan', (plan) => ({ principal: { plan } })],
    ['claim:tier', (tier) => ({ principal: { claims: { tier } } })],
  ])('by %s, once it is known', (priorityFrom, who) => {
    const { hooks } = place({ ...config, priorityFrom });
    expect(fill(hooks, who('free')).calls).toHaveLength(16);
    expect(fill(hooks).calls).toHaveLength(4);
    expect(fill(hooks, who('gold')).calls).toHaveLength(5);
    expect(ask(hooks, fakeExchange(who('gold')))).toMatchObject({ code: 'gateway.overloaded' });
  });
});

describe('load-shed heeds signs of overload', () => {
  const shed = (config: object, signs: Partial<Signs>, draw: number): boolean => {
    const one = place({ adaptive: { enabled: false }, ...config }, { random: () => draw });
    Object.assign(one.signs, signs);
    const exchange = fakeExchange();
    const refused = ask(one.hooks, exchange) !== undefined;
    expect(exchange.notes.policies).toEqual(refused ? { 'load-shed': 'overload' } : undefined);
    return refused;
  };

  it.each<readonly [string, Partial<Signs>, readonly [low: number, normal: number, high: number]]>([
    ['no delay', {}, [0, 0, 0]],
    ['half the delay', { loop: 125 }, [0, 0, 0]],
    ['the delay', { loop: 250 }, [0.5, 0, 0]],
    ['a quarter more', { loop: 312.5 }, [1, 0.5, 0]],
    ['half more', { loop: 375 }, [1, 1, 0]],
    ['twice the delay', { loop: 500 }, [1, 1, 1]],
    ['memory below its share', { memory: 0.8 }, [0, 0, 0]],
    ['memory at its share', { memory: 0.9 }, [0.5, 0, 0]],
    ['memory half way to its end', { memory: 0.95 }, [1, 1, 0]],
    ['no memory left', { memory: 1 }, [1, 1, 1]],
  ])('%s', (_, signs, shares) => {
    for (const [index, priority] of (['low', 'normal', 'high'] as const).entries()) {
      const share = shares[index] ?? 0;
      expect([priority, shed({ priority }, signs, Math.max(0, share - 0.01))]).toEqual([priority, share > 0]);
      expect([priority, shed({ priority }, signs, Math.min(0.999, share + 0.01))]).toEqual([priority, share === 1]);
    }
    expect(shed({ priority: 'critical' }, signs, 0)).toBe(false);
  });

  it('calls under way', () => {
    const { hooks } = place({ adaptive: { enabled: false }, overload: { inFlight: 100 } }, { random: () => 0.5 });
    expect(fill(hooks).calls).toHaveLength(125);
  });

  it('with one draw a call, so that two looks shed no more than one', () => {
    let draws = 0;
    const random = (): number => (draws++ % 2 === 0 ? 0.9 : 0);
    const config = { adaptive: { enabled: false }, priorityFrom: 'plan', priorities: { gold: 'high' } };
    const { hooks, signs } = place(config, { random });
    signs.loop = 312.5;
    const exchange = fakeExchange({ principal: { plan: 'other' } });
    expect([ask(hooks, exchange), hooks.onIdentified?.(exchange)]).toEqual([undefined, undefined]);
  });
});
