import { describe, expect, it } from 'vitest';
import { inputOf } from './__fixtures__/ask.ts';
import { conditionsOf } from './condition.ts';

interface Wanted {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** Which of the conditions hold, headers first. */
function check(wanted: Wanted, query: string, headers: Readonly<Record<string, string>> = {}): readonly boolean[] {
  const conditions = conditionsOf({ headers: {}, query: {}, ...wanted }) ?? [];
  return conditions.map((condition) => condition(inputOf(`GET /a${query}`, headers)));
}

describe('conditions', () => {
  it('are none when nothing is wanted', () => {
    expect(conditionsOf(undefined)).toBeUndefined();
    expect(conditionsOf({ headers: {}, query: {} })).toBeUndefined();
  });

  it.each<[string, Wanted, string, Record<string, string>, readonly boolean[]]>([
    ['hold for the value of a header', { headers: { x: '1' } }, '', { x: '1' }, [true]],
    ['do not hold for another value', { headers: { x: '1' } }, '', { x: '2' }, [false]],
    ['do not hold without the header', { headers: { x: '1' } }, '', {}, [false]],
    ['hold for any value of a header', { headers: { x: '*' } }, '', { x: 'anything' }, [true]],
    ['want the header to be there for any value', { headers: { x: '*' } }, '', {}, [false]],
    ['compare the values of headers with their case', { headers: { x: 'a' } }, '', { x: 'A' }, [false]],
    ['hold for the value of a parameter', { query: { q: '1' } }, '?q=1', {}, [true]],
    ['do not hold for another value of a parameter', { query: { q: '1' } }, '?q=2', {}, [false]],
    ['hold for any value of a parameter', { query: { q: '*' } }, '?q', {}, [true]],
    ['do not hold without a query', { query: { q: '*' } }, '', {}, [false]],
    ['compare decoded parameters', { query: { 'a b': 'c d' } }, '?a+b=c%20d', {}, [true]],
    [
      'are one for each header and parameter',
      { headers: { x: '1', y: '2' }, query: { q: '3' } },
      '?q=3',
      { x: '1' },
      [true, false, true],
    ],
  ])('%s', (_name, wanted, query, headers, expected) => expect(check(wanted, query, headers)).toEqual(expected));
});
