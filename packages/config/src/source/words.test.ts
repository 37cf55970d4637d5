import { Type, type TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { listedValues, viewOf } from './schema-view.ts';
import { found, wanted } from './words.ts';

describe('wanted', () => {
  const cases: Readonly<Record<string, readonly [TSchema, string]>> = {
    'names a text': [Type.String(), 'a text'],
    'gives an example': [Type.String({ examples: ['10s', '1m'] }), 'a text such as 10s'],
    'tells the pattern where nothing else explains it': [Type.String({ pattern: '^a' }), 'a text that matches ^a'],
    'prefers the title': [
      Type.String({ title: 'a duration', pattern: '^a', examples: ['10s'] }),
      'a duration such as 10s',
    ],
    'names a whole number': [Type.Integer(), 'a whole number'],
    'names both bounds': [Type.Number({ minimum: 0, maximum: 1 }), 'a number from 0 to 1'],
    'names the lower bound': [Type.Number({ minimum: 0 }), 'a number of at least 0'],
    'names the upper bound': [Type.Number({ maximum: 9 }), 'a number of at most 9'],
    'names bounds that are not included': [
      Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
      'a number above 0 and below 1',
    ],
    'names true and false': [Type.Boolean(), 'true or false'],
    'names a map and a list': [Type.Union([Type.Object({}), Type.Array(Type.String())]), 'a map or a list'],
    'names the values to choose from': [Type.Enum(['a', 'b', 3]), 'one of a, b, 3'],
    'names the only value': [Type.Literal('a'), 'a'],
    'sends to the reference for what it does not know': [Type.Unknown(), 'what the reference says'],
  };
  for (const [name, [schema, expected]] of Object.entries(cases)) {
    it(name, () => expect(wanted(viewOf(schema))).toBe(expected));
  }
});

describe('found', () => {
  it('names what stands there', () => {
    const scalar = { kind: 'scalar', offset: 0, end: 0, text: '', plain: true } as const;
    expect(found({ ...scalar, value: 'x' })).toBe('a text');
    expect(found({ ...scalar, value: 1 })).toBe('a number');
    expect(found({ ...scalar, value: true })).toBe('a boolean');
    expect(found({ ...scalar, value: null })).toBe('empty');
    expect(found({ kind: 'map', offset: 0, entries: [] })).toBe('a map');
    expect(found({ kind: 'list', offset: 0, items: [] })).toBe('a list');
  });
});

describe('listedValues', () => {
  it('knows every way to list values', () => {
    expect(listedValues(viewOf(Type.Enum(['a', 'b'])))).toEqual(['a', 'b']);
    expect(listedValues(viewOf(Type.Literal(1)))).toEqual([1]);
    expect(listedValues(viewOf(Type.Union([Type.Literal('a'), Type.Enum(['b', 'c'])])))).toEqual(['a', 'b', 'c']);
  });

  it('knows when a choice is more than a list', () => {
    expect(listedValues(viewOf(Type.Union([Type.Literal('a'), Type.String()])))).toBeUndefined();
    expect(listedValues(viewOf(Type.String()))).toBeUndefined();
  });
});
