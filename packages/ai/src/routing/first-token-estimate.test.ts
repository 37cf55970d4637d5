import { describe, expect, it } from 'vitest';
import { FirstTokenEstimate } from './first-token-estimate.ts';

function after(...samples: readonly number[]): number {
  const estimate = new FirstTokenEstimate();
  for (const sample of samples) estimate.record(sample, 1000);
  return estimate.at(1000) ?? Number.NaN;
}

describe('an estimate of the time to the first token', () => {
  it('is unknown before it was measured', () => expect(new FirstTokenEstimate().at(0)).toBeUndefined());
  it('begins with the first sample', () => expect(after(400)).toBe(400));
  it('moves with each sample, and lets one that is far off not decide alone', () => {
    expect(after(400, 1400)).toBeCloseTo(700);
    expect(after(400, ...Array.from({ length: 20 }, () => 1400))).toBeCloseTo(1400, -1);
  });

  it('is forgotten after a minute without a sample', () => {
    const estimate = new FirstTokenEstimate();
    estimate.record(400, 1000);
    expect([estimate.at(61_000), estimate.at(61_001)]).toEqual([400, undefined]);
    estimate.record(100, 90_000);
    expect(estimate.at(90_000)).toBe(100);
  });

  it('learns from a call that was given up only when it is slower than expected', () => {
    const estimate = new FirstTokenEstimate();
    estimate.recordAtLeast(300, 0);
    estimate.recordAtLeast(100, 0);
    expect(estimate.at(0)).toBe(300);
    estimate.recordAtLeast(1300, 0);
    expect(estimate.at(0)).toBeCloseTo(600);
  });
});
