import { describe, expect, it } from 'vitest';
import type { Effort, ReasoningWish } from './chat-request.ts';
import { budgetOf, effortOf, nearestEffort } from './effort.ts';

describe('effortOf and budgetOf read', () => {
  const cases: readonly (readonly [string, ReasoningWish | undefined, Effort | undefined, number | undefined])[] = [
    ['no wish', undefined, undefined, undefined],
    ['off', { mode: 'off' }, 'none', 0],
    ['off beside an effort', { mode: 'off', effort: 'high' }, 'none', 0],
    ['auto', { mode: 'auto' }, undefined, undefined],
    ['auto with an effort', { mode: 'auto', effort: 'low' }, 'low', 2048],
    ['no effort', { mode: 'effort', effort: 'none' }, 'none', 0],
    ['minimal', { mode: 'effort', effort: 'minimal' }, 'minimal', 1024],
    ['medium', { mode: 'effort', effort: 'medium' }, 'medium', 8192],
    ['high', { mode: 'effort', effort: 'high' }, 'high', 16_384],
    ['xhigh', { mode: 'effort', effort: 'xhigh' }, 'xhigh', 32_768],
    ['max', { mode: 'effort', effort: 'max' }, 'max', 30_976],
    ['a budget of nothing', { mode: 'budget', budgetTokens: 0 }, 'none', 0],
    ['one token', { mode: 'budget', budgetTokens: 1 }, 'minimal', 1],
    ['exactly a row', { mode: 'budget', budgetTokens: 2048 }, 'low', 2048],
    ['between rows', { mode: 'budget', budgetTokens: 2049 }, 'medium', 2049],
    ['more than the table', { mode: 'budget', budgetTokens: 32_769 }, 'max', 32_769],
    ['a budget below zero', { mode: 'budget', budgetTokens: -1 }, undefined, undefined],
    ['a budget that is no number', { mode: 'budget', budgetTokens: Number.NaN }, undefined, undefined],
    ['an effort and a budget', { mode: 'budget', effort: 'high', budgetTokens: 5 }, 'high', 5],
  ];
  it.each(cases)('%s', (_, wish, effort, budget) => {
    expect(effortOf(wish)).toBe(effort);
    expect(budgetOf(wish, 32_000)).toBe(budget);
  });

  it('max within 64000 tokens and not below 1024', () => {
    expect(budgetOf({ mode: 'effort', effort: 'max' }, 128_000)).toBe(64_000);
    expect(budgetOf({ mode: 'effort', effort: 'max' }, 100)).toBe(1024);
  });
});

describe('nearestEffort', () => {
  const cases: readonly (readonly [Effort, readonly Effort[], Effort])[] = [
    ['low', ['low', 'high'], 'low'],
    ['medium', ['high', 'low'], 'high'],
    ['none', ['minimal', 'low'], 'minimal'],
    ['max', ['high', 'low'], 'high'],
    ['xhigh', ['none'], 'none'],
    ['medium', [], 'medium'],
  ];
  it.each(cases)('takes %s among %j as %s', (effort, known, nearest) => {
    expect(nearestEffort(effort, known)).toBe(nearest);
  });
});
