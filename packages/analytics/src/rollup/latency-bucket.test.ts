import { describe, expect, it } from 'vitest';
import { bucketOf, valueOf } from './latency-bucket.ts';

describe('bucketOf', () => {
  it('loses at most half a percent, from a microsecond to a day', () => {
    for (let ms = 0.001; ms < 86_400_000; ms *= 1.0037) {
      const error = Math.abs(valueOf(bucketOf(ms)) - ms) / ms;
      expect(error).toBeLessThanOrEqual(0.005);
    }
  });

  it('keeps less than a microsecond as nothing', () => {
    expect(valueOf(bucketOf(0))).toBe(0);
    expect(valueOf(bucketOf(0.000_9))).toBe(0);
  });

  it('fits sixteen bits for a hundred years', () => expect(bucketOf(100 * 365 * 86_400_000)).toBeLessThan(32_767));
});
