import { expect, it } from 'vitest';
import { cookieValue, cookieValues } from './cookie-value.ts';

it.each([
  ['takes the only one', 'a=1', '1'],
  ['takes one among others', 'b=2; a=1; c=3', '1'],
  ['takes the first of two', 'a=1; a=2', '1'],
  ['takes an empty one', 'a=; b=2', ''],
  ['takes one with equal signs', 'a=b==', 'b=='],
  ['does without spaces', 'b=2;a=1', '1'],
  ['is told apart by the whole name', 'aa=1; xa=2', undefined],
  ['minds the case', 'A=1', undefined],
  ['passes over what has no value', 'a; b=a=1', undefined],
  ['finds nothing in nothing', '', undefined],
  ['finds nothing where there is no field', undefined, undefined],
  ['finds nothing among semicolons', ';;; ;', undefined],
])('%s', (_, header, expected) => {
  expect(cookieValue(header, 'a')).toBe(expected);
});

it('all of a name are told', () => {
  expect(cookieValues('a=1; b=2;a=3; A=4; a; a=', 'a')).toEqual(['1', '3', '']);
  expect(cookieValues(undefined, 'a')).toEqual([]);
});
