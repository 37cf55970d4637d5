import type { MatchInput } from './route-result.ts';
import type { VersionCondition } from '@gatehouse/config';
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

describe('a version', () => {
  const asking = (version: string | undefined, query = ''): MatchInput => ({
    host: '',
    path: '/',
    method: 'GET',
    query,
    header: (name) => (name === 'v' ? version : undefined),
  });
  const takes = (
    is: VersionCondition['is'],
    byDefault: boolean,
    input: MatchInput,
    place: 'header' | 'query' = 'header',
  ): boolean =>
    conditionsOf({ headers: {}, query: {}, version: { in: place, name: 'v', is, byDefault } })?.every((each) =>
      each(input),
    ) === true;
  const SPAN = { from: '2025-01-01', until: '2026-01-01' };

  it.each([
    ['2024-12-31', false],
    ['2025-01-01', true],
    ['2025-12-31', true],
    ['2026-01-01', false],
    ['2025', false],
    ['2025-06-01x', false],
    ['latest', false],
  ])('of a span of days is asked for by %s: %s', (version, expected) =>
    expect(takes(SPAN, true, asking(version))).toBe(expected),
  );

  it('is the newest when nothing newer is there', () => {
    expect(takes({ from: '2025-01-01', until: undefined }, false, asking('2099-01-01'))).toBe(true);
  });

  it('by name, and by default', () => {
    expect([
      takes('2', false, asking('2')),
      takes('2', false, asking('1')),
      takes('2', false, asking(undefined)),
      takes('2', true, asking(undefined)),
      takes('2', true, asking('')),
    ]).toEqual([true, false, false, true, true]);
    expect([
      takes('2', false, asking(undefined, '?v=2'), 'query'),
      takes('2', false, asking('2', '?v=1'), 'query'),
    ]).toEqual([true, false]);
  });
});
