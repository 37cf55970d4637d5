import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { LinearPattern } from './linear-pattern.ts';
import { SchemaCheck, schemaProblems } from './schema-check.ts';

const CASES: readonly (readonly [JsonFields | boolean, readonly Json[], readonly Json[]])[] = [
  [true, [1, null], []],
  [false, [], [1, null]],
  [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', null]],
  [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
  [{ type: 'string', nullable: true }, ['a', null], [1]],
  [{ const: { a: [1] } }, [{ a: [1] }], [{ a: [1, 2] }, 1]],
  [{ enum: [1, 'a', null] }, [1, 'a', null], [2, 'b']],
  [{ minLength: 2, maxLength: 3 }, ['ab', '😀😀', 5], ['a', 'abcd']],
  [{ pattern: '^[A-Z]{2}\\d+$' }, ['AB1', 7], ['ab1', 'AB']],
  [{ minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'x'], [0, 3]],
  [{ multipleOf: 0.1 }, [0.3, 1], [0.35]],
  [{ required: ['a'], properties: { a: { type: 'number' } } }, [{ a: 1 }, { a: 1, b: 2 }, 'x'], [{}, { a: '1' }]],
  [{ properties: { a: true }, additionalProperties: false }, [{}, { a: 1 }], [{ b: 1 }]],
  [
    { patternProperties: { '^x': { type: 'number' } }, additionalProperties: { type: 'string' } },
    [{ x1: 1, y: 'a' }],
    [{ x1: 'a' }, { y: 1 }],
  ],
  [
    { propertyNames: { maxLength: 2 }, minProperties: 1, maxProperties: 2 },
    [{ ab: 1 }],
    [{}, { abc: 1 }, { a: 1, b: 1, c: 1 }],
  ],
  [{ items: { type: 'number' }, minItems: 1, maxItems: 2 }, [[1], [1, 2]], [[], ['a'], [1, 2, 3]]],
  [{ prefixItems: [{ type: 'number' }], items: { type: 'string' } }, [[1, 'a'], []], [['a'], [1, 2]]],
  [{ items: [{ type: 'number' }], additionalItems: false }, [[1], []], [['a'], [1, 2]]],
  [{ contains: { const: 1 }, minContains: 2, maxContains: 2 }, [[1, 1, 2]], [[1], [1, 1, 1], []]],
  [
    { uniqueItems: true },
    [
      [1, 2],
      [{ a: 1 }, { a: 2 }],
    ],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ anyOf: [{ type: 'string' }, { minimum: 3 }] }, ['a', 3], [1]],
  [{ oneOf: [{ type: 'number' }, { minimum: 3 }] }, [1], [3]],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }], not: { const: 2 } }, [1], [0, 2]],
  [
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    { if: { type: 'string' }, then: { minLength: 2 }, else: { minimum: 5 } },
    ['ab', 5],
    ['a', 4],
  ],
  [
    { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } },
    [{ a: 1, b: 1 }, { c: 1, d: 1 }, {}],
    [{ a: 1 }, { c: 1 }],
  ],
  [{ dependencies: { a: ['b'] } }, [{ a: 1, b: 1 }], [{ a: 1 }]],
  [
    {
      $defs: { tree: { type: 'object', properties: { next: { $ref: '#/$defs/tree' } }, additionalProperties: false } },
      $ref: '#/$defs/tree',
    },
    [{}, { next: { next: {} } }],
    [{ next: { other: 1 } }, 1],
  ],
];

describe('SchemaCheck', () => {
  it.each(CASES)('takes what is of %j, and nothing else', (schema, accepted, refused) => {
    const check = new SchemaCheck(schema);
    expect(schemaProblems(schema)).toEqual([]);
    expect(accepted.filter((value) => !check.accepts(value))).toEqual([]);
    expect(refused.filter((value) => check.accepts(value))).toEqual([]);
  });

  it.each([
    [{ unevaluatedProperties: false }],
    [{ $ref: 'https://example.com/schema' }],
    [{ $ref: '#/nowhere' }],
    [{ pattern: '(?=a)b' }],
    [{ pattern: '(' }],
    [{ properties: { a: { items: { pattern: '(a)\\1' } } } }],
    [{ properties: { a: 1 } }],
  ])('says of %j that it is not understood, and takes nothing', (schema) => {
    expect(schemaProblems(schema)).not.toEqual([]);
    expect(new SchemaCheck(schema).accepts({})).toBe(false);
  });

  it('gives up on schemas that refer to themselves without end', () => {
    expect(new SchemaCheck({ $ref: '#' }).accepts(1)).toBe(false);
    const twice = { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' };
    expect(new SchemaCheck(twice).accepts(1)).toBe(false);
  });

  it('gives up on values that are nested without end', () => {
    let deep: Json = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(new SchemaCheck({ uniqueItems: true, enum: [[1]] }).accepts(deep)).toBe(false);
  });

  it('takes members called __proto__ for members', () => {
    const schema = new SchemaCheck({ required: ['__proto__'], additionalProperties: { type: 'number' } });
    const value: unknown = JSON.parse('{"__proto__":"x"}');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was parsed
    expect(schema.accepts(value as Json)).toBe(false);
    expect(schema.accepts({})).toBe(false);
  });
});

describe('LinearPattern', () => {
  const atom = fc.constantFrom('a', 'b', '.', '\\d', '\\w', '[ab]', '[^a]', '\\.', '\\u0061', '^', '$', '\\b');
  const pattern = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('any'), tie('any')).map(([a, b]) => a + b),
      fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie('any'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
        .map(([a, sign]) => `(${a})${sign}`),
    ),
  })).any;
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '1', ' ', '.'), { maxLength: 8 }).map((all) => all.join(''));

  it('matches what RegExp matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1 }), (source, texts) => {
        const linear = LinearPattern.compile(source);
        for (const each of texts) expect(linear?.test(each)).toBe(RegExp(source, 'u').test(each));
      }),
    );
  });

  it('is quick where RegExp takes years', () => {
    const evil = LinearPattern.compile('^(a+)+$');
    expect(evil?.test(`${'a'.repeat(20_000)}b`)).toBe(false);
    expect(evil?.test('a'.repeat(20_000))).toBe(true);
  });

  it('refuses what it would have to write out at length', () => {
    expect(LinearPattern.compile('a{1,99999}')).toBeUndefined();
    expect(LinearPattern.compile('((((a{90}){90}){90}){90}){90}')).toBeUndefined();
    expect(LinearPattern.compile('('.repeat(5000) + ')'.repeat(5000))).toBeUndefined();
  });
});
