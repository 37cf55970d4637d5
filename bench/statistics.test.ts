import { expect, it } from 'vitest';
import { summary } from './statistics.ts';

it('takes the middle of an odd number and the mean of the two middles of an even one', () => {
  expect(summary([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(summary([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

it('is not a number when nothing was measured', () => {
  expect(summary([]).median).toBeNaN();
});
