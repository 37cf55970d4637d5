import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

function granted(budget: RetryBudget, nowMs: number, asked = 10_000): number {
  let count = 0;
  for (let n = 0; n < asked; n++) if (budget.mayRetry(nowMs)) count++;
  return count;
}

function busy(requests: number, share = 0.2): RetryBudget {
  const budget = new RetryBudget(share);
  for (let n = 0; n < requests; n++) budget.deposit(0);
  return budget;
}

describe('a retry budget', () => {
  it.each([
    ['lets a quiet upstream retry ten times a second over ten seconds', 0, 0.2, 100],
    ['adds a fifth of the requests', 1000, 0.2, 300],
    ['adds a tenth of the requests', 1000, 0.1, 200],
    ['adds them all', 1000, 1, 1100],
    ['of 0 grants nothing, not even the floor', 1000, 0, 0],
  ])('%s', (_name, requests, share, expected) => expect(granted(busy(requests, share), 0)).toBe(expected));

  it('forgets deposits after ten seconds', () => {
    expect(granted(busy(1000), 9999)).toBe(300);
    expect(granted(busy(1000), 10_000)).toBe(100);
  });

  it('forgets retries after ten seconds too', () => {
    const budget = busy(0);
    expect(granted(budget, 0)).toBe(100);
    expect(granted(budget, 9999)).toBe(0);
    expect(granted(budget, 10_000)).toBe(100);
  });

  it('refuses without taking', () => {
    const budget = busy(0);
    granted(budget, 0);
    for (let n = 0; n < 5; n++) budget.deposit(0);
    expect(granted(budget, 0)).toBe(1);
  });

  it('holds retries to its share when everything fails for a minute', () => {
    const budget = new RetryBudget(0.2);
    let retries = 0;
    for (let n = 0; n < 60_000; n++) {
      budget.deposit(n);
      if (budget.mayRetry(n)) retries++;
    }
    expect(retries / 60_000).toBeLessThan(0.22);
    expect(retries / 60_000).toBeGreaterThan(0.19);
  });
});
