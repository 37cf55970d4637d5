import { describe, expect, it } from 'vitest';
import { item, slot } from './slot.ts';

describe('slot and item', () => {
  it('read what stands at an index', () => {
    expect(slot(new Int32Array([-1, 2]), 0)).toBe(-1);
    expect(slot(new Float64Array([0.5]), 0)).toBe(0.5);
    expect(item(['a', 'b'], 1)).toBe('b');
  });
});
