import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VectorRing } from './vector-ring.ts';

const DIMS = 21;
const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: DIMS, maxLength: DIMS })
  .filter((values) => values.some((value) => Math.abs(value) > 0.01));

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function unitOf(ring: VectorRing, values: readonly number[]): Float32Array {
  const unit = ring.normal(values);
  if (unit === undefined) throw new Error('no direction');
  return unit;
}

describe('VectorRing', () => {
  it('finds what is near, and how near, exactly', () => {
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 1, maxLength: 100 }),
        vector,
        fc.double({ min: -0.9, max: 1, noNaN: true }),
        (all, asked, threshold) => {
          const ring = new VectorRing(DIMS, 200);
          const slots = all.map((values) => ring.put(unitOf(ring, values)));
          const found = new Map<number, number>();
          ring.search(unitOf(ring, asked), slots, { threshold, found: (slot, near) => found.set(slot, near) });
          for (const [at, values] of all.entries()) {
            const near = cosine(values, asked);
            const seen = found.get(at);
            if (seen !== undefined) expect(seen).toBeCloseTo(near, 4);
            else expect(near).toBeLessThan(threshold + 1e-4);
          }
        },
      ),
    );
  });

  it('finds a vector that it holds, even at 1', () => {
    const ring = new VectorRing(384, 10);
    const values = Array.from({ length: 384 }, (_, at) => Math.sin(at));
    const slot = ring.put(unitOf(ring, values));
    const found: number[] = [];
    ring.search(
      unitOf(
        ring,
        values.map((value) => value * 3),
      ),
      [slot],
      { threshold: 1, found: (one) => found.push(one) },
    );
    expect(found).toEqual([slot]);
  });

  it('overwrites the oldest', () => {
    const ring = new VectorRing(2, 3);
    const slots = [1, 2, 3, 4].map((x) => ring.put(unitOf(ring, [x, 1])));
    expect(slots).toEqual([0, 1, 2, 0]);
  });

  it.each([[[]], [[1]], [[0, 0]], [[Number.NaN, 1]], [[Infinity, 1]], [[1, 2, 3]]])('takes no %j', (values) => {
    expect(new VectorRing(2, 3).normal(values)).toBeUndefined();
  });

  it('does not mind how long a vector is', () => {
    const ring = new VectorRing(2, 3);
    expect(ring.normal([3e-20, 4e-20])?.[0]).toBeCloseTo(0.6);
    expect(ring.normal([3e19, 4e19])?.[1]).toBeCloseTo(0.8);
  });
});
