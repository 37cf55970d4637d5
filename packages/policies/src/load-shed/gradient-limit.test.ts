import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GradientLimit, type GradientOptions } from './gradient-limit.ts';

const OPTIONS: GradientOptions = {
  initial: 20,
  min: 20,
  max: 200,
  queue: 4,
  tolerance: 1.5,
  smoothing: 0.2,
  longWindow: 600,
};

function after(samples: readonly number[], options: Partial<GradientOptions> = {}, inFlight = Infinity): number {
  const all = { ...OPTIONS, ...options };
  const limit = new GradientLimit(all.initial);
  for (const sample of samples) limit.update(sample, inFlight, all);
  return limit.limit;
}
const same = (count: number, ms = 10): number[] => Array.from({ length: count }, () => ms);

describe('GradientLimit', () => {
  it('grows by a smoothed share of the queue while latency is as usual', () => {
    expect(after(same(1))).toBeCloseTo(20.8);
    expect(after(same(10))).toBeCloseTo(28);
  });

  it('stays where it is while it is not half used', () => {
    expect(after(same(100), {}, 9)).toBe(20);
    expect(after(same(1), {}, 10)).toBeCloseTo(20.8);
  });

  it('forgives latency within the tolerance', () => {
    expect(after([...same(100), 14.9])).toBeCloseTo(after(same(101)));
  });

  it('shrinks by what latency is above the tolerance', () => {
    const before = after(same(100), { initial: 100 });
    // The usual latency hears of the sample first: 10 + 20 × 2 / 601.
    const usual = 10 + (20 * 2) / 601;
    const gradient = (1.5 * usual) / 30;
    expect(after([...same(100), 30], { initial: 100 })).toBeCloseTo(before * 0.8 + (before * gradient + 4) * 0.2);
  });

  it('shrinks by no more than half at once, whatever comes', () => {
    const before = after(same(100), { initial: 100 });
    expect(after([...same(100), 1e9], { initial: 100 })).toBeGreaterThanOrEqual(
      before * 0.8 + (before * 0.5 + 4) * 0.2 - 1e-9,
    );
  });

  it('forgets worse times within a few samples, so that a new rise is seen', () => {
    const better = [...same(600, 1000), ...same(60, 10)];
    const options = { initial: 100, max: 1000 };
    expect(after([...better, 200], options)).toBeLessThan(after(better, options));
  });

  it('stays from min to max, whatever latencies and numbers come', () => {
    const sample = fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat({ max: 1000 }));
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 200 }), (samples) => {
        const limit = new GradientLimit(20);
        for (const [ms, inFlight] of samples) {
          limit.update(ms, inFlight, OPTIONS);
          expect(limit.limit).toBeGreaterThanOrEqual(20);
          expect(limit.limit).toBeLessThanOrEqual(200);
        }
      }),
    );
  });

  it('follows bounds that were changed', () => {
    const limit = new GradientLimit(100);
    limit.update(10, 100, { ...OPTIONS, max: 50 });
    expect(limit.limit).toBe(50);
  });
});
