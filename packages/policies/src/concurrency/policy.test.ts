import { createCounterMemory, openCounters } from '@gatehouse/counters';
import { describe, expect, it } from 'vitest';
import type { Exchange, PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, NOW, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const concurrency = joined('concurrency');

policyContract(concurrency, {
  valid: [{ limit: 1 }, { limit: 1, queue: { size: 1 } }, { limit: 5, by: 'route', name: 'all' }],
  invalid: [
    {},
    { limit: 0 },
    { limit: 1.5 },
    { limit: 1, by: 'team' },
    { limit: 1, queue: {} },
    { limit: 1, queue: { size: 0 } },
    { limit: 1, queue: { size: 1, timeout: '0s' } },
    { limit: 1, queue: 5 },
  ],
});
const DONE = { status: 200, code: undefined };

function build(config: object, tools: PolicyTools = fakeTools()): PolicyHooks {
  return concurrency.build({ limit: 2, ...config }, tools);
}

function enter(hooks: PolicyHooks, options: FakeExchangeOptions = {}): Exchange {
  const exchange = fakeExchange(options);
  expect(ask(hooks, exchange)).toBeUndefined();
  return exchange;
}

describe('concurrency', () => {
  it('lets as many calls through as are allowed at once, and the next when one ends', () => {
    const hooks = build({});
    const first = enter(hooks);
    enter(hooks);
    const refused = fakeExchange();
    expect(ask(hooks, refused)).toEqual({
      code: 'limit.concurrency',
      detail: '"caller-at-once" allows 2 calls at once',
      headers: [['retry-after', '1']],
    });
    expect(refused.notes).toEqual({ limit: 'caller-at-once', limitLeft: 0 });
    hooks.onEnd?.(refused, { status: 429, code: 'limit.concurrency' });
    expect(ask(hooks, fakeExchange())).toMatchObject({ code: 'limit.concurrency' });
    hooks.onEnd?.(first, DONE);
    enter(hooks);
  });

  it('gives a place back once, however often it is told', () => {
    const hooks = build({});
    const first = enter(hooks);
    enter(hooks);
    for (let i = 0; i < 5; i++) hooks.onEnd?.(first, DONE);
    hooks.onEnd?.(fakeExchange(), DONE);
    enter(hooks);
    expect(ask(hooks, fakeExchange())).toBeDefined();
  });

  it('counts callers apart', () => {
    const hooks = build({ by: 'header:x-tenant', limit: 1 });
    enter(hooks, { headers: { 'x-tenant': 'a' } });
    enter(hooks, { headers: { 'x-tenant': 'b' } });
    expect(ask(hooks, fakeExchange({ headers: { 'x-tenant': 'a' } }))).toBeDefined();
  });

  it('counts over workers, and what a dead one held no more', () => {
    const memory = createCounterMemory({ slots: 64 });
    const [one, two] = [1, 2].map((owner) => build({}, { ...fakeTools(), counters: openCounters(memory, owner) }));
    if (one === undefined || two === undefined) throw new Error('two workers');
    enter(one);
    enter(two);
    expect([ask(one, fakeExchange()), ask(two, fakeExchange())]).toMatchObject([{}, {}]);
    openCounters(memory, 0).ownerDied(1);
    enter(two);
    expect(ask(two, fakeExchange())).toBeDefined();
  });
});

interface Clocked {
  readonly tools: PolicyTools;
  /** Lets all time-outs happen. */
  readonly expire: () => void;
  readonly pending: () => number;
}

function clocked(counters = fakeTools().counters): Clocked {
  const timers = new Set<() => void>();
  const later = (_ms: number, run: () => void): (() => void) => {
    timers.add(run);
    return () => timers.delete(run);
  };
  const clock = { now: () => NOW, monotonic: () => 0 };
  const tools = { ...fakeTools('test#0', { later, clock }), counters };
  return { tools, expire: () => [...timers].forEach((run) => run()), pending: () => timers.size };
}

describe('concurrency with a queue', () => {
  const config = { limit: 1, queue: { size: 2 } };

  async function waiting(hooks: PolicyHooks, exchange: Exchange): Promise<Reply | undefined> {
    const answer = hooks.onRequest?.(exchange);
    if (!(answer instanceof Promise)) throw new Error('did not wait');
    return answer;
  }

  it('lets calls wait and gives them places in the order in which they came', async () => {
    const hooks = build(config, clocked().tools);
    const order: string[] = [];
    const calls = [enter(hooks), fakeExchange(), fakeExchange()];
    const all = calls.slice(1).map(async (exchange, index) => {
      expect(await waiting(hooks, exchange)).toBeUndefined();
      order.push(`${index + 1}`);
      hooks.onEnd?.(exchange, DONE);
    });
    hooks.onEnd?.(calls[0] ?? fakeExchange(), DONE);
    await Promise.all(all);
    expect(order).toEqual(['1', '2']);
    enter(hooks);
  });

  it('lets nobody past those who wait', async () => {
    const hooks = build(config, clocked().tools);
    const first = enter(hooks);
    const second = fakeExchange();
    const answer = waiting(hooks, second);
    hooks.onEnd?.(first, DONE);
    const third = fakeExchange();
    const late = waiting(hooks, third);
    expect(await answer).toBeUndefined();
    hooks.onEnd?.(second, DONE);
    expect(await late).toBeUndefined();
  });

  it('refuses who finds the queue full, and who has waited too long', async () => {
    const { tools, expire, pending } = clocked();
    const hooks = build(config, tools);
    enter(hooks);
    const both = [waiting(hooks, fakeExchange()), waiting(hooks, fakeExchange())];
    expect(await hooks.onRequest?.(fakeExchange())).toMatchObject({ code: 'limit.concurrency' });
    expire();
    for (const answer of both) expect(await answer).toMatchObject({ code: 'limit.concurrency' });
    expect(pending()).toBe(0);
    const next = waiting(hooks, fakeExchange());
    expire();
    expect(await next).toMatchObject({ code: 'limit.concurrency' });
  });

  it('forgets a caller that left while it waited', async () => {
    const { tools, pending } = clocked();
    const hooks = build({ limit: 1, queue: { size: 1 } }, tools);
    const first = enter(hooks);
    const gone = fakeExchange();
    const answer = waiting(hooks, gone);
    hooks.onEnd?.(gone, { status: 499, code: 'request.cancelled' });
    expect(await answer).toBeDefined();
    expect(pending()).toBe(0);
    const second = fakeExchange();
    const next = waiting(hooks, second);
    hooks.onEnd?.(first, DONE);
    expect(await next).toBeUndefined();
    hooks.onEnd?.(second, DONE);
    enter(hooks);
  });

  it('wakes when another worker gives a place back, or dies', async () => {
    const memory = createCounterMemory({ slots: 64 });
    const main = openCounters(memory, 0);
    const [one, two] = [1, 2].map((owner) => build(config, clocked(openCounters(memory, owner)).tools));
    if (one === undefined || two === undefined) throw new Error('two workers');
    const first = enter(one);
    const second = fakeExchange();
    const answer = waiting(two, second);
    one.onEnd?.(first, DONE);
    expect(await answer).toBeUndefined();
    two.onEnd?.(second, DONE);
    enter(one);
    const third = waiting(two, fakeExchange());
    main.ownerDied(1);
    expect(await third).toBeUndefined();
  });

  it('has one line for the routes of one place, and another for another caller', async () => {
    const { tools, expire } = clocked();
    const [one, other] = [build({ ...config, by: 'ip' }, tools), build({ ...config, by: 'ip' }, tools)];
    const first = enter(one);
    const second = fakeExchange();
    const answer = waiting(one, second);
    enter(other, { clientIp: '192.0.2.99' });
    one.onEnd?.(first, DONE);
    const third = waiting(other, fakeExchange());
    expect(await answer).toBeUndefined();
    expire();
    expect(await third).toBeDefined();
  });

  it('never lets more through than allowed, whoever comes and goes', async () => {
    const memory = createCounterMemory({ slots: 64 });
    const workers = [1, 2, 3].map((owner) =>
      build({ limit: 3, queue: { size: 100 } }, clocked(openCounters(memory, owner)).tools),
    );
    let under = 0;
    let most = 0;
    const one = async (index: number): Promise<void> => {
      const hooks = workers[index % 3];
      const exchange = fakeExchange();
      expect(await hooks?.onRequest?.(exchange)).toBeUndefined();
      most = Math.max(most, ++under);
      for (let i = 0; i < index % 5; i++) await new Promise((resolve) => setImmediate(resolve));
      under--;
      hooks?.onEnd?.(exchange, DONE);
    };
    await Promise.all(Array.from({ length: 90 }, async (_, index) => one(index)));
    expect([most, under]).toEqual([3, 0]);
  });
});
