import { describe, expect, it } from 'vitest';
import { pointed } from '../tree/json-tree.ts';
import { isSwagger, upgradeSwagger } from './upgrade-swagger.ts';

type Json = Readonly<Record<string, unknown>>;

const BASE: Json = { swagger: '2.0', info: { title: 'Pets', version: '1' } };
const losses = (members: Json): readonly string[] =>
  upgradeSwagger({ ...BASE, paths: {}, ...members }).losses.map(({ pointer, what }) => `${pointer} ${what}`);

describe('the root', () => {
  const check = (members: Json, expected: Json): void => {
    const { document } = upgradeSwagger({ ...BASE, paths: {}, ...members });
    expect(document).toEqual({ openapi: '3.1.0', info: BASE['info'], paths: {}, ...expected });
  };

  it.each<[string, Json, Json]>([
    [
      'host, base path and schemes are servers',
      { host: 'a.example:8080', basePath: '/v1', schemes: ['https', 'http'] },
      { servers: [{ url: 'https://a.example:8080/v1' }, { url: 'http://a.example:8080/v1' }] },
    ],
    [
      'a host without schemes is served by that of the document',
      { host: 'a.example' },
      { servers: [{ url: '//a.example' }] },
    ],
    ['a base path alone is a server', { basePath: '/v1' }, { servers: [{ url: '/v1' }] }],
    [
      'schemes that there are not are no servers',
      { host: 'a.example', schemes: ['gopher', 'https', 'https'] },
      { servers: [{ url: 'https://a.example' }] },
    ],
    [
      'tags, documentation, security and extensions stay',
      { tags: [{ name: 'a' }], externalDocs: { url: 'https://a' }, security: [{ key: [] }], 'x-a': { b: [1] } },
      { tags: [{ name: 'a' }], externalDocs: { url: 'https://a' }, security: [{ key: [] }], 'x-a': { b: [1] } },
    ],
    [
      'a version that YAML took for a number is a text',
      { info: { title: 'A', version: 1.5 } },
      { info: { title: 'A', version: '1.5' } },
    ],
    ['info that is not there is empty', { info: undefined }, { info: { title: '', version: '' } }],
    [
      'basic authentication is a scheme of HTTP',
      { securityDefinitions: { b: { type: 'basic', description: 'c', 'x-d': 1 } } },
      { components: { securitySchemes: { b: { type: 'http', scheme: 'basic', description: 'c', 'x-d': 1 } } } },
    ],
    [
      'keys stay',
      { securityDefinitions: { k: { type: 'apiKey', name: 'X-Key', in: 'header' } } },
      { components: { securitySchemes: { k: { type: 'apiKey', name: 'X-Key', in: 'header' } } } },
    ],
    ...(
      [
        ['implicit', 'implicit', { authorizationUrl: 'https://a' }],
        ['password', 'password', { tokenUrl: 'https://t' }],
        ['application', 'clientCredentials', { tokenUrl: 'https://t' }],
        ['accessCode', 'authorizationCode', { authorizationUrl: 'https://a', tokenUrl: 'https://t' }],
      ] as const
    ).map(([flow, now, addresses]): [string, Json, Json] => [
      `the flow ${flow} is called ${now}`,
      { securityDefinitions: { o: { type: 'oauth2', flow, ...addresses, scopes: { 'a:b': 'c' } } } },
      {
        components: {
          securitySchemes: { o: { type: 'oauth2', flows: { [now]: { ...addresses, scopes: { 'a:b': 'c' } } } } },
        },
      },
    ]),
  ])('%s', (_, members, expected) => check(members, expected));

  it.each<[string, Json, string]>([
    ['a version that is another', { swagger: '1.2' }, '/swagger is not 2.0, it is read as if it were'],
    ['paths that are none', { paths: [] }, '/paths is not a map, left out'],
    ['a path without its slash', { paths: { a: {} } }, '/paths/a does not begin with a slash, left out'],
    ['a path that is no map', { paths: { '/a/b': 5 } }, '/paths/~1a~1b is not a map, left out'],
    ['a base path without its slash', { basePath: 'v1' }, '/basePath does not begin with a slash, left out'],
    ['members that nobody knows', { components: {} }, '/components is not known here, left out'],
    [
      'media types that are none',
      { consumes: ['json'] },
      '/consumes names what is no media type, one twice or too many: 0 are kept',
    ],
    [
      'an unknown kind of security',
      { securityDefinitions: { a: { type: 'magic' } } },
      '/securityDefinitions/a is of no kind that there is, left out',
    ],
    [
      'an address that a flow does not use',
      { securityDefinitions: { a: { type: 'oauth2', flow: 'password', tokenUrl: 't', authorizationUrl: 'a' } } },
      '/securityDefinitions/a/authorizationUrl means nothing to the flow password, left out',
    ],
    [
      'a name that components may not have',
      { definitions: { 'List«Pet»': {} } },
      '/definitions/List«Pet» is called List_Pet_ now: names are letters, digits, `.`, `_` and `-`',
    ],
  ])('names %s', (_, members, expected) => expect(losses(members)).toContain(expected));

  it.each([
    [{ swagger: '2.0' }, true],
    [{ swagger: 2 }, true],
    [{ openapi: '3.0.0' }, false],
    [[], false],
    [null, false],
  ])('is told by its version: %j', (root, expected) => expect(isSwagger(root)).toBe(expected));
});

describe('an operation', () => {
  const operationOf = (members: Json, root: Json = {}, item: Json = {}): unknown => {
    const { document } = upgradeSwagger({ ...BASE, ...root, paths: { '/a': { ...item, post: members } } });
    return pointed(document, '/paths/~1a/post');
  };
  const json = { 'application/json': { schema: { type: 'string' } } };
  const body = { name: 'b', in: 'body', schema: { type: 'string' } };
  const field = (name: string, more: Json = {}): Json => ({ name, in: 'formData', type: 'string', ...more });

  it.each<[string, Json, Json, Json?]>([
    [
      'what describes it stays',
      { summary: 's', description: 'd', operationId: 'o', deprecated: true, tags: ['t'], security: [], 'x-a': 1 },
      {
        responses: {},
        summary: 's',
        description: 'd',
        operationId: 'o',
        deprecated: true,
        tags: ['t'],
        security: [],
        'x-a': 1,
      },
    ],
    [
      'schemes of its own are servers',
      { schemes: ['wss'] },
      { responses: {}, servers: [{ url: 'wss://h/v1' }] },
      { host: 'h', basePath: '/v1' },
    ],
    [
      'a body is a request body',
      { parameters: [{ ...body, required: true, description: 'd', 'x-a': 1 }] },
      { responses: {}, requestBody: { required: true, description: 'd', 'x-a': 1, content: json } },
    ],
    [
      'it takes what the document consumes',
      { parameters: [body] },
      { responses: {}, requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } } },
      { consumes: ['text/plain'] },
    ],
    [
      'what it consumes itself goes first',
      { consumes: ['application/json'], parameters: [body] },
      { responses: {}, requestBody: { content: json } },
      { consumes: ['text/plain'] },
    ],
    [
      'a shared body is written out',
      { parameters: [{ $ref: '#/parameters/B' }] },
      { responses: {}, requestBody: { content: json } },
      { parameters: { B: body } },
    ],
    [
      'a shared parameter is referred to',
      { parameters: [{ $ref: '#/parameters/P%20Q' }] },
      { responses: {}, parameters: [{ $ref: '#/components/parameters/P_Q' }] },
      { parameters: { 'P Q': { name: 'p', in: 'query', type: 'string' } } },
    ],
    [
      'fields are properties of a form',
      { parameters: [field('a', { required: true, description: 'd', 'x-a': 1 }), field('b', { type: 'integer' })] },
      {
        responses: {},
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                properties: { a: { type: 'string', description: 'd', 'x-a': 1 }, b: { type: 'integer' } },
                required: ['a'],
              },
            },
          },
        },
      },
    ],
    [
      'a file makes the form one of several parts',
      { consumes: ['application/x-www-form-urlencoded'], parameters: [field('f', { type: 'file' })] },
      {
        responses: {},
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: { f: { type: 'string', contentMediaType: 'application/octet-stream' } },
              },
            },
          },
        },
      },
    ],
    [
      'both kinds of forms are taken, and nothing else',
      {
        consumes: ['application/json', 'multipart/form-data', 'application/x-www-form-urlencoded'],
        parameters: [field('a')],
      },
      {
        responses: {},
        requestBody: {
          content: {
            'multipart/form-data': { schema: { type: 'object', properties: { a: { type: 'string' } } } },
            'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { a: { type: 'string' } } } },
          },
        },
      },
    ],
    [
      'lists in forms say how they are written',
      { parameters: [field('a', { type: 'array', items: { type: 'string' }, collectionFormat: 'pipes' })] },
      {
        responses: {},
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } },
              encoding: { a: { style: 'pipeDelimited', explode: false } },
            },
          },
        },
      },
    ],
    [
      'a reply has its schema by media type',
      {
        produces: ['application/json', 'text/plain'],
        responses: { 200: { description: 'd', schema: { type: 'string' } } },
      },
      { responses: { 200: { description: 'd', content: { ...json, 'text/plain': { schema: { type: 'string' } } } } } },
    ],
    [
      'a reply without a schema has no content',
      { responses: { 204: { description: 'd' }, default: { description: '', 'x-a': 1 } } },
      { responses: { 204: { description: 'd' }, default: { description: '', 'x-a': 1 } } },
    ],
    ['a description that is missing is empty', { responses: { 204: {} } }, { responses: { 204: { description: '' } } }],
    [
      'a file is bytes',
      { responses: { 200: { description: 'd', schema: { type: 'file' } } } },
      {
        responses: {
          200: {
            description: 'd',
            content: {
              'application/octet-stream': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } },
            },
          },
        },
      },
    ],
    [
      'examples stand at their media types',
      {
        responses: {
          200: { description: 'd', schema: { type: 'string' }, examples: { 'application/json': 'a', 'text/csv': 'b' } },
        },
      },
      {
        responses: {
          200: {
            description: 'd',
            content: {
              'application/json': { schema: { type: 'string' }, example: 'a' },
              'text/csv': { schema: { type: 'string' }, example: 'b' },
            },
          },
        },
      },
    ],
    [
      'headers have schemas',
      {
        responses: {
          200: {
            description: 'd',
            headers: { 'X-A': { type: 'array', items: { type: 'integer' }, description: 'e', 'x-b': 1 } },
          },
        },
      },
      {
        responses: {
          200: {
            description: 'd',
            headers: {
              'X-A': {
                description: 'e',
                'x-b': 1,
                style: 'simple',
                explode: false,
                schema: { type: 'array', items: { type: 'integer' } },
              },
            },
          },
        },
      },
    ],
    [
      'a shared reply is referred to',
      { responses: { 200: { $ref: '#/responses/R' } } },
      { responses: { 200: { $ref: '#/components/responses/R' } } },
      { responses: { R: { description: 'r' } } },
    ],
    [
      'a shared reply is written out where it is in other media types',
      { produces: ['text/plain'], responses: { 200: { $ref: '#/responses/R' } } },
      { responses: { 200: { description: 'r', content: { 'text/plain': { schema: { type: 'string' } } } } } },
      { responses: { R: { description: 'r', schema: { type: 'string' } } } },
    ],
    [
      'methods, extensions and names like of prototypes stay',
      { responses: {}, 'x-__proto__': 1 },
      { responses: {}, 'x-__proto__': 1 },
    ],
  ])('%s', (_, members, expected, root = {}) => expect(operationOf(members, root)).toEqual(expected));

  it('has the body of its path, unless it has its own', () => {
    const item = { parameters: [body, { name: 'q', in: 'query', type: 'string' }] };
    expect(operationOf({}, {}, item)).toEqual({ responses: {}, requestBody: { content: json } });
    const own = { name: 'c', in: 'body', schema: { type: 'integer' } };
    expect(operationOf({ parameters: [own] }, {}, item)).toEqual({
      responses: {},
      requestBody: { content: { 'application/json': { schema: { type: 'integer' } } } },
    });
  });

  it('adds its fields to those of its path', () => {
    const item = { parameters: [field('a'), field('b')] };
    expect(operationOf({ parameters: [field('b', { type: 'integer' })] }, {}, item)).toMatchObject({
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': {
            schema: { properties: { a: { type: 'string' }, b: { type: 'integer' } } },
          },
        },
      },
    });
  });

  describe('has parameters', () => {
    const list = { type: 'array', items: { type: 'string' } };
    const check = (parameter: Json, expected: Json): void => {
      expect(operationOf({ parameters: [{ name: 'p', ...parameter }] })).toEqual({
        responses: {},
        parameters: [{ name: 'p', ...expected }],
      });
    };

    it.each<[string, Json, Json]>([
      [
        'whose limits go into a schema',
        {
          in: 'query',
          type: 'integer',
          format: 'int32',
          minimum: 1,
          exclusiveMinimum: true,
          maximum: 9,
          default: 3,
          enum: [3],
          multipleOf: 1,
          required: true,
        },
        {
          in: 'query',
          required: true,
          schema: {
            type: 'integer',
            format: 'int32',
            exclusiveMinimum: 1,
            maximum: 9,
            default: 3,
            enum: [3],
            multipleOf: 1,
          },
        },
      ],
      [
        'of a path, which are always there',
        { in: 'path', type: 'string' },
        { in: 'path', required: true, schema: { type: 'string' } },
      ],
      [
        'that may be empty',
        { in: 'query', type: 'string', allowEmptyValue: true, description: 'd', 'x-a': 1 },
        { in: 'query', allowEmptyValue: true, description: 'd', 'x-a': 1, schema: { type: 'string' } },
      ],
      [
        'that are lists with commas',
        { in: 'query', ...list },
        { in: 'query', style: 'form', explode: false, schema: list },
      ],
      [
        'that are lists with spaces',
        { in: 'query', ...list, collectionFormat: 'ssv' },
        { in: 'query', style: 'spaceDelimited', explode: false, schema: list },
      ],
      [
        'that are lists with pipes',
        { in: 'query', ...list, collectionFormat: 'pipes' },
        { in: 'query', style: 'pipeDelimited', explode: false, schema: list },
      ],
      [
        'that are there several times',
        { in: 'query', ...list, collectionFormat: 'multi' },
        { in: 'query', style: 'form', explode: true, schema: list },
      ],
      [
        'that are lists in headers',
        { in: 'header', ...list, collectionFormat: 'csv' },
        { in: 'header', style: 'simple', explode: false, schema: list },
      ],
      [
        'that are lists in paths',
        { in: 'path', ...list },
        { in: 'path', required: true, style: 'simple', explode: false, schema: list },
      ],
    ])('%s', (_, parameter, expected) => check(parameter, expected));
  });

  it.each<[string, Json, string]>([
    [
      'lists that nothing is like any more',
      { parameters: [{ name: 'p', in: 'query', type: 'array', items: {}, collectionFormat: 'tsv' }] },
      '/parameters/0/collectionFormat is "tsv", which has no counterpart here: values are separated by commas',
    ],
    [
      'lists of lists',
      {
        parameters: [
          { name: 'p', in: 'query', type: 'array', items: { type: 'array', items: {}, collectionFormat: 'pipes' } },
        ],
      },
      '/parameters/0/items/collectionFormat has no counterpart in lists of lists, left out',
    ],
    [
      'a parameter that is none',
      { parameters: [{ in: 'query' }] },
      '/parameters/0 is no parameter with a name and a place, left out',
    ],
    [
      'a parameter that leads nowhere',
      { parameters: [{ $ref: '#/parameters/none' }] },
      '/parameters/0 is no parameter with a name and a place, left out',
    ],
    ['a second body', { parameters: [body, body] }, '/parameters/1 stands beside another body, left out'],
    ['a form beside a body', { parameters: [field('a'), body] }, '/parameters/0 stands beside another body, left out'],
    ['a reply without a status', { responses: { ok: {} } }, '/responses/ok is no status, left out'],
    ['a reply that is none', { responses: { 200: [] } }, '/responses/200 is not a map, left out'],
    [
      'a reply that leads elsewhere',
      { responses: { 200: { $ref: '#/paths/~1a/get' } } },
      '/responses/200 refers to what is arranged differently, only its status is kept',
    ],
    [
      'empty values in forms',
      { parameters: [field('a', { allowEmptyValue: true })] },
      '/parameters/0/allowEmptyValue has no counterpart in forms, left out',
    ],
    ['a list of parameters that is none', { parameters: {} }, '/parameters is not a list, left out'],
    ['a summary that is no text', { summary: {} }, '/summary is not a text, left out'],
    ['members of later versions', { requestBody: {} }, '/requestBody is not known here, left out'],
  ])('names %s', (_, members, expected) => {
    const found = losses({ paths: { '/a': { post: members } } });
    expect(found).toContain(`/paths/~1a/post${expected}`);
  });
});

describe('many losses', () => {
  it('are counted, not listed', () => {
    const paths = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`/${index}`, 0]));
    const found = losses({ paths });
    expect(found).toHaveLength(1001);
    expect(found.at(-1)).toBe(' loses 2000 things besides, which are not listed');
  });
});
