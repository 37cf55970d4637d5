import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grpcTimeoutMs, grpcTimeoutText } from './grpc-timeout.ts';

describe('grpcTimeoutMs', () => {
  it.each<[string | undefined, number | undefined]>([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3000],
    ['150m', 150],
    ['1500u', 1.5],
    ['99999999n', 99.999999],
    ['0m', 0],
    [undefined, undefined],
    ['', undefined],
    ['S', undefined],
    ['100', undefined],
    ['-1S', undefined],
    ['1.5S', undefined],
    ['123456789m', undefined],
    ['1 S', undefined],
    ['1s', undefined],
  ])('%s is %s', (text, expected) => {
    const ms = grpcTimeoutMs(text);
    if (expected === undefined) expect(ms).toBeUndefined();
    else expect(ms).toBeCloseTo(expected, 6);
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = grpcTimeoutMs(text);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});

describe('grpcTimeoutText', () => {
  it('is never nothing, never more than what is left by much, and can be read', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
        const read = grpcTimeoutMs(grpcTimeoutText(ms)) ?? 0;
        expect(read).toBeGreaterThan(0);
        expect(read).toBeLessThanOrEqual(Math.max(1, ms) + 1000);
      }),
    );
  });
});
