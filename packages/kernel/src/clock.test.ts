import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  it('tells the time of day in ms since the epoch', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('has a second hand that never goes back', () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.monotonic());
    expect(readings.toSorted((a, b) => a - b)).toEqual(readings);
  });
});
