import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

describe('work side by side', () => {
  it.each([
    [40, 16, 16],
    [3, 16, 3],
    [5, 1, 1],
    [0, 16, 0],
  ])('of %i items, %i at once, has %i under way at most', async (count, atOnce, expected) => {
    let active = 0;
    let most = 0;
    const items = Array.from({ length: count }, (_, index) => index);
    const results = await sideBySide(items, atOnce, async (item) => {
      most = Math.max(most, ++active);
      for (let turn = 0; turn < (item % 3) + 1; turn++) await setImmediate();
      active--;
      return item * 2;
    });
    expect(most).toBe(expected);
    expect(results).toEqual(items.map((item) => item * 2));
  });
});
