import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentProblem, OpenApiDocument } from '../openapi-document.ts';
import { SchemaPlanner } from './plan-schema.ts';
import { SchemaSet } from '@gatehouse/schema';

interface Options {
  readonly openapi?: string;
  readonly schemas?: object;
  readonly direction?: 'request' | 'reply';
  readonly allowsReadOnly?: boolean;
}

/** The findings of a schema as it stands in a document. */
function looker(schema: unknown, options: Options = {}): (value: unknown) => readonly string[] {
  const { openapi = '3.1.0', schemas = {}, direction = 'request', allowsReadOnly = false } = options;
  const text = JSON.stringify({ openapi, components: { schemas: { ...schemas, It: schema } } });
  const document = new OpenApiDocument({
    file: 'api.json',
    text,
    readText: () => {
      throw new Error('there is no other file');
    },
  });
  const planner = new SchemaPlanner(document, { ignorePatterns: false });
  const plan = planner.schema(document.at(document.root, 'components', 'schemas', 'It'));
  const all = planner.finish();
  const tracks = JSON.stringify([plan, all]).includes('"unevaluated');
  const set = new SchemaSet(all, { direction, allowsReadOnly, tracks });
  return (value) => set.findings(plan, value).map(({ path, message }) => `${path} ${message}`);
}

const PET = {
  type: 'object',
  required: ['name', 'id'],
  properties: {
    id: { type: 'integer', readOnly: true },
    name: { type: 'string', minLength: 2, maxLength: 5 },
    secret: { type: 'string', writeOnly: true },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, uniqueItems: true },
  },
};

describe('what is found', () => {
  it.each<[string, unknown, unknown, readonly string[]]>([
    ['a good value', PET, { name: 'Rex' }, []],
    ['what is missing, and what is only in replies', PET, { id: 7 }, ['/name is missing', '/id is only in replies']],
    [
      'all of several',
      PET,
      { name: 'x', tags: ['a', 'c', 'a'] },
      [
        '/name must have at least 2 characters',
        '/tags must not have the same item twice',
        '/tags/1 is not one of the allowed values',
      ],
    ],
    ['characters as people count them', PET, { name: '😀😀😀😀😀' }, []],
    ['another type', PET, [], ['\u0020must be object']],
    ['a text or null', { type: ['string', 'null'] }, 7, ['\u0020must be string or null']],
    [
      'the words of the branch that was meant',
      { oneOf: [{ type: 'string', maxLength: 1 }, { type: 'null' }] },
      'ab',
      ['\u0020must have at most 1 characters'],
    ],
    [
      'keys that are like those of JavaScript',
      { properties: { constructor: { type: 'string' } }, required: ['__proto__'] },
      {},
      ['/__proto__ is missing'],
    ],
    [
      'a pointer with its escapes',
      { properties: { 'a/b~': { type: 'null' } } },
      { 'a/b~': 1 },
      ['/a~1b~0 must be null'],
    ],
  ])('is %s', (_name, schema, value, expected) => {
    expect(looker(schema)(value)).toEqual(expected);
  });

  it('is at most twenty things', () => {
    expect(looker({ items: { type: 'null' } })(Array.from({ length: 100 }, () => 1))).toHaveLength(20);
  });

  it('never holds a value', () => {
    const value = { name: 'secret-value', tags: ['secret-value'], secret: 7 };
    expect(JSON.stringify(looker({ ...PET, additionalProperties: false })(value))).not.toContain('secret-value');
  });

  it('of a reply is another than of a request', () => {
    expect(looker(PET, { direction: 'reply' })({ id: 1, name: 'Rex', secret: 'x' })).toEqual([
      '/secret is only in requests',
    ]);
    expect(looker(PET, { allowsReadOnly: true })({ id: 1, name: 'Rex' })).toEqual([]);
  });
});

describe('OpenAPI 3.0', () => {
  const old = (schema: unknown, value: unknown): readonly string[] => looker(schema, { openapi: '3.0.3' })(value);

  it.each<[string, unknown, unknown, boolean]>([
    ['null where it is nullable', { type: 'string', nullable: true }, null, true],
    ['no null elsewhere', { type: 'string' }, null, false],
    ['no bound that is excluded', { type: 'number', minimum: 1, exclusiveMinimum: true }, 1, false],
    ['a bound that is not', { type: 'number', minimum: 1, exclusiveMinimum: false }, 1, true],
  ])('takes %s', (_name, schema, value, fits) => {
    expect(old(schema, value).length === 0).toBe(fits);
  });

  it('does not look at what stands beside a reference', () => {
    const schema = { $ref: '#/components/schemas/Short', maxLength: 1 };
    const schemas = { Short: { type: 'string', maxLength: 3 } };
    expect(looker(schema, { openapi: '3.0.3', schemas })('abc')).toEqual([]);
    expect(looker(schema, { schemas })('abc')).toHaveLength(1);
  });
});

describe('schemas that refer to each other', () => {
  const TREE = {
    type: 'object',
    properties: { inner: { $ref: '#/components/schemas/It' }, leaf: { type: 'integer' } },
  };

  it('go as deep as the value does', () => {
    let value: unknown = { leaf: 'x' };
    for (let depth = 0; depth < 100; depth++) value = { inner: value };
    expect(looker(TREE)(value)).toEqual([`${'/inner'.repeat(100)}/leaf must be integer`]);
  });

  it.each<[string, object, unknown]>([
    [
      'in a circle',
      { A: { $ref: '#/components/schemas/B' }, B: { allOf: [{ $ref: '#/components/schemas/A' }] } },
      { $ref: '#/components/schemas/A' },
    ],
    ['to what is not there', {}, { $ref: '#/components/schemas/Nobody' }],
    ['to a place in the web', {}, { $ref: 'https://example.com/a.json' }],
    ['to a file that cannot be read', {}, { $ref: './other.yaml#/A' }],
    ['with a pattern that takes forever', {}, { pattern: String.raw`^(a)\1$` }],
    ['with a type that there is not', {}, { type: 'file' }],
    ['with a count below nothing', {}, { minLength: -1 }],
  ])('%s are a problem of the document', (_name, schemas, schema) => {
    expect(() => looker(schema, { schemas })).toThrow(DocumentProblem);
  });

  it('are not followed for ever: a chain of hundreds is a problem of the document', () => {
    const chain = Array.from({ length: 1000 }, (_, n) => [`A${n}`, { $ref: `#/components/schemas/A${n + 1}` }]);
    const schemas = { ...Object.fromEntries(chain), A1000: { type: 'string' } };
    expect(() => looker({ $ref: '#/components/schemas/A0' }, { schemas })).toThrow('leads through too many others');
    const short = { ...Object.fromEntries(chain.slice(900)), A1000: { type: 'string' } };
    expect(looker({ $ref: '#/components/schemas/A900' }, { schemas: short })(7)).toEqual([' must be string']);
  });

  it('take no more steps than an honest value does', () => {
    const branch = {
      anyOf: [
        { properties: { a: { $ref: '#/components/schemas/It' } }, required: ['b'] },
        { properties: { a: { $ref: '#/components/schemas/It' } }, required: ['c'] },
      ],
    };
    let value: unknown = {};
    for (let depth = 0; depth < 60; depth++) value = { a: value };
    expect(looker(branch)(value)).not.toEqual([]);
  });
});

/** Schemas of what Ajv reads as the specification does: formats are a choice, and `contains` beside others is wrong there. */
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -3, max: 5 }),
  fc.constantFrom(0.5, 1.5),
  fc.constantFrom('', 'a', 'b', 'ab', '😀'),
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const count = fc.integer({ min: 0, max: 3 });
const { schema: anySchema } = fc.letrec<{ schema: unknown }>((tie) => {
  const inner = tie('schema');
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  return {
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean(),
      fc.record({ type: fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object') }),
      fc.record({ type: fc.constantFrom(['string', 'null'], ['array', 'object'], ['integer', 'string']) }),
      fc.record({ enum: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ const: anyValue }),
      fc.record({ minimum: count, exclusiveMaximum: count }, { requiredKeys: [] }),
      fc.record({ multipleOf: fc.constantFrom(1, 2, 0.5) }),
      fc.record(
        { minLength: count, maxLength: count, pattern: fc.constantFrom('^a', 'b$', '^(?:a|b)*$') },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          minItems: count,
          maxItems: count,
          uniqueItems: fc.boolean(),
          items: inner,
          prefixItems: some,
          unevaluatedItems: inner,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          required: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
          properties: fc.dictionary(fc.constantFrom('a', 'b'), inner, { noNullPrototype: true }),
          patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$'), inner),
          additionalProperties: inner,
          propertyNames: inner,
          minProperties: count,
          maxProperties: count,
          dependentRequired: fc.constant({ a: ['b'] }),
          dependentSchemas: fc.dictionary(fc.constantFrom('a'), inner),
          unevaluatedProperties: inner,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
        { allOf: some, anyOf: some, oneOf: some, not: inner, if: inner, then: inner, else: inner },
        { requiredKeys: [] },
      ),
      fc.tuple(inner, inner).map(([a, b]) => (typeof a === 'object' && typeof b === 'object' ? { ...a, ...b } : a)),
    ),
  };
});

describe('what would take for ever is given up, and does not fit', () => {
  const GIVEN_UP = [' takes too many steps to check'];

  /** `A0` is one of two `A1`, which are each one of two `A2`, … */
  const doubled = (word: string, levels: number): object => {
    const twice = (n: number): object => ({ $ref: `#/components/schemas/A${n + 1}` });
    const all = Array.from({ length: levels }, (_, n) => [`A${n}`, { [word]: [twice(n), twice(n)] }]);
    return { ...Object.fromEntries(all), [`A${levels}`]: { type: 'string' } };
  };

  it.each([
    ['allOf', 'a text'],
    ['anyOf', 7],
    ['oneOf', 7],
  ])('%s of the same, and so on', (word, value) => {
    const look = looker({ $ref: '#/components/schemas/A0' }, { schemas: doubled(word, 100) });
    expect(look(value)).toEqual(GIVEN_UP);
    expect(looker({ $ref: '#/components/schemas/A0' }, { schemas: doubled(word, 5) })(value)).not.toEqual(GIVEN_UP);
  });

  it('a pattern, and a text that is never twice in the same place of it', () => {
    const text = Array.from({ length: 10_000 }, (_, n) => n.toString(2)).join('');
    expect(looker({ pattern: '1.{1000}x$' })(text)).toEqual(GIVEN_UP);
    expect(looker({ pattern: '1.{10}x$' })(text)).toEqual([' does not have the form that is wanted']);
  });

  it('lists of lists of lists that are compared at each level', () => {
    const tree = { uniqueItems: true, items: { $ref: '#/components/schemas/It' } };
    let value: unknown = Array.from({ length: 20_000 }, (_, n) => `text ${n}`);
    expect(looker(tree)(value)).toEqual([]);
    for (let depth = 0; depth < 150; depth++) value = [value];
    expect(looker(tree)(value)).toEqual(GIVEN_UP);
  });

  it('more names than there is time to try all patterns on', () => {
    const patternProperties = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`^x${n}`, true]));
    const members = (length: number): object => Object.fromEntries(Array.from({ length }, (_, n) => [`k${n}`, n]));
    expect(looker({ patternProperties })(members(1000))).toEqual([]);
    expect(looker({ patternProperties })(members(50_000))).toEqual(GIVEN_UP);
  });
});

describe('a list that must hold something', () => {
  it.each<[object, readonly unknown[], boolean]>([
    [{ contains: { type: 'integer' } }, ['a', 1], true],
    [{ contains: { type: 'integer' } }, ['a'], false],
    [{ contains: { type: 'integer' } }, [], false],
    [{ contains: false, prefixItems: [false] }, [], false],
    [{ contains: { type: 'integer' }, minContains: 0 }, [], true],
    [{ contains: { type: 'integer' }, minContains: 2, maxContains: 3 }, [1, 'a', 2], true],
    [{ contains: { type: 'integer' }, minContains: 2 }, [1, 'a'], false],
    [{ contains: { type: 'integer' }, maxContains: 1 }, [1, 2], false],
    [{ minContains: 5 }, [], true],
    [{ contains: { type: 'integer' }, unevaluatedItems: false }, [1], true],
    [{ contains: { type: 'integer' }, unevaluatedItems: false }, [1, 'a'], false],
  ])('%j and %j: %s', (schema, value, fits) => {
    expect(looker(schema)(value).length === 0).toBe(fits);
  });
});

describe('schemas of any make', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false, logger: false });

  /** Undefined where the code that it generates does not run. */
  const byAjv = (schema: unknown): ((value: unknown) => boolean | undefined) => {
    const validate = ajv.compile(typeof schema === 'boolean' ? schema : { ...Object(schema) });
    return (value) => {
      try {
        return validate(value);
      } catch (error) {
        if (error instanceof ReferenceError) return undefined;
        throw error;
      }
    };
  };

  it('say what Ajv says', () => {
    fc.assert(
      fc.property(anySchema, fc.array(anyValue, { minLength: 1, maxLength: 5 }), (schema, values) => {
        const look = looker(schema);
        const says = byAjv(schema);
        for (const value of values) {
          const expected = says(value);
          if (expected !== undefined)
            expect([schema, value, look(value).length === 0]).toEqual([schema, value, expected]);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
