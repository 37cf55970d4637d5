import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecondsRing } from './seconds-ring.ts';

describe('a ring of seconds', () => {
  it('is empty at first', () => expect(new SecondsRing(10).sum(0)).toBe(0));

  it.each([
    ['counts what was just added', 0, 0, 1],
    ['counts what is nine whole seconds old', 0, 9999, 1],
    ['forgets at the tenth second', 0, 10_000, 0],
    ['keeps a late part of a second as long as its early part', 999, 9999, 1],
    ['forgets after a long silence', 0, 1_000_000, 0],
    ['takes fractions of ms', 1000.7, 10_999.9, 1],
    ['starts anywhere in time', 123_456_789, 123_456_790, 1],
  ])('%s', (_name, addedAtMs, askedAtMs, expected) => {
    const ring = new SecondsRing(10);
    ring.add(1, addedAtMs);
    expect(ring.sum(askedAtMs)).toBe(expected);
  });

  it('lets a second take over the bucket of ten seconds before', () => {
    const ring = new SecondsRing(10);
    ring.add(5, 0);
    ring.add(2, 10_000);
    expect(ring.sum(10_000)).toBe(2);
  });

  it('sums negative values too', () => {
    const ring = new SecondsRing(10);
    ring.add(2, 0);
    ring.add(-3, 1000);
    expect(ring.sum(1000)).toBe(-1);
    expect(ring.sum(10_500)).toBe(-3);
  });

  it('is empty after it was cleared', () => {
    const ring = new SecondsRing(10);
    ring.add(1, 500);
    ring.clear();
    expect(ring.sum(500)).toBe(0);
    ring.add(1, 600);
    expect(ring.sum(600)).toBe(1);
  });

  it('sums exactly what a list of all additions sums', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 4000 }), fc.integer({ min: -5, max: 5 })), { maxLength: 100 });
    const property = fc.property(steps, fc.integer({ min: 1, max: 12 }), (list, seconds) => {
      const ring = new SecondsRing(seconds);
      const all: { second: number; value: number }[] = [];
      let nowMs = 0;
      for (const [waitMs, value] of list) {
        nowMs += waitMs;
        ring.add(value, nowMs);
        all.push({ second: Math.floor(nowMs / 1000), value });
        const oldest = Math.floor(nowMs / 1000) - seconds + 1;
        const expected = all.filter(({ second }) => second >= oldest).reduce((sum, each) => sum + each.value, 0);
        expect(ring.sum(nowMs)).toBe(expected);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
