import { describe, expect, it } from 'vitest';
import { LatencyEstimate } from './latency-estimate.ts';

/** The estimate after samples of [latency, time]. */
function after(...samples: readonly (readonly [number, number])[]): LatencyEstimate {
  const estimate = new LatencyEstimate();
  for (const [sampleMs, nowMs] of samples) estimate.record(sampleMs, nowMs);
  return estimate;
}

describe('a latency estimate', () => {
  it('knows nothing at first and expects the median', () => {
    const estimate = new LatencyEstimate();
    expect(estimate.known).toBe(false);
    expect(estimate.projectedMs(5000, 42)).toBe(42);
  });

  it('is the first sample', () => expect(after([20, 1000]).valueMs).toBe(20));

  it('jumps to a slower sample at once', () => expect(after([20, 0], [200, 1]).valueMs).toBe(200));

  it.each([
    ['not at all without time between', 0, 100],
    ['by 1/e after ten seconds', 10_000, 10 + 90 * Math.exp(-1)],
    ['by half after the half-life', 10_000 * Math.log(2), 55],
    ['nearly wholly after a minute', 60_000, 10 + 90 * Math.exp(-6)],
  ])('falls to a faster sample %s', (_name, elapsedMs, expected) => {
    expect(after([100, 0], [10, elapsedMs]).valueMs).toBeCloseTo(expected, 9);
  });

  it('is never 0, whatever a coarse clock says', () => {
    expect(after([0, 0]).valueMs).toBeGreaterThan(0);
    expect(after([0, 0]).known).toBe(true);
  });

  it('is not moved by a clock that steps back', () => {
    expect(after([100, 5000], [10, 0]).valueMs).toBe(100);
  });

  it('is raised by a try that was given up, never lowered', () => {
    const estimate = after([50, 0]);
    estimate.recordAtLeast(20, 10_000);
    expect(estimate.valueMs).toBe(50);
    estimate.recordAtLeast(80, 10_000);
    expect(estimate.valueMs).toBe(80);
  });

  it.each([
    ['stays at once', 0, 110],
    ['fades by 1/e after ten seconds', 10_000, 10 + 100 * Math.exp(-1)],
    ['ends at the median', 10_000_000, 10],
  ])('that is above the median %s', (_name, nowMs, expected) => {
    expect(after([110, 0]).projectedMs(nowMs, 10)).toBeCloseTo(expected, 9);
  });

  it('that is below the median stays where it is', () => {
    expect(after([5, 0]).projectedMs(1_000_000, 10)).toBe(5);
  });

  it('is projected without being written', () => {
    const estimate = after([110, 0]);
    estimate.projectedMs(1_000_000, 10);
    expect(estimate.valueMs).toBe(110);
  });
});
