import fc from 'fast-check';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { textProblem } from '../source/read-scalar.ts';
import { viewOf } from '../source/schema-view.ts';
import { momentMs, momentText } from './moment.ts';

const schema = momentText({ description: 'A field.' });

function refusal(text: string): string | undefined {
  const problem = textProblem(text, viewOf(schema));
  expect(Check(schema, text)).toBe(problem === undefined);
  return problem;
}

describe('a time', () => {
  it.each([
    ['2027-01-31', Date.UTC(2027, 0, 31)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
    ['2027-01-31T18:00Z', Date.UTC(2027, 0, 31, 18)],
    ['2027-01-31T18:00:07Z', Date.UTC(2027, 0, 31, 18, 0, 7)],
    ['2027-01-31T00:30:00+02:00', Date.UTC(2027, 0, 30, 22, 30)],
    ['2027-12-31T23:00-05:30', Date.UTC(2028, 0, 1, 4, 30)],
  ])('is read from %s', (text, expected) => {
    expect(refusal(text)).toBeUndefined();
    expect(momentMs(text)).toBe(expected);
    expect(text).toMatch(new RegExp(viewOf(schema).pattern ?? ''));
  });

  it.each(['', 'tomorrow', '31.1.2027', '2027-1-31', '2027-01-31 18:00', '2027-01-31T18:00', '20270131', '1801353600'])(
    'is not read from %j',
    (text) => expect(refusal(text)).toMatch(/^is not a time, write one such as /),
  );

  it.each([
    '2027-02-29',
    '2027-00-01',
    '2027-13-01',
    '2027-04-31',
    '2027-01-00',
    '2027-01-31T24:00Z',
    '2027-01-31T18:60Z',
    '2027-01-31T18:00:60Z',
    '2027-01-31T18:00+24:00',
  ])('is not %s, which there is not', (text) => expect(refusal(text)).toBe('is no time that there is, correct it'));

  it('is what a clock prints', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const text = `${date.toISOString().slice(0, 19)}Z`;
        expect(momentMs(text)).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });
});
