import { describe, expect, it } from 'vitest';
import { overloadSignals } from './overload-signals.ts';

describe('overloadSignals', () => {
  it('says how full the memory is', () => {
    const share = overloadSignals().memoryShare(0);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });

  it('says by how much a timer of 20 ms came late, and begins anew with each look', () => {
    const took = [120e6, 20.1e6, 3e6];
    const asked: number[] = [];
    let resets = 0;
    const signals = overloadSignals({
      percentile: (percent) => {
        asked.push(percent);
        return took[resets] ?? 0;
      },
      reset: () => resets++,
    });
    expect([0, 499, 500, 1000].map((nowMs) => Math.round(signals.loopDelayMs(nowMs)))).toEqual([100, 100, 0, 0]);
    expect([resets, asked]).toEqual([3, [99, 99, 99]]);
  });

  it('reads both signs at one look', () => {
    let resets = 0;
    const signals = overloadSignals({ percentile: () => 0, reset: () => resets++ });
    signals.loopDelayMs(0);
    signals.memoryShare(100);
    signals.loopDelayMs(499);
    expect(resets).toBe(1);
  });
});
