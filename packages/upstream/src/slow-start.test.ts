import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warmth } from './slow-start.ts';

describe('warmth', () => {
  it.each([
    [1, 0, 0.1],
    [1, 500, 0.1],
    [1, 5000, 0.5],
    [1, 9999, 0.9999],
    [1, 10_000, 1],
    [1, 1e9, 1],
    [2, 2500, 0.5],
    [0.5, 5000, 0.25],
  ])('with aggression %s after %s ms of 10 s is %s', (aggression, warmForMs, expected) => {
    expect(warmth({ windowMs: 10_000, aggression }, warmForMs)).toBeCloseTo(expected, 10);
  });

  it('only grows, from a tenth to the whole', () => {
    const spec = fc.record({
      windowMs: fc.integer({ min: 1, max: 86_400_000 }),
      aggression: fc.double({ min: 0.1, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(spec, fc.nat(90_000_000), fc.nat(90_000_000), (slowStart, one, more) => {
        const early = warmth(slowStart, one);
        const late = warmth(slowStart, one + more);
        expect(early).toBeGreaterThanOrEqual(0.1);
        expect(late).toBeGreaterThanOrEqual(early);
        expect(late).toBeLessThanOrEqual(1);
      }),
    );
  });
});
