import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '@gatehouse/kernel';
import { shareBelow } from './share-below.ts';

const ATS = [0.5, 0.9, 0.95, 0.99, 0.999];
const at = (...ms: readonly (number | null)[]) => ATS.map((share, index) => ({ at: share, ms: ms[index] ?? null }));

describe('the share of calls below a time', () => {
  const CASES: readonly (readonly [
    name: string,
    quantiles: ReturnType<typeof at>,
    thresholdMs: number,
    expected: number,
  ])[] = [
    ['is that of the quantile which it is', at(10, 20, 30, 40, 50), 20, 0.9],
    ['lies between two quantiles', at(10, 20, 30, 40, 50), 25, 0.925],
    ['lies below the lowest', at(10, 20, 30, 40, 50), 5, 0.25],
    ['is all above the highest', at(10, 20, 30, 40, 50), 51, 1],
    ['is all where there were no calls', at(null, null, null, null, null), 20, 1],
    ['is that of the highest of those that are the same', at(10, 10, 10, 10, 50), 10, 0.99],
  ];
  it.each(CASES)('%s', (_, quantiles, thresholdMs, expected) => {
    expect(shareBelow(quantiles, thresholdMs)).toBeCloseTo(expected, 9);
  });

  it('is never further off than the quantiles around it are apart, and grows with the time', () => {
    const times = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 500 });
    const thresholds = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(times, thresholds, thresholds, (all, one, other) => {
        const sorted = all.toSorted((a, b) => a - b);
        const quantiles = at(...ATS.map((share) => sorted[Math.ceil(share * sorted.length) - 1] ?? null));
        const exact = all.filter((ms) => ms <= one).length / all.length;
        const index = quantiles.findIndex(({ ms }) => ms !== null && ms > one);
        const [low, high] = index < 0 ? [0.999, 1] : [ATS[index - 1] ?? 0, ATS[index] ?? 1];
        // A quantile of few calls is that of the next call: one of them more or less.
        expect(exact).toBeGreaterThanOrEqual(low - 1e-9);
        expect(exact).toBeLessThanOrEqual(high + 1 / all.length);
        const found = shareBelow(quantiles, one);
        expect(found).toBeGreaterThanOrEqual(low);
        expect(found).toBeLessThanOrEqual(high);
        expect(shareBelow(quantiles, Math.max(one, other))).toBeGreaterThanOrEqual(
          shareBelow(quantiles, Math.min(one, other)),
        );
      }),
    );
  });
});

it('what the gate fails in by itself is answered with 5xx, so that counting those misses none', () => {
  const ours = Object.entries(ERRORS).filter(([code, { blame }]) => blame !== 'caller' && !code.startsWith('admin.'));
  expect(ours.length).toBeGreaterThan(10);
  for (const [code, { status }] of ours) expect([code, status >= 500]).toEqual([code, true]);
});
