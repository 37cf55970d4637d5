import type { BreakerSpec } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure, reply } from './__fixtures__/specs.ts';
import { Breaker } from './breaker.ts';

const SPEC: BreakerSpec = { errorShare: 0.5, minRequests: 10, windowMs: 10_000, openMs: 5000, probes: 2 };

/** Requests that begin and end at one time, `bad` of them with a 500. Returns how many were admitted. */
function pass(breaker: Breaker, nowMs: number, { good = 0, bad = 0 }): number {
  let admitted = 0;
  for (let n = 0; n < good + bad; n++) {
    if (!breaker.admit(nowMs)) continue;
    admitted++;
    breaker.record(reply(n < good ? 200 : 500, { nowMs, latencyMs: 0 }));
  }
  return admitted;
}

function opened(given: Partial<BreakerSpec> = {}): Breaker {
  const breaker = new Breaker({ ...SPEC, ...given });
  pass(breaker, 0, { bad: 10 });
  expect(breaker.state).toBe('open');
  return breaker;
}

describe('a breaker opens', () => {
  it.each<[string, { good?: number; bad?: number }, string]>([
    ['at half of enough requests', { good: 5, bad: 5 }, 'open'],
    ['not below that share', { good: 6, bad: 5 }, 'closed'],
    ['not by a few requests, all of which fail', { bad: 9 }, 'closed'],
    ['not by good ones', { good: 1000 }, 'closed'],
  ])('%s', (_name, counts, expected) => {
    const breaker = new Breaker(SPEC);
    pass(breaker, 0, counts);
    expect(breaker.state).toBe(expected);
  });

  it('by tries without a reply too, and never by callers that leave', () => {
    const breaker = new Breaker(SPEC);
    for (let n = 0; n < 100; n++) breaker.record(failure('cancelled'));
    expect(breaker.state).toBe('closed');
    for (let n = 0; n < 10; n++) breaker.record(failure('connect'));
    expect(breaker.state).toBe('open');
  });

  it('not by failures that are over', () => {
    const breaker = new Breaker(SPEC);
    pass(breaker, 0, { bad: 9 });
    pass(breaker, 10_000, { bad: 9 });
    expect(breaker.state).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('refuses until its time is up, and says when that is', () => {
    const breaker = opened();
    expect(pass(breaker, 4999, { good: 100 })).toBe(0);
    expect([breaker.retryAfterMs(1000), breaker.retryAfterMs(4999)]).toEqual([4000, 1000]);
    expect(breaker.admit(5000)).toBe(true);
  });

  it('lets as many probes through at a time as are configured', () => {
    const breaker = opened();
    expect([1, 2, 3].map(() => breaker.admit(5000))).toEqual([true, true, false]);
    breaker.record(reply(200, { nowMs: 5001, latencyMs: 1 }));
    expect([1, 2].map(() => breaker.admit(5001))).toEqual([true, false]);
  });

  it('closes when as many probes as are configured have succeeded', () => {
    const breaker = opened();
    expect(pass(breaker, 5000, { good: 1 })).toBe(1);
    expect(breaker.state).toBe('half-open');
    expect(pass(breaker, 5000, { good: 1 })).toBe(1);
    expect(breaker.state).toBe('closed');
    expect(pass(breaker, 5001, { good: 100 })).toBe(100);
  });

  it('starts to count anew when it closes', () => {
    const breaker = opened();
    pass(breaker, 5000, { good: 2 });
    pass(breaker, 5001, { bad: 9 });
    expect(breaker.state).toBe('closed');
  });

  it('stays open as long again when a probe fails', () => {
    const breaker = opened();
    pass(breaker, 5000, { good: 1, bad: 1 });
    expect(breaker.state).toBe('open');
    expect([breaker.admit(9999), breaker.admit(10_000)]).toEqual([false, true]);
  });

  it('gives the place of a probe whose caller left to another', () => {
    const breaker = opened({ probes: 1 });
    expect([breaker.admit(5000), breaker.admit(5000)]).toEqual([true, false]);
    breaker.record(failure('cancelled', 5001, 1));
    expect([breaker.state, breaker.admit(5001)]).toEqual(['half-open', true]);
  });

  it('does not take what began before it opened for a probe', () => {
    const breaker = opened({ probes: 1 });
    breaker.admit(5000);
    breaker.record({ ...reply(200, { nowMs: 5500 }), begunMs: -10 });
    breaker.record({ ...failure('timeout', 5500), begunMs: -10 });
    expect(breaker.state).toBe('half-open');
    breaker.record({ ...reply(200, { nowMs: 5600 }), begunMs: 5000 });
    expect(breaker.state).toBe('closed');
  });
});

describe('a breaker, whatever happens,', () => {
  // Weighted so that breakers open, and waits end just before and just at the moment of a probe.
  const step = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(1, 100, 4999, 5000).map((ms) => ({ kind: 'wait' as const, ms })) },
    { weight: 4, arbitrary: fc.constant({ kind: 'begin' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        which: fc.nat(50),
        how: fc.constantFrom('good' as const, 'bad' as const, 'bad' as const, 'left' as const),
      }),
    },
  );

  it('admits all when closed, none before its time when open, and never more probes than it may', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 100, maxLength: 300, size: 'max' }),
        fc.integer({ min: 1, max: 4 }),
        (steps, probes) => {
          const breaker = new Breaker({ ...SPEC, minRequests: 3, probes });
          const flying: number[] = [];
          let nowMs = 0;
          let openedAtMs = Infinity;
          for (const one of steps) {
            if (one.kind === 'wait') nowMs += one.ms;
            else if (one.kind === 'begin') {
              const before = breaker.state;
              const admitted = breaker.admit(nowMs);
              if (before === 'closed') expect(admitted).toBe(true);
              if (before === 'open') expect(admitted).toBe(nowMs >= openedAtMs + SPEC.openMs);
              if (admitted) flying.push(nowMs);
              const probing = flying.filter((begunMs) => begunMs >= openedAtMs + SPEC.openMs);
              if (breaker.state === 'half-open') expect(probing.length).toBeLessThanOrEqual(probes);
            } else if (flying.length > 0) {
              const [begunMs = 0] = flying.splice(one.which % flying.length, 1);
              const before = breaker.state;
              const base = { nowMs, begunMs, latencyMs: nowMs - begunMs };
              if (one.how === 'left') breaker.record({ kind: 'cancelled', ...base });
              else breaker.record({ kind: 'reply', status: one.how === 'good' ? 200 : 503, ...base });
              if (one.how !== 'bad') expect(breaker.state === 'open').toBe(before === 'open');
              if (breaker.state === 'open' && before !== 'open') openedAtMs = nowMs;
            }
            expect(breaker.retryAfterMs(nowMs)).toBeGreaterThanOrEqual(1000);
          }
        },
      ),
    );
  });

  it('closes again once its upstream is well', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (past) => {
        const breaker = new Breaker(SPEC);
        let nowMs = 0;
        for (const good of past) pass(breaker, (nowMs += 700), good ? { good: 1 } : { bad: 1 });
        for (let n = 0; n < 3; n++) pass(breaker, (nowMs += SPEC.openMs), { good: SPEC.probes });
        expect(breaker.state).toBe('closed');
      }),
    );
  });
});
