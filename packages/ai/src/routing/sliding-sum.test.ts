import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingSum } from './sliding-sum.ts';

const WINDOW_MS = 1000;
const SLICE_MS = WINDOW_MS / 20;

const additions = fc
  .array(fc.record({ gapMs: fc.integer({ min: 0, max: 400 }), value: fc.integer({ min: 1, max: 9 }) }))
  .map((steps) => {
    let atMs = 5000;
    return steps.map(({ gapMs, value }) => ({ atMs: (atMs += gapMs), value }));
  });

describe('a sliding sum', () => {
  it('is 0 at first', () => expect(new SlidingSum(WINDOW_MS).sum(0)).toBe(0));

  it('covers the whole window and at most a slice more', () => {
    fc.assert(
      fc.property(additions, fc.integer({ min: 0, max: 3000 }), (added, laterMs) => {
        const sum = new SlidingSum(WINDOW_MS);
        for (const { atMs, value } of added) sum.add(value, atMs);
        const nowMs = (added.at(-1)?.atMs ?? 0) + laterMs;
        const since = (ms: number): number =>
          added.filter(({ atMs }) => atMs > nowMs - ms).reduce((total, { value }) => total + value, 0);
        expect(sum.sum(nowMs)).toBeGreaterThanOrEqual(since(WINDOW_MS));
        expect(sum.sum(nowMs)).toBeLessThanOrEqual(since(WINDOW_MS + SLICE_MS));
      }),
    );
  });

  it('knows when it will be down to a value, and not later than it is', () => {
    fc.assert(
      fc.property(additions, fc.integer({ min: 0, max: 20 }), (added, most) => {
        const sum = new SlidingSum(WINDOW_MS);
        for (const { atMs, value } of added) sum.add(value, atMs);
        const nowMs = added.at(-1)?.atMs ?? 0;
        const atMs = sum.downToAtMs(most, nowMs);
        expect(atMs).toBeGreaterThanOrEqual(nowMs);
        expect(sum.sum(atMs)).toBeLessThanOrEqual(most);
        if (atMs > nowMs) expect(sum.sum(atMs - 1)).toBeGreaterThan(most);
      }),
    );
  });
});
