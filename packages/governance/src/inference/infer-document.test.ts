import { describe, expect, it } from 'vitest';
import { pointed } from '../tree/json-tree.ts';
import { inferDocument } from './infer-document.ts';
import type { Sample } from './sample.ts';

const get = (path: string, more: Partial<Sample> = {}): Sample => ({ method: 'GET', path, status: 200, ...more });
const post = (requestBody: unknown, more: Partial<Sample> = {}): Sample => ({
  method: 'POST',
  path: '/a',
  status: 201,
  requestBody,
  ...more,
});
const times = (count: number, of: (index: number) => Sample): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => of(index));
const pathsOf = (...paths: readonly string[]): readonly string[] =>
  Object.keys(Object(inferDocument(paths.map((path) => get(path))).document['paths']));
const at = (samples: readonly Sample[], pointer: string): unknown => pointed(inferDocument(samples).document, pointer);
const replySchema = (...bodies: readonly unknown[]): unknown =>
  at(
    bodies.map((body) => get('/a', { responseBody: JSON.stringify(body), contentType: 'application/json' })),
    '/paths/~1a/get/responses/200/content/application~1json/schema',
  );

describe('a path', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['is itself', ['/users', '/', '/users/'], ['/', '/users', '/users/']],
    ['with numbers is one', ['/users/1', '/users/22'], ['/users/{userId}']],
    [
      'with a UUID has a parameter',
      ['/orders/123e4567-e89b-12d3-a456-426614174000/lines/5'],
      ['/orders/{orderId}/lines/{lineId}'],
    ],
    ['with a hash has one', ['/blobs/9f86d081884c7d659a2feaa0c55ad015'], ['/blobs/{blobId}']],
    [
      'with ids of many systems has one',
      ['/c/cus_9s6XKzkNRiz8i3', '/u/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/n/V1StGXR8_Z5jdHi6B-myT'],
      ['/c/{cId}', '/n/{nId}', '/u/{uId}'],
    ],
    [
      'with an address or a day has one',
      ['/people/a@example.com', '/days/2026-01-31'],
      ['/days/{dayId}', '/people/{personId}'].map((path) => path.replace('personId', 'peopleId')),
    ],
    ['keeps words beside numbers', ['/users/1', '/users/me'], ['/users/me', '/users/{userId}']],
    ['keeps versions', ['/v1/users', '/v2/users'], ['/v1/users', '/v2/users']],
    ['has parameters of several names', ['/1/2'], ['/{id}/{id2}']],
    [
      'calls them as one of many',
      ['/categories/1', '/boxes/1', '/status/1', '/order-items/1'],
      ['/boxes/{boxId}', '/categories/{categoryId}', '/order-items/{orderItemId}', '/status/{statusId}'],
    ],
    ['with braces has one', ['/a/{x}'], ['/a/{aId}']],
    ['with a star has one', ['/a/*'], ['/a/{aId}']],
    ['that no gate takes is none', ['/a//b', '/a/../b', '/a/%zz', '/a b', '/c'], ['/c']],
  ])('%s', (_, paths, expected) => expect(pathsOf(...paths)).toEqual(expected));

  it('with more names beside each other than anybody gives has a parameter', () => {
    const names = Array.from({ length: 31 }, (_, index) => `name${'abcdefghijklmnopqrstuvwxyzABCDEFGH'[index]}`);
    expect(pathsOf(...names.map((name) => `/tags/${name}/items/7`))).toEqual(['/tags/{tagId}/items/{itemId}']);
    expect(pathsOf(...names.slice(1).map((name) => `/tags/${name}`))).toHaveLength(30);
  });

  it('that was never there is left out', () => {
    const { document, leftOut } = inferDocument([
      get('/users/1'),
      get('/users/wp-admin', { status: 404 }),
      get('/.env', { status: 404 }),
    ]);
    expect(Object.keys(Object(document['paths']))).toEqual(['/users/{userId}']);
    expect(leftOut).toBe(2);
  });

  it('that is there may not be found', () => {
    expect(at([get('/users/1'), get('/users/2', { status: 404 })], '/paths/~1users~1{userId}/get/responses')).toEqual({
      200: { description: 'OK' },
      404: { description: 'Not found' },
    });
  });

  it.each([
    ['5', '6', { type: 'integer' }],
    ['5', '9f86d081884c7d659a2feaa0c55ad015', { type: 'string' }],
    [
      '123e4567-e89b-12d3-a456-426614174000',
      '123e4567-e89b-12d3-a456-426614174001',
      { type: 'string', format: 'uuid' },
    ],
    ['2026-01-31', '2026-02-01', { type: 'string', format: 'date' }],
  ])('says of its parameter what it is: %s and %s', (one, other, schema) => {
    expect(at([get(`/a/${one}`), get(`/a/${other}`)], '/paths/~1a~1{aId}/get/parameters')).toEqual([
      { name: 'aId', in: 'path', required: true, schema },
    ]);
  });
});

describe('a query', () => {
  const parameters = (...queries: readonly string[]): unknown =>
    at(
      queries.map((query) => get('/a', { query })),
      '/paths/~1a/get/parameters',
    );

  it.each<[string, readonly string[], unknown]>([
    ['has parameters that may be there', ['?q=a', ''], [{ name: 'q', in: 'query', schema: { type: 'string' } }]],
    [
      'has parameters that are always there',
      ['q=a', 'q=b', 'q=c'],
      [{ name: 'q', in: 'query', required: true, schema: { type: 'string' } }],
    ],
    ['does not require what was seen twice', ['q=a', 'q=b'], [{ name: 'q', in: 'query', schema: { type: 'string' } }]],
    [
      'has numbers',
      ['n=1&x=1.5&b=true', 'n=-2&x=3&b=false'],
      [
        { name: 'n', in: 'query', schema: { type: 'integer' } },
        { name: 'x', in: 'query', schema: { type: 'number' } },
        { name: 'b', in: 'query', schema: { type: 'boolean' } },
      ],
    ],
    [
      'takes no number for one that loses its zeros',
      ['n=007'],
      [{ name: 'n', in: 'query', schema: { type: 'string' } }],
    ],
    [
      'has lists',
      ['t=1&t=2', 't=3'],
      [{ name: 't', in: 'query', schema: { type: 'array', items: { type: 'integer' } } }],
    ],
    [
      'is decoded',
      ['a%20b=2026-01-31T10%3A00%3A00Z'],
      [{ name: 'a b', in: 'query', schema: { type: 'string', format: 'date-time' } }],
    ],
    ['may be no query', ['%', '&&=1'], undefined],
  ])('%s', (_, queries, expected) => expect(parameters(...queries)).toEqual(expected));
});

describe('a value', () => {
  it.each<[string, readonly unknown[], unknown]>([
    ['has a type', ['a'], { type: 'string' }],
    ['has several', ['a', 1, null], { type: ['integer', 'null', 'string'] }],
    ['is a number when one of them has a fraction', [1, 1.5], { type: 'number' }],
    ['is an id', ['123e4567-e89b-12d3-a456-426614174000'], { type: 'string', format: 'uuid' }],
    [
      'is a moment or nothing',
      ['2026-01-31T10:00:00.5+01:00', null],
      { type: ['null', 'string'], format: 'date-time' },
    ],
    ['is an address', ['a.b@example.com'], { type: 'string', format: 'email' }],
    ['is no day that there is not', ['2026-02-30'], { type: 'string' }],
    ['has no format that one of them has not', ['a@example.com', 'a'], { type: 'string' }],
    ['has items', [[1, 'a'], []], { type: 'array', items: { type: ['integer', 'string'] } }],
    ['has no items', [[]], { type: 'array' }],
    [
      'has properties that may be there',
      [{ a: 1 }, { b: 'x' }],
      { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } } },
    ],
    [
      'has properties that are always there',
      [{ a: 1 }, { a: 2 }, { a: null, b: 1 }],
      { type: 'object', properties: { a: { type: ['integer', 'null'] }, b: { type: 'integer' } }, required: ['a'] },
    ],
    [
      'has properties in lists',
      [[{ a: 1 }, { a: 1 }, { a: 1, b: 1 }]],
      {
        type: 'array',
        items: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['a'] },
      },
    ],
    [
      'keeps names like of prototypes',
      [JSON.parse('{"__proto__": {"constructor": 1}}')],
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"constructor":{"type":"integer"}}}}}',
      ),
    ],
  ])('%s', (_, bodies, expected) => expect(replySchema(...bodies)).toEqual(expected));

  const words = (count: number, of: (index: number) => unknown): readonly unknown[] =>
    Array.from({ length: count }, (_, index) => of(index));
  it.each<[string, readonly unknown[], unknown]>([
    [
      'few words, each many times, are all that there are',
      words(20, (index) => ['open', 'closed'][index % 2]),
      { type: 'string', enum: ['closed', 'open'] },
    ],
    [
      'or nothing',
      words(21, (index) => ['open', 'closed', null][index % 3]).concat(words(6, () => 'open')),
      { type: ['null', 'string'], enum: ['closed', 'open', null] },
    ],
    ['but not seen a few times', words(19, () => 'open'), { type: 'string' }],
    ['nor where one was seen once', [...words(30, () => 'open'), 'closed'], { type: 'string' }],
    ['nor where they may be sentences', words(30, () => 'it is open'), { type: 'string' }],
    ['nor beside numbers', [...words(30, () => 'open'), 1], { type: ['integer', 'string'] }],
  ])('%s', (_, bodies, expected) => expect(replySchema(...bodies)).toEqual(expected));

  it('with a hundred names and more is a table', () => {
    const table = (value: (index: number) => unknown): unknown =>
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, value(index)]));
    expect(
      replySchema(
        table(() => 1),
        table(() => 'a'),
      ),
    ).toEqual({ type: 'object', additionalProperties: { type: ['integer', 'string'] } });
    expect(replySchema(table(() => ({ a: 1 })))).toEqual({ type: 'object', additionalProperties: { type: 'object' } });
  });

  it.each([100, 5000])('ends, with %i levels', (levels) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    expect(JSON.stringify(replySchema(value)).length).toBeLessThan(2000);
  });
});

describe('a body', () => {
  const content = (...samples: readonly Sample[]): unknown => at(samples, '/paths/~1a/post/requestBody');

  it.each<[string, readonly Sample[], unknown]>([
    [
      'is read from text',
      [post('{"a":1}')],
      { content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'integer' } } } } } },
    ],
    [
      'is required when it always was there',
      times(3, () => post({ a: 1 })),
      {
        required: true,
        content: {
          'application/json': { schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } },
        },
      },
    ],
    [
      'has its media type',
      [post({}, { requestContentType: 'Application/Merge-Patch+JSON; charset=utf-8' })],
      { content: { 'application/merge-patch+json': { schema: { type: 'object' } } } },
    ],
    [
      'may have several',
      [post({}), post('a,b', { requestContentType: 'text/csv' })],
      { content: { 'application/json': { schema: { type: 'object' } }, 'text/csv': {} } },
    ],
    [
      'may be a form',
      [post('a=1&b=x', { requestContentType: 'application/x-www-form-urlencoded' })],
      {
        content: {
          'application/x-www-form-urlencoded': {
            schema: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } } },
          },
        },
      },
    ],
    [
      'that is no JSON says nothing of any',
      [post('{', { requestContentType: 'application/json' }), post({})],
      { content: { 'application/json': {} } },
    ],
    ['of no media type is none', [post('a', { requestContentType: 'nonsense' })], undefined],
    ['that is empty is none', [post('')], undefined],
  ])('%s', (_, samples, expected) => expect(content(...samples)).toEqual(expected));
});

describe('a draft', () => {
  it('says how much it rests on', () => {
    const samples = [
      ...times(50, () => get('/a')),
      ...times(10, () => get('/b')),
      get('/c'),
      get('/d', { method: 'PURGE' }),
      get('nonsense'),
      get('/e', { status: 0 }),
    ];
    const { document, samples: all, leftOut } = inferDocument(samples, { title: 'Users' });
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Users', version: '0.1.0' },
      'x-gatehouse-inferred': { samples: 61, leftOut: 3 },
    });
    const said = ['a', 'b', 'c'].map((name) => pointed(document, `/paths/~1${name}/get/x-gatehouse-inferred`));
    expect(said).toEqual([
      { samples: 50, confidence: 'high' },
      { samples: 10, confidence: 'medium' },
      { samples: 1, confidence: 'low' },
    ]);
    expect([all, leftOut]).toEqual([64, 3]);
  });

  it('has an id for each operation', () => {
    expect(at([get('/users/1')], '/paths/~1users~1{userId}/get/operationId')).toBe('get_users_userId');
  });

  it('of a hundred thousand calls takes no long time', () => {
    const samples = times(100_000, (index) =>
      get(`/x${index}/y/${index}`, {
        query: `q${index}=1`,
        responseBody: { [`p${index}`]: index, items: [{ index }] },
      }),
    );
    const begun = performance.now();
    const { document } = inferDocument(samples);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(Object.keys(Object(document['paths']))).toEqual(['/{id}/y/{yId}']);
  });
});
