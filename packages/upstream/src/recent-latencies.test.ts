import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentLatencies } from './recent-latencies.ts';

function of(values: readonly number[], nowMs = 0): RecentLatencies {
  const latencies = new RecentLatencies();
  for (const value of values) latencies.record(value, nowMs);
  return latencies;
}

describe('recent latencies', () => {
  it('know no quantile of a few', () => expect(of(Array(19).fill(5)).quantileMs(0.95, 0)).toBeUndefined());

  it('know the p95 of a hundred', () => {
    const found = of(Array.from({ length: 100 }, (_, n) => n + 1)).quantileMs(0.95, 0);
    expect(found).toBeGreaterThanOrEqual(95);
    expect(found).toBeLessThanOrEqual(95 * 1.18);
  });

  it('forget what is older than a minute', () => {
    const latencies = of(Array(100).fill(1000));
    expect(latencies.quantileMs(0.5, 29_000)).toBeGreaterThan(900);
    expect(latencies.quantileMs(0.5, 31_000)).toBeGreaterThan(900);
    expect(latencies.quantileMs(0.5, 61_001)).toBeUndefined();
  });

  it('forget at once after a long silence', () => {
    expect(of(Array(100).fill(1000)).quantileMs(0.5, 3_600_000)).toBeUndefined();
  });

  it('hold what is beyond their range at its ends', () => {
    expect(of(Array(20).fill(0)).quantileMs(0.5, 0)).toBe(0.1);
    expect(of(Array(20).fill(1e12)).quantileMs(0.5, 0)).toBeGreaterThan(600_000);
  });

  it('are right to within a bucket, whatever was measured', () => {
    const sample = fc.array(fc.double({ min: 0.1, max: 500_000, noNaN: true }), { minLength: 20, maxLength: 300 });
    fc.assert(
      fc.property(sample, fc.integer({ min: 50, max: 99 }), (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil((values.length * percent) / 100) - 1] ?? 0;
        const found = of(values).quantileMs(percent / 100, 0) ?? 0;
        expect(found).toBeGreaterThanOrEqual(exact * 0.999);
        expect(found).toBeLessThanOrEqual(exact * 1.181);
      }),
    );
  });
});
