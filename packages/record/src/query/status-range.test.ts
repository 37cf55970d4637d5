import { describe, expect, it } from 'vitest';
import { parseStatuses } from './status-range.ts';

describe('parseStatuses', () => {
  const check = (text: string, passing: readonly number[], failing: readonly number[]): void => {
    const ranges = parseStatuses(text) ?? expect.fail(`${text} is refused`);
    const passes = (status: number): boolean => ranges.some(({ min, max }) => status >= min && status <= max);
    expect(passing.filter(passes)).toEqual(passing);
    expect(failing.filter(passes)).toEqual([]);
  };

  it('takes one status', () => check('404', [404], [400, 403, 405]));
  it('takes a class', () => check('5xx', [500, 503, 599], [499, 600]));
  it('takes a class in capitals', () => check('4XX', [400, 499], [399, 500]));
  it('takes a lower bound', () => check('>=400', [400, 599], [399]));
  it('takes an open lower bound', () => check('>400', [401, 599], [400]));
  it('takes an upper bound', () => check('<=299', [100, 299], [300]));
  it('takes an open upper bound', () => check('<300', [100, 299], [300]));
  it('takes several', () => check('404, 5xx,>=700', [404, 500, 700], [403, 600]));

  for (const text of [
    '',
    '4x',
    '40',
    '4040',
    '044',
    'x',
    'xxx',
    '0xx',
    '5xxx',
    '=404',
    '==404',
    '!404',
    '>=',
    '> 400',
    '404,',
    '4.5',
    '-404',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseStatuses(text)).toBeUndefined());
  }
});
