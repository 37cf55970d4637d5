import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../canonical/json.ts';
import { sortedText } from './sorted-text.ts';

const LOOSE = { silent: new Set(['mark']), verbatim: new Set(['schema']) };

describe('sortedText', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: null, b: undefined }, '{}'],
    [{ mark: 1, schema: { mark: 1, b: null, a: null } }, '{"schema":{"a":null,"b":null,"mark":1}}'],
    [-0, '0'],
    [Infinity, 'Infinity'],
    ['\ud800', String.raw`"\ud800"`],
    ['a\nb', String.raw`"a\nb"`],
    [parseExact('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    [parseExact('{"id":12345678901234567890}'), '{"id":12345678901234567890}'],
    [{ rawJSON: '1' }, '{"rawJSON":"1"}'],
  ])('writes %j as %s', (value, text) => {
    expect(sortedText(value, LOOSE)).toBe(text);
  });

  it('leaves nothing out where no rule is given', () => {
    expect(sortedText({ mark: null, a: undefined })).toBe('{"mark":null}');
  });

  it('writes a text that is to be left open like no text at all', () => {
    expect(sortedText(['secret', 'other', '?'], { ...LOOSE, blank: 'secret' })).toBe('[?,"other","?"]');
  });

  it('gives up on what is nested too deep, and does not crash', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(sortedText(deep)).toBeUndefined();
    expect(sortedText(JSON.parse(`${'{"a":'.repeat(199)}1${'}'.repeat(199)}`))).toBeDefined();
  });

  it('is JSON that says the same, and the same whatever the order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = sortedText(value) ?? '';
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(sortedText(reversed(value))).toBe(text);
      }),
    );
  });

  it('differs for values that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(sortedText(a) === sortedText(b)).toBe(same);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, reversed(one)] as const);
  return Object.fromEntries(entries.toReversed());
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // As pairs: an object would put names that are numbers first.
  return {
    pairs: Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  };
}
