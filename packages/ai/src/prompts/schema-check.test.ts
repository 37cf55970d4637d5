import { describe, expect, it } from 'vitest';
import { parseExact, type Json, type JsonFields } from '../canonical/json.ts';
import { mismatchOf } from './schema-check.ts';
import { schemaProblems } from './schema-problems.ts';

// oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
const CONDITIONAL: JsonFields = { if: { minimum: 5 }, then: { multipleOf: 5 }, else: { maximum: 1 } };

/** Schema, values that it describes, values that it does not. */
const TABLE: readonly (readonly [JsonFields, readonly Json[], readonly Json[]])[] = [
  [{}, [null, 1, {}], []],
  [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', null, {}]],
  [{ type: ['string', 'null'] }, ['a', null], [1, {}, []]],
  [{ type: 'object' }, [{}], [[], null, 'a']],
  [{ enum: [1, 'a', { b: [1], c: 2 }, null] }, [1, 'a', { c: 2, b: [1] }, null], [2, 'b', { b: [1] }, false]],
  [{ const: { a: null } }, [{ a: null }], [{}, null]],
  [{ minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'x'], [0.9, 3]],
  [{ exclusiveMinimum: 1, maximum: 3 }, [1.1, 3], [1, 3.1]],
  [{ multipleOf: 0.1 }, [0.3, 1, 'x'], [0.35]],
  [{ minLength: 2, maxLength: 3 }, ['ab', '🙂🙂', 1], ['a', '🙂', 'abcd']],
  [{ pattern: '^a+$' }, ['aa', 1], ['b', '']],
  [
    { minItems: 1, maxItems: 2, uniqueItems: true },
    [[1], [1, '1'], {}],
    [
      [],
      [1, 2, 3],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ items: { type: 'string' } }, [[], ['a'], {}], [['a', 1]]],
  [{ prefixItems: [{ type: 'string' }], items: false }, [[], ['a']], [[1], ['a', 'b']]],
  [{ contains: { const: 1 } }, [[1], [2, 1]], [[], [2]]],
  [{ contains: { const: 1 }, minContains: 0, maxContains: 1 }, [[], [1]], [[1, 1]]],
  [{ required: ['a', 'toString'] }, [{ a: 1, toString: 1 }, []], [{ a: 1 }]],
  [{ properties: { a: { type: 'string' } }, additionalProperties: false }, [{}, { a: 'x' }], [{ a: 1 }, { b: 1 }]],
  [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: 'x' }]],
  [
    { properties: { ab: {} }, patternProperties: { '^a': { type: 'string' } }, additionalProperties: false },
    [{ ab: 'x', ac: 'y' }],
    [{ ab: 1 }, { b: 'x' }],
  ],
  [{ propertyNames: { maxLength: 2 } }, [{ ab: 1 }], [{ abc: 1 }]],
  [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 2 }]],
  [{ dependentRequired: { a: ['b'] } }, [{}, { a: 1, b: 1 }], [{ a: 1 }]],
  [{ dependentSchemas: { a: { required: ['b'] } } }, [{}, { a: 1, b: 1 }], [{ a: 1 }]],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2], [0, 3]],
  [{ anyOf: [{ type: 'string' }, { minimum: 2 }] }, ['a', 2, null], [1]],
  [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, [1], [2, 0]],
  [{ not: { type: 'string' } }, [1], ['a']],
  [CONDITIONAL, [5, 10, 1], [6, 2]],
  [{ format: 'email', title: 't', default: null, examples: [] }, ['x'], []],
  [{ $defs: { 'a/b': { type: 'string' } }, items: { $ref: '#/$defs/a~1b' } }, [['x']], [[1]]],
  [
    { type: 'object', properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, additionalProperties: false },
    [{ next: { next: null } }],
    [{ next: { next: 1 } }, { next: { other: 1 } }],
  ],
];

describe('mismatchOf', () => {
  it.each(TABLE)('%j', (schema, right, wrong) => {
    expect(schemaProblems(schema)).toEqual([]);
    for (const value of right) expect([value, mismatchOf(value, schema)]).toEqual([value, undefined]);
    for (const value of wrong) expect([value, mismatchOf(value, schema)]).toEqual([value, expect.anything()]);
  });

  it('says where and what', () => {
    const schema = { properties: { 'a/b': { items: { enum: ['x', 'y'] } } } };
    expect(mismatchOf({ 'a/b': ['x', 'z'] }, schema)).toEqual({ place: '/a~1b/1', message: 'must be one of x, y' });
  });

  it('takes long numbers for numbers', () => {
    const long = parseExact('[12345678901234567890, 0.10000000000000000001]') ?? null;
    expect(mismatchOf(long, { items: { type: 'number', minimum: 0 } })).toBeUndefined();
    expect(mismatchOf(long, { items: { type: 'integer' } })?.place).toBe('/1');
    expect(mismatchOf(long, { items: { type: 'object' } })?.place).toBe('/0');
    expect(mismatchOf(long, { items: { maximum: 1 } })?.place).toBe('/0');
  });

  it('is not fooled by names that every object has', () => {
    const closed: JsonFields = { properties: { a: {} }, additionalProperties: false };
    expect(mismatchOf(parseExact('{"__proto__":1}') ?? null, closed)?.place).toBe('/__proto__');
    expect(mismatchOf({ constructor: 1 }, closed)?.place).toBe('/constructor');
    expect(mismatchOf({}, { required: ['constructor'] })).toBeDefined();
  });

  it.each<readonly [string, JsonFields]>([
    ['a reference to itself', { $ref: '#' }],
    ['references in a circle', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }],
    ['a schema that doubles with each step', doubling()],
  ])('ends at %s', (_what, schema) => {
    expect(mismatchOf(1, schema)).toBeDefined();
  });
});

describe('schemaProblems', () => {
  it.each<readonly [JsonFields, string, string]>([
    [{ unevaluatedItems: false }, '.unevaluatedItems', 'is a keyword that is not checked'],
    [{ properties: { a: { nullable: true } } }, '.properties.a.nullable', 'is a keyword that is not checked'],
    [{ $ref: '#/$defs/none' }, '.$ref', 'refers to nothing in this schema'],
    [{ $ref: 'https://example.org/schema' }, '.$ref', 'refers to nothing in this schema'],
    [{ type: 'int' }, '.type', 'has a value that it does not take'],
    [{ pattern: '(' }, '.pattern', 'has a value that it does not take'],
    [{ patternProperties: { '(': {} } }, '.patternProperties.(', 'is no regular expression'],
    [{ minimum: '1' }, '.minimum', 'has a value that it does not take'],
    [{ multipleOf: 0 }, '.multipleOf', 'has a value that it does not take'],
    [{ minLength: -1 }, '.minLength', 'has a value that it does not take'],
    [{ required: 'a' }, '.required', 'has a value that it does not take'],
    [{ dependentRequired: { a: 'b' } }, '.dependentRequired', 'has a value that it does not take'],
    [{ enum: 'a' }, '.enum', 'has a value that it does not take'],
    [{ items: [{}] }, '.items', 'must be a schema'],
    [{ anyOf: {} }, '.anyOf', 'must be a list of schemas'],
    [{ properties: [] }, '.properties', 'must hold schemas by name'],
    [{ not: null }, '.not', 'must be a schema'],
    [{ minContains: 'x' }, '.minContains', 'must be a whole number'],
  ])('%j: finds what would not be checked', (schema, place, message) => {
    expect(schemaProblems(schema)).toEqual([{ place, message }]);
  });

  it('gives up on what is nested too deep', () => {
    let schema: JsonFields = {};
    for (let depth = 0; depth < 5000; depth++) schema = { not: schema };
    expect(schemaProblems(schema)).toEqual([{ place: expect.any(String), message: 'is nested too deep' }]);
  });
});

function doubling(): JsonFields {
  const steps = Array.from({ length: 40 }, (_, at) => {
    const next = { $ref: `#/$defs/s${at + 1}` };
    return [`s${at}`, { anyOf: [next, next] }] as const;
  });
  return { $ref: '#/$defs/s0', $defs: { ...Object.fromEntries(steps), s40: { type: 'string' } } };
}
