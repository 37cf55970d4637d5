import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('a histogram', () => {
  it('has no quantiles when it is empty', () => {
    expect(new Histogram().quantile(0.99)).toBe(0);
  });

  it('counts small values exactly', () => {
    const histogram = of(Array.from({ length: 100 }, (_, index) => index + 1));
    expect([0, 0.5, 0.99, 0.999, 1].map((share) => histogram.quantile(share))).toEqual([1, 50, 99, 100, 100]);
  });

  it('errs by less than a sixty-fourth on any value, and never downwards', () => {
    for (let value = 1; value < 2 ** 31; value = Math.ceil(value * 1.37)) {
      const histogram = of([value, 2 ** 31 - 1]);
      const found = histogram.quantile(0.5);
      expect(found).toBeGreaterThanOrEqual(value);
      expect(found).toBeLessThan(value * (1 + 1 / 64) + 1);
    }
  });

  it('never says more than the largest value', () => {
    expect(of([1000]).quantile(0.5)).toBe(1000);
    expect(of([1000]).max).toBe(1000);
  });
});
