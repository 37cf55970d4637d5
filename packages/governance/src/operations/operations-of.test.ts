import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationsOf, type ApiOperation } from './operations-of.ts';

type Json = Readonly<Record<string, unknown>>;

const SCHEMAS = {
  A: {
    type: 'object',
    properties: { next: { $ref: '#/components/schemas/A' }, b: { $ref: '#/components/schemas/B' } },
  },
  B: { type: 'string', example: 'x' },
};
const document = (operation: Json, more: Json = {}): Json => ({
  openapi: '3.1.0',
  paths: { '/users/{id}': { post: operation } },
  components: { schemas: SCHEMAS },
  ...more,
});
const only = (operation: Json, more: Json = {}): ApiOperation | undefined => operationsOf(document(operation, more))[0];

describe('an operation', () => {
  it.each<[string, Json, Json]>([
    ['has the name that it is given', { operationId: 'createUser' }, { name: 'createUser', operationId: 'createUser' }],
    ['has a name that fits a tool', { operationId: 'users / create!' }, { name: 'users_create' }],
    ['has a name of its method and path', {}, { name: 'post_users_id', method: 'POST', path: '/users/{id}' }],
    ['is described by itself when nobody does', {}, { description: 'POST /users/{id}' }],
    ['is described by its summary', { summary: ' s ' }, { title: 's', description: 's' }],
    ['is described at length', { summary: 's', description: 'd' }, { title: 's', description: 'd' }],
    ['says that it ends', { deprecated: true, tags: ['a', 5] }, { deprecated: true, tags: ['a'] }],
    ['says what it does to the world', {}, { hints: { readOnly: false, idempotent: false, destructive: false } }],
    ['takes nothing', {}, { input: { type: 'object', properties: {}, additionalProperties: false }, places: {} }],
  ])('%s', (_, operation, expected) => expect(only(operation)).toMatchObject(expected));

  it.each([
    ['get', true, true, false],
    ['head', true, true, false],
    ['put', false, true, true],
    ['delete', false, true, true],
    ['patch', false, false, true],
  ])('%s keeps the promises of its method', (method, readOnly, idempotent, destructive) => {
    const [found] = operationsOf({ openapi: '3.1.0', paths: { '/a': { [method]: {} } } });
    expect(found?.hints).toEqual({ readOnly, idempotent, destructive });
  });

  it('has a name of its own', () => {
    const paths = Object.fromEntries(['/a', '/b', '/c'].map((path) => [path, { get: { operationId: 'same' } }]));
    expect(operationsOf({ openapi: '3.1.0', paths }).map(({ name }) => name)).toEqual(['same', 'same_2', 'same_3']);
  });

  it('has a name of at most 64 characters, also where several are cut to one', () => {
    const paths = Object.fromEntries(['/a', '/b'].map((path) => [path, { get: { operationId: 'x'.repeat(100) } }]));
    expect(operationsOf({ openapi: '3.1.0', paths }).map(({ name }) => name)).toEqual([
      'x'.repeat(64),
      `${'x'.repeat(62)}_2`,
    ]);
  });
});

describe('its input', () => {
  const query = (name: string, more: Json = {}): Json => ({ name, in: 'query', schema: { type: 'string' }, ...more });
  const body = (schema: unknown, type = 'application/json'): Json => ({ content: { [type]: { schema } } });

  it.each<[string, Json, Json, Json]>([
    [
      'has a property for each parameter',
      {
        parameters: [
          { name: 'id', in: 'path', schema: { type: 'integer' }, description: 'd' },
          query('q', { required: true }),
        ],
      },
      { properties: { id: { type: 'integer', description: 'd' }, q: { type: 'string' } }, required: ['id', 'q'] },
      { id: { in: 'path', name: 'id' }, q: { in: 'query', name: 'q' } },
    ],
    [
      'tells parameters of one name apart',
      { parameters: [query('a'), { name: 'a', in: 'header', schema: {} }] },
      { properties: { a: { type: 'string' }, header_a: {} } },
      { a: { in: 'query', name: 'a' }, header_a: { in: 'header', name: 'a' } },
    ],
    [
      'leaves out what is said elsewhere',
      { parameters: [{ name: 'Authorization', in: 'header', schema: {} }] },
      { properties: {} },
      {},
    ],
    [
      'has the body, in JSON if it can be',
      {
        requestBody: { required: true, content: { 'text/xml': {}, 'application/json': { schema: { type: 'array' } } } },
      },
      { properties: { body: { type: 'array' } }, required: ['body'] },
      { body: { in: 'body', name: 'application/json' } },
    ],
    [
      'tells the body from a parameter of that name',
      { parameters: [query('body')], requestBody: body({}) },
      { properties: { body: { type: 'string' }, request_body: {} } },
      { body: { in: 'query', name: 'body' }, request_body: { in: 'body', name: 'application/json' } },
    ],
    [
      'brings along what it refers to',
      { requestBody: body({ $ref: '#/components/schemas/A' }) },
      {
        properties: { body: { $ref: '#/$defs/A' } },
        $defs: {
          A: { type: 'object', properties: { next: { $ref: '#/$defs/A' }, b: { $ref: '#/$defs/B' } } },
          B: { type: 'string' },
        },
      },
      { body: { in: 'body', name: 'application/json' } },
    ],
    [
      'takes anything for what leads nowhere',
      { requestBody: body({ $ref: '#/components/schemas/none' }) },
      { $defs: { none: {} } },
      { body: { in: 'body', name: 'application/json' } },
    ],
    [
      'keeps properties that are called like keywords',
      {
        requestBody: body({
          properties: { example: { example: 1 }, 'x-a': {}, $ref: { type: 'string' } },
          enum: [{ example: 1 }],
        }),
      },
      {
        properties: {
          body: { properties: { example: {}, 'x-a': {}, $ref: { type: 'string' } }, enum: [{ example: 1 }] },
        },
      },
      { body: { in: 'body', name: 'application/json' } },
    ],
    [
      'reads parameters in a media type',
      { parameters: [{ name: 'a', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } }] },
      { properties: { a: { type: 'object' } } },
      { a: { in: 'query', name: 'a' } },
    ],
  ])('%s', (_, operation, input, places) => {
    expect(only(operation)).toMatchObject({ input: { type: 'object', additionalProperties: false, ...input }, places });
  });

  it('has the parameters of its path, unless it has its own', () => {
    const paths = {
      '/a': { parameters: [query('a'), query('b')], get: { parameters: [query('b', { required: true })] } },
    };
    expect(operationsOf({ openapi: '3.1.0', paths })[0]?.input).toMatchObject({
      properties: { a: {}, b: {} },
      required: ['b'],
    });
  });

  it("is today's JSON Schema, whatever the document speaks", () => {
    const operation = {
      requestBody: body({ type: 'string', nullable: true }),
      parameters: [query('n', { schema: { minimum: 1, exclusiveMinimum: true } })],
    };
    expect(only(operation, { openapi: '3.0.3' })?.input).toMatchObject({
      properties: { body: { type: ['string', 'null'] }, n: { exclusiveMinimum: 1 } },
    });
  });

  it('says where it was cut', () => {
    const wide = {
      properties: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`p${index}`, { type: 'string' }])),
    };
    const found = only({ requestBody: body(wide) });
    expect(found?.cut).toBe(true);
    expect(JSON.stringify(found).length).toBeLessThan(100_000);
  });

  it('comes to a megabyte or so for all operations together', () => {
    const properties = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, { type: 'string' }]));
    const paths = Object.fromEntries(
      Array.from({ length: 9000 }, (_, index) => [
        `/a${index}`,
        { post: { requestBody: body({ $ref: '#/components/schemas/W' }) } },
      ]),
    );
    const found = operationsOf({ openapi: '3.1.0', paths, components: { schemas: { W: { properties } } } });
    expect(found).toHaveLength(5000);
    expect(found.at(-1)).toMatchObject({ cut: true, input: { properties: { body: {} } } });
    expect(JSON.stringify(found).length).toBeLessThan(3_000_000);
  });
});

it('never throws, and every reference leads somewhere', () => {
  const names = fc.constantFrom(
    'get',
    'post',
    'parameters',
    'requestBody',
    'content',
    'application/json',
    'schema',
    '$ref',
    'name',
    'in',
    'properties',
    'items',
    '__proto__',
    'constructor',
    'toString',
  );
  const tree = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 8, depthSize: 'large' },
      fc.constantFrom<unknown>('query', 'path', '#/components/schemas/A', '#/paths/~1a', '#', 'x', null, true, 1),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 6, noNullPrototype: true }),
    ),
  })).value;
  const version = fc.constantFrom('3.0.0', '3.1.0', '3.2.0', 5);
  fc.assert(
    fc.property(version, fc.dictionary(fc.constantFrom('/a', '/b'), tree), tree, (openapi, paths, A) => {
      for (const { input } of operationsOf({ openapi, paths, components: { schemas: { A } } })) {
        const { $defs = {} } = input;
        const defined = Object.keys(Object($defs));
        for (const [, name] of JSON.stringify(input).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g))
          expect(defined).toContain(name);
      }
    }),
    { numRuns: 2000 },
  );
});
