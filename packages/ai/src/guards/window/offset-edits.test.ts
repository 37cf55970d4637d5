import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetEdits } from './offset-edits.ts';

describe('OffsetEdits', () => {
  it('finds places again behind, between and inside of what was replaced', () => {
    const edits = new OffsetEdits();
    edits.skip(10);
    edits.add({ start: 0, end: 3, grown: 5 });
    edits.add({ start: 5, end: 9, grown: -2 });
    expect([0, 9, 10, 11, 13, 14, 15, 17, 19, 30].map((at) => edits.placeOf(at))).toEqual([
      0, 9, 10, 10, 18, 19, 20, 20, 22, 33,
    ]);
  });

  it('keeps the text between what was replaced', () => {
    const parts = fc.array(
      fc.record({
        kept: fc.string({ maxLength: 4 }),
        old: fc.string({ minLength: 1, maxLength: 4 }),
        put: fc.string({ maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(parts, (all) => {
        const edits = new OffsetEdits();
        let [came, left] = ['', ''];
        const places: [number, string][] = [];
        for (const { kept, old, put } of all) {
          for (const [at, char] of Array.from(kept).entries()) places.push([came.length + at, char]);
          came += kept;
          edits.add({ start: came.length, end: came.length + old.length, grown: put.length - old.length });
          [came, left] = [came + old, left + kept + put];
        }
        for (const [at, char] of places) expect(left.charAt(edits.placeOf(at))).toBe(char);
      }),
    );
  });
});
