import { item, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { type Load, simulate } from '../__fixtures__/simulation.ts';
import { endpointsOf, failure, nameOf, reply } from '../__fixtures__/specs.ts';
import type { Outcome } from '../outcome.ts';
import { balancerContract } from './balancer-contract.ts';
import { PeakEwma } from './peak-ewma.ts';

balancerContract((random) => new PeakEwma(random));

/** Who is picked of a and b at `nowMs` after these outcomes. */
function pickAfter(outcomes: { readonly a?: Outcome; readonly b?: Outcome }, nowMs = 0): string {
  const endpoints = endpointsOf({ a: 1, b: 1 });
  const balancer = new PeakEwma(randomFrom(1));
  for (const [index, outcome] of [outcomes.a, outcomes.b].entries()) {
    if (outcome !== undefined) balancer.observe(item(endpoints, index), outcome);
  }
  const names = Array.from({ length: 20 }, () => nameOf(balancer.pick(endpoints, { nowMs })));
  return [...new Set(names)].toSorted().join('');
}

describe('peak EWMA', () => {
  const fast = reply(200, { latencyMs: 10 });
  it.each([
    ['takes the faster one', { a: reply(200, { latencyMs: 20 }), b: fast }, 'b'],
    ['takes the one that answers to one that refuses connections', { a: failure('connect'), b: fast }, 'b'],
    ['takes the one that answers to one that resets', { a: failure('reset'), b: fast }, 'b'],
    ['takes the one that answers to one that times out', { a: failure('timeout'), b: fast }, 'b'],
    ['takes the one that answers to one that fails fast', { a: reply(500, { latencyMs: 1 }), b: fast }, 'b'],
    ['takes the one that answers to one that is limited', { a: reply(429, { latencyMs: 1 }), b: fast }, 'b'],
    ['counts a refusal that is the caller’s fault as an answer', { a: reply(404, { latencyMs: 1 }), b: fast }, 'a'],
    ['punishes longer for a longer Retry-After', { a: reply(503, { retryAfterMs: 60_000 }), b: reply(503) }, 'b'],
    ['punishes less for a shorter Retry-After', { a: reply(503, { retryAfterMs: 1000 }), b: reply(503) }, 'a'],
    ['counts what a caller waited before it left', { a: failure('cancelled', 0, 500), b: fast }, 'b'],
    ['draws between two that it knows nothing of', {}, 'ab'],
    ['takes a new one to be like the others', { a: fast }, 'ab'],
  ])('%s', (_name, outcomes, expected) => expect(pickAfter(outcomes)).toBe(expected));

  it('forgets a slow answer with time, but never prefers the one that is idle for it', () => {
    const outcomes = { a: reply(200, { latencyMs: 1000 }), b: fast };
    expect(pickAfter(outcomes, 1000)).toBe('b');
    expect(pickAfter(outcomes, 10_000_000)).toBe('ab');
  });

  it('weighs requests in flight', () => {
    const endpoints = endpointsOf({ a: 1, b: 1 });
    const balancer = new PeakEwma(randomFrom(1));
    balancer.observe(item(endpoints, 0), reply(200, { latencyMs: 10 }));
    balancer.observe(item(endpoints, 1), reply(200, { latencyMs: 25 }));
    item(endpoints, 0).state.inFlight = 1;
    expect(nameOf(balancer.pick(endpoints, { nowMs: 0 }))).toBe('a');
    item(endpoints, 0).state.inFlight = 2;
    expect(nameOf(balancer.pick(endpoints, { nowMs: 0 }))).toBe('b');
  });

  it('looks at the median again once a second', () => {
    const endpoints = endpointsOf({ a: 1, b: 1 });
    const balancer = new PeakEwma(() => 0);
    // Before any sample the median is the seed of 30 ms; b, unknown, stands at it and is lighter than a.
    balancer.pick(endpoints, { nowMs: 0 });
    balancer.observe(item(endpoints, 0), reply(200, { latencyMs: 100 }));
    expect(nameOf(balancer.pick(endpoints, { nowMs: 999 }))).toBe('b');
    expect(nameOf(balancer.pick(endpoints, { nowMs: 1000 }))).toBe('a');
  });
});

describe('peak EWMA in traffic', () => {
  const shares = (behave: Load['behave'], countFromMs = 0): Record<string, number> =>
    simulate(new PeakEwma(randomFrom(1)), endpointsOf({ a: 1, b: 1, c: 1 }), {
      requestsPerSecond: 100,
      seconds: 90,
      behave,
      countFromMs,
    });

  it('gives one that is ten times slower less than a tenth', () => {
    const share = shares((name) => ({ latencyMs: name === 'c' ? 100 : 10 }));
    expect(share['c']).toBeLessThan(0.1);
    expect(share['c']).toBeGreaterThan(0);
    expect(share['a']).toBeGreaterThan(0.35);
    expect(share['b']).toBeGreaterThan(0.35);
  });

  it('is not attracted by one that fails fast', () => {
    const share = shares((name) => (name === 'c' ? { latencyMs: 1, status: 503 } : { latencyMs: 10 }));
    expect(share['c']).toBeLessThan(0.02);
  });

  it('leaves one that stalls at once', () => {
    const share = shares((name, nowMs) => ({ latencyMs: name === 'c' && nowMs > 20_000 ? 5000 : 10 }), 20_000);
    expect(share['c']).toBeLessThan(0.02);
  });

  it('comes back to one that has recovered', () => {
    const share = shares((name, nowMs) => ({ latencyMs: name === 'c' && nowMs < 10_000 ? 200 : 10 }), 80_000);
    expect(share['c']).toBeGreaterThan(0.2);
  });

  it('spreads evenly over equals', () => {
    const share = shares(() => ({ latencyMs: 10 }));
    for (const name of 'abc') expect(Math.abs((share[name] ?? 0) - 1 / 3)).toBeLessThan(0.05);
  });

  it('does not send a herd to one that has just joined', () => {
    const endpoints = endpointsOf({ a: 1, b: 1, c: 1 });
    const balancer = new PeakEwma(randomFrom(1));
    const load = { requestsPerSecond: 100, behave: () => ({ latencyMs: 50 }) };
    simulate(balancer, endpoints.slice(0, 2), { ...load, seconds: 20 });
    const share = simulate(balancer, endpoints, { ...load, seconds: 2, fromMs: 20_000 });
    expect(share['c']).toBeLessThan(0.5);
    expect(share['c']).toBeGreaterThan(0.2);
  });
});
