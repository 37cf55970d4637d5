import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, PLACES, type Json } from './__fixtures__/documents.ts';
import { documents, reversed, schemas } from './__fixtures__/generated-documents.ts';
import { NotOpenApi } from './canonicalise/open-api.ts';
import { compareDocuments } from './compare-documents.ts';

/** Which of several that fit an alternative is paired with may depend on their order. */
const ALTERNATIVES: ReadonlySet<string> = new Set(['oneOf', 'anyOf']);

const compare = (old: unknown, newer: unknown) => compareDocuments(old, newer, { now: NOW });

describe('generated documents', () => {
  it('do not differ from themselves', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(compare(document, structuredClone(document)).changes).toEqual([]);
      }),
    );
  });

  it('do not differ from themselves in another order', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(compare(document, reversed(document)).changes).toEqual([]);
      }),
    );
  });

  it('differ in the same whatever their order', () => {
    fc.assert(
      fc.property(documents, documents, (old, newer) => {
        const ids = (a: unknown, b: unknown): string[] => compare(a, b).changes.map(({ id }) => id);
        expect(new Set(ids(reversed(old, '', ALTERNATIVES), newer))).toEqual(new Set(ids(old, newer)));
      }),
      { numRuns: 50 },
    );
  });

  it('differ in something each way, or in nothing both ways', () => {
    fc.assert(
      fc.property(documents, documents, (old, newer) => {
        expect(compare(old, newer).changes.length === 0).toBe(compare(newer, old).changes.length === 0);
      }),
    );
  });

  it('have each change once, with a fingerprint of its own', () => {
    fc.assert(
      fc.property(documents, documents, (old, newer) => {
        const prints = compare(old, newer).changes.map(({ fingerprint }) => fingerprint);
        expect(new Set(prints).size).toBe(prints.length);
      }),
    );
  });
});

describe('generated schemas', () => {
  const same = (place: keyof typeof PLACES, [old, newer]: readonly [unknown, unknown]): void => {
    const { changes } = compare(
      { ...PLACES[place](old), components: COMPONENTS },
      { ...PLACES[place](newer), components: COMPONENTS },
    );
    expect(changes).toEqual([]);
  };
  const COMPONENTS: Json = { schemas: { A: { type: 'string' }, B: { type: 'object' }, C: {}, D: { enum: ['x'] } } };

  it.each([
    ['an allOf of one', (schema: object) => ({ allOf: [schema] })],
    ['a oneOf of one', (schema: object) => ({ oneOf: [schema] })],
    ['words', (schema: object) => ({ ...schema, title: 'a', description: 'b', examples: ['c'] })],
    ['itself twice', (schema: object) => ({ allOf: [schema, structuredClone(schema)] })],
  ])('are the same with %s', (_, wrap) => {
    fc.assert(
      fc.property(schemas, (schema) => {
        same('request body', [schema, wrap(schema)]);
        same('response body', [wrap(schema), schema]);
      }),
    );
  });

  it('break requests by a new required property, and responses by the loss of one', () => {
    fc.assert(
      fc.property(schemas, (property) => {
        const plain = { type: 'object', properties: { old: {} } };
        const more = { type: 'object', properties: { old: {}, new: property }, required: ['new'] };
        expect(compare(PLACES['request body'](plain), PLACES['request body'](more)).verdict).toBe('breaking');
        expect(compare(PLACES['response body'](more), PLACES['response body'](plain)).verdict).toBe('breaking');
      }),
    );
  });
});

describe('garbage', () => {
  const KEYS = [
    'openapi',
    'paths',
    '/a',
    'get',
    'parameters',
    'schema',
    '$ref',
    'allOf',
    'oneOf',
    'type',
    'properties',
  ];
  const OTHERS = ['responses', '200', 'content', 'security', 'servers', 'webhooks', '__proto__', 'constructor', 'enum'];
  const key = fc.constantFrom(...KEYS, ...OTHERS);
  const { junk } = fc.letrec<{ junk: unknown }>((tie) => ({
    junk: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<unknown>(null, true, 0, '', '#/paths', '#', 'object', '3.1.0', Number.NaN, undefined),
      fc.array(tie('junk'), { maxLength: 3 }),
      fc.dictionary(key, tie('junk'), { maxKeys: 5 }),
    ),
  }));

  it('is compared, or refused as no OpenAPI', () => {
    fc.assert(
      fc.property(junk, junk, (old, newer) => {
        try {
          compare(old, newer);
        } catch (error) {
          expect(error).toBeInstanceOf(NotOpenApi);
        }
      }),
    );
  });

  it('in place of any part of a document is compared', () => {
    const root = fc.record({
      openapi: fc.constant('3.1.0'),
      paths: junk,
      webhooks: junk,
      components: junk,
      servers: junk,
      security: junk,
    });
    fc.assert(
      fc.property(root, root, (old, newer) => {
        compare(old, newer);
      }),
      { numRuns: 300 },
    );
  });

  it('in place of any schema is compared', () => {
    fc.assert(
      fc.property(junk, junk, (old, newer) => {
        for (const place of ['request body', 'response header'] as const)
          compare(PLACES[place](old), PLACES[place](newer));
      }),
      { numRuns: 300 },
    );
  });
});

/** The schema inside so many others. */
function nested(depth: number, wrap: (inner: unknown) => unknown, core: unknown): unknown {
  let schema = core;
  for (let level = 0; level < depth; level += 1) schema = wrap(schema);
  return schema;
}

describe('depth and circles', () => {
  it.each([
    ['properties', (inner: unknown) => ({ type: 'object', properties: { a: inner } })],
    ['items', (inner: unknown) => ({ type: 'array', items: inner })],
    ['allOf', (inner: unknown) => ({ allOf: [inner] })],
    ['oneOf', (inner: unknown) => ({ oneOf: [inner, { type: 'boolean' }] })],
    ['anyOf', (inner: unknown) => ({ anyOf: [{ type: 'array', items: inner }, { type: 'boolean' }] })],
  ])('finds what is 5,000 levels of %s deep', (_, wrap) => {
    const [old, newer] = [{ type: 'string' }, { type: 'integer' }].map((core) =>
      PLACES['request body'](nested(5000, wrap, core)),
    );
    expect(compare(old, newer).verdict).toBe('breaking');
    expect(compare(old, old).changes).toEqual([]);
  });

  it('gets by with 5,000 levels of what is not looked into', () => {
    const deep = PLACES['request body'](nested(5000, (inner) => ({ not: inner }), { type: 'string' }));
    expect(compare(deep, deep).changes).toEqual([]);
  });

  const circular = (leaf: object, more: object = {}) => ({
    ...PLACES['response body']({ $ref: '#/components/schemas/Node' }),
    components: {
      schemas: { Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' }, leaf, ...more } } },
    },
  });

  it('finds a change in a schema that refers to itself, once', () => {
    const { changes } = compare(circular({ type: 'string' }), circular({ type: 'number' }));
    expect(changes.map(({ id, path }) => [id, path])).toEqual([
      ['response-type-changed', 'responses.200.application/json.leaf'],
    ]);
  });

  it.each([
    ['itself', { $ref: '#/components/schemas/A' }],
    ['a schema that refers back', { $ref: '#/components/schemas/B' }],
    ['an allOf with itself', { allOf: [{ $ref: '#/components/schemas/A' }, { type: 'string' }] }],
    [
      'a oneOf with itself',
      { oneOf: [{ $ref: '#/components/schemas/A' }, { type: 'string' }, { type: 'object', properties: {} }] },
    ],
    [
      'a oneOf of a list of itself',
      {
        oneOf: [
          { type: 'array', items: { $ref: '#/components/schemas/A' } },
          { type: 'string', minLength: 1 },
        ],
      },
    ],
  ])('gets by with a schema that is %s', (_, A) => {
    const components = { schemas: { A, B: { $ref: '#/components/schemas/A' } } };
    const document = { ...PLACES['request body']({ $ref: '#/components/schemas/A' }), components };
    expect(compare(document, structuredClone(document)).changes).toEqual([]);
    const other = PLACES['request body']({ type: 'integer' });
    expect(() => compare(document, other)).not.toThrow();
    expect(() => compare(other, document)).not.toThrow();
  });

  it('takes a tree whose objects are their own children, as aliases of YAML make them', () => {
    const schema: Record<string, unknown> = { type: 'object' };
    schema['properties'] = { self: schema };
    schema['not'] = schema;
    expect(compare(PLACES['request body'](schema), PLACES['request body'](schema)).changes).toEqual([]);
  });

  it('tells of a shared schema below each operation that uses it', () => {
    const using = (type: string) => ({
      openapi: '3.1.0',
      paths: Object.fromEntries(
        ['/a', '/b'].map((path) => [
          path,
          {
            get: {
              responses: { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/S' } } } } },
            },
          },
        ]),
      ),
      components: { schemas: { S: { type } } },
    });
    const { changes } = compare(using('string'), using('number'));
    expect(changes.map(({ operation }) => operation)).toEqual(['GET /a', 'GET /b']);
  });

  it('bounds what is told where everything leads to everything, and judges by all of it', () => {
    const count = 300;
    const content = (index: number) => ({ 'application/json': { schema: { $ref: `#/components/schemas/S${index}` } } });
    const ring = (type: string, last: string) => {
      const each = Array.from({ length: count }, (_, index) => index);
      const schema = (index: number) => ({
        type: 'object',
        properties: {
          next: { $ref: `#/components/schemas/S${(index + 1) % count}` },
          leaf: { type: index === count - 1 ? last : type },
        },
      });
      const operation = (index: number) => ({ get: { responses: { '200': { content: content(index) } } } });
      return {
        openapi: '3.1.0',
        paths: Object.fromEntries(each.map((index) => [`/s${index}`, operation(index)])),
        components: { schemas: Object.fromEntries(each.map((index) => [`S${index}`, schema(index)])) },
      };
    };
    const { verdict, changes, leftOut } = compare(ring('number', 'integer'), ring('integer', 'number'));
    expect([verdict, changes.length]).toEqual(['breaking', 10_000]);
    expect(leftOut).toBeLessThan(1000);
  });
});
