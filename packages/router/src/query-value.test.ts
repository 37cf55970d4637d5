import { describe, expect, it } from 'vitest';
import { queryValue } from './query-value.ts';

describe('the value of a in', () => {
  it.each([
    ['', undefined],
    ['?', undefined],
    ['?a', ''],
    ['?a=', ''],
    ['?a=1', '1'],
    ['?b=2&a=1', '1'],
    ['?a=1&a=2', '1'],
    ['?ab=2', undefined],
    ['?ba=2', undefined],
    ['?b=a', undefined],
    ['?b=a=1', undefined],
    ['?a=1=2', '1=2'],
    ['?b&a=1', '1'],
    ['?b=&&a=1', '1'],
    ['?a&b=1', ''],
    ['?%61=1', '1'],
    ['?a=%31', '1'],
    ['?a=x+y%2Bz', 'x y+z'],
    ['?a=%zz', '%zz'],
    ['?a=%c3', '%c3'],
    ['?A=1', undefined],
  ])('%j is %j', (query, expected) => expect(queryValue(query, 'a')).toBe(expected));

  it('a query without = is found in one pass over it', () => {
    const query = `?${'b&'.repeat(200_000)}a`;
    expect(queryValue(query, 'a')).toBe('');
  });
});
