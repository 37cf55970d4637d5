import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetLeft, BURN_RULES, burnRate, isBurning, windowName } from './burn-rate.ts';
import { burnDown } from './objective-budget.ts';

const targets = fc.double({ min: 50, max: 99.999, noNaN: true });
const counted = fc
  .tuple(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([calls, share]) => ({ calls, bad: calls * share }));

describe('the arithmetic of error budgets', () => {
  const CASES: readonly (readonly [
    name: string,
    calls: number,
    bad: number,
    target: number,
    rate: number,
    left: number,
  ])[] = [
    ['no calls burn nothing', 0, 0, 99.9, 0, 1],
    ['no failures burn nothing', 1000, 0, 99.9, 0, 1],
    ['as many failures as are allowed burn once', 1000, 1, 99.9, 1, 0],
    ['half as many leave half', 10_000, 5, 99.9, 0.5, 0.5],
    ['all calls failing burn as fast as can be', 1000, 1000, 99, 100, -99],
  ];
  it.each(CASES)('%s', (_, calls, bad, target, rate, left) => {
    expect(burnRate({ calls, bad }, target)).toBeCloseTo(rate, 6);
    expect(budgetLeft({ calls, bad }, target)).toBeCloseTo(left, 6);
  });

  it('what is left and how fast it burns are two sides of one number', () => {
    fc.assert(
      fc.property(counted, targets, (some, target) => {
        const rate = burnRate(some, target);
        expect(budgetLeft(some, target)).toBeCloseTo(1 - rate, 6);
        expect(rate).toBeGreaterThanOrEqual(0);
        // No faster than everything failing.
        expect(rate).toBeLessThanOrEqual((100 / (100 - target)) * (1 + 1e-9));
      }),
    );
  });

  it('burning evenly at a rate for a share of the window spends rate times share of the budget', () => {
    const rates = fc.double({ min: 0, max: 20, noNaN: true });
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 672 }),
        fc.integer({ min: 1, max: 10_000 }),
        (rate, hours, perHour) => {
          const target = 99;
          const bad = (perHour * rate) / 100;
          const steps = Array.from({ length: 672 }, (_, hour) => ({
            atMs: hour,
            calls: perHour,
            bad: hour < hours ? bad : 0,
          }));
          expect(burnRate({ calls: perHour, bad }, target)).toBeCloseTo(rate, 6);
          expect(burnDown(steps, { target, windowDays: 28 }).left).toBeCloseTo(1 - (rate * hours) / 672, 6);
        },
      ),
    );
  });

  it('more failures never burn slower, and a stricter target never burns slower', () => {
    fc.assert(
      fc.property(counted, targets, targets, (some, one, other) => {
        const [loose, strict] = [Math.min(one, other), Math.max(one, other)];
        expect(burnRate(some, strict)).toBeGreaterThanOrEqual(burnRate(some, loose));
        expect(burnRate({ ...some, bad: some.calls }, one)).toBeGreaterThanOrEqual(burnRate(some, one));
      }),
    );
  });

  it('a series goes down, and ends at what is left', () => {
    fc.assert(
      fc.property(fc.array(counted, { minLength: 1, maxLength: 30 }), targets, (steps, target) => {
        const settings = { target, windowDays: 28 };
        const timed = steps.map((step, index) => ({ ...step, atMs: index }));
        const { series, left } = burnDown(timed, settings);
        expect(burnDown(timed.toReversed(), settings).series).toEqual(series);
        for (const [index, step] of series.slice(1).entries())
          expect(step.left).toBeLessThanOrEqual(series[index]?.left ?? Number.NaN);
        expect(series.at(-1)?.left).toBeCloseTo(left, 6);
      }),
    );
  });

  it('burns by both windows, or not', () => {
    for (const rule of BURN_RULES) {
      const { factor } = rule;
      expect(isBurning(rule, { long: factor, short: factor })).toBe(true);
      expect(isBurning(rule, { long: factor * 0.99, short: factor * 9 })).toBe(false);
      expect(isBurning(rule, { long: factor * 9, short: factor * 0.99 })).toBe(false);
    }
  });

  it('spends in the long windows what the workbook says, of 30 days', () => {
    const spent = BURN_RULES.map(({ factor, longS }) => (factor * longS) / (30 * 86_400));
    expect(spent.map((share) => Math.round(share * 1000) / 1000)).toEqual([0.02, 0.05, 0.1, 0.1]);
    expect(BURN_RULES.map(({ longS, shortS }) => `${windowName(longS)} ${windowName(shortS)}`)).toEqual([
      '1h 5m',
      '6h 30m',
      '1d 2h',
      '3d 6h',
    ]);
  });
});
