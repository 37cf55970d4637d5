import { describe, expect, it } from 'vitest';
import { aiSpec, pooled } from './__fixtures__/ai-spec.ts';
import { RoutingBench } from './__fixtures__/routing-bench.ts';

const LIMITS = { requests: 2, tokens: 1000, windowMs: 60_000 };
const SPEC = aiSpec([pooled('limited', ['one'], LIMITS)], {
  m: { targets: ['limited/z'], retries: { attempts: 3, budget: 1 } },
});

describe('an attempt that waits for its time', () => {
  it('has used nothing of its key when its call is over before', () => {
    const bench = new RoutingBench(SPEC);
    const plan = bench.plan('m');
    const attempt = plan.first();
    if (attempt === undefined) throw new Error('nowhere');
    const next = plan.after({ attempt, cause: 'upstream', retryAfterMs: undefined, committed: false });
    expect(next?.delayMs).toBeGreaterThan(0);
    expect(bench.plan('m').first()).toBeUndefined();
    plan.close();
    expect(bench.plan('m').first()).toBeDefined();
    expect(bench.plan('m').first()).toBeUndefined();
  });

  it('has used it once its time has come', () => {
    const bench = new RoutingBench(SPEC);
    const plan = bench.plan('m');
    const attempt = plan.first();
    if (attempt === undefined) throw new Error('nowhere');
    const next = plan.after({ attempt, cause: 'upstream', retryAfterMs: undefined, committed: false });
    bench.nowMs += next?.delayMs ?? 0;
    plan.close();
    expect(bench.plan('m').first()).toBeUndefined();
  });
});
