import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUDGET_WINDOW_MS, RETRIES_MIN, RetryBudget } from './retry-budget.ts';

function granted(budget: RetryBudget, nowMs: number): number {
  let count = 0;
  for (let n = 0; n < 10_000; n++) if (budget.mayRetry(nowMs)) count++;
  return count;
}

function busy(calls: number, share: number): RetryBudget {
  const budget = new RetryBudget(share);
  for (let n = 0; n < calls; n++) budget.deposit(0);
  return budget;
}

describe('a retry budget', () => {
  it.each([
    ['lets a quiet model retry a little', 0, 0.2, RETRIES_MIN],
    ['adds a fifth of the calls', 1000, 0.2, RETRIES_MIN + 200],
    ['adds them all', 1000, 1, RETRIES_MIN + 1000],
    ['of 0 grants nothing, not even the little', 1000, 0, 0],
  ])('%s', (_name, calls, share, expected) => expect(granted(busy(calls, share), 0)).toBe(expected));

  it('forgets both calls and retries after a while', () => {
    const budget = busy(1000, 0.2);
    expect(granted(budget, BUDGET_WINDOW_MS - 1)).toBe(RETRIES_MIN + 200);
    expect(granted(budget, 3 * BUDGET_WINDOW_MS)).toBe(RETRIES_MIN);
  });

  it('takes another share from a new configuration', () => {
    const budget = busy(100, 0.2);
    budget.share = 1;
    budget.deposit(0);
    expect(granted(budget, 0)).toBe(RETRIES_MIN + 21);
  });

  it('is never exceeded, whatever fails when', () => {
    const steps = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 20_000 }), calls: fc.nat(40) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.constantFrom(0.05, 0.2, 0.5, 1), (happened, share) => {
        const budget = new RetryBudget(share);
        const calls: number[] = [];
        const retries: number[] = [];
        let nowMs = 1_000_000;
        for (const { gapMs, calls: begun } of happened) {
          nowMs += gapMs;
          for (let n = 0; n < begun; n++) {
            budget.deposit(nowMs);
            calls.push(nowMs);
          }
          const before = retries.length;
          while (budget.mayRetry(nowMs)) retries.push(nowMs);
          if (retries.length === before) continue;
          const inWindow = (times: readonly number[], ms: number): number =>
            times.filter((atMs) => atMs > nowMs - ms).length;
          const slackMs = BUDGET_WINDOW_MS / 20;
          expect(inWindow(retries, BUDGET_WINDOW_MS)).toBeLessThanOrEqual(
            RETRIES_MIN + share * inWindow(calls, BUDGET_WINDOW_MS + slackMs) + 1e-6,
          );
        }
      }),
    );
  });
});
