import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed } from './__fixtures__/found.ts';
import type { LintOptions } from './options.ts';

interface More {
  readonly earlier?: string;
  readonly options?: Partial<LintOptions>;
}
type Case = readonly [text: string, paths: readonly string[], more?: More];

function check(id: string, [text, paths, more = {}]: Case): void {
  const found = foundBy(ruleNamed(id), { text, ...more }).map(({ path }) => path);
  expect(found.toSorted()).toEqual(paths.toSorted());
}

const LIST = '"200": { content: { application/json: { schema: { properties: { items: { type: array } } } } } }';
const list = (more: string, template = '/users'): string =>
  `paths: { "${template}": { get: { responses: { ${LIST} }${more} } } }`;
const query = (name: string): string => `, parameters: [{ name: "${name}", in: query }]`;
const answers = (responses: string, method = 'get', template = '/users'): string =>
  `paths: { "${template}": { ${method}: { responses: { ${responses} } } } }`;
const info = (text: string): string => `info: { title: a${text} }\npaths: { /a: { get: { operationId: getA } } }`;
const RESPONSES = '/paths/~1users/get/responses';

describe.each<[string, readonly Case[]]>([
  [
    'C06',
    [
      ['paths: { "/a/{id}": { parameters: [{ name: id, in: path, required: true }], get: {}, put: {} } }', []],
      [
        'paths: { "/a/{id}": { parameters: [{ $ref: "#/components/parameters/I" }], get: {} } }\ncomponents: { parameters: { I: { name: id, in: path, required: true } } }',
        [],
      ],
      ['paths: { "/a/{id}": { get: {} } }', ['/paths/~1a~1{id}/get']],
      [
        'paths: { "/a/{id}/b/{id}": { get: { parameters: [{ name: id, in: path, required: true }] } } }',
        ['/paths/~1a~1{id}~1b~1{id}'],
      ],
      [
        'paths: { "/a/{id}": { get: { parameters: [{ name: id, in: path }] } } }',
        ['/paths/~1a~1{id}/get/parameters/0'],
      ],
      [
        'paths: { "/a/{id}": {}, "/a": { get: { parameters: [{ name: id, in: path, required: true }] } } }',
        ['/paths/~1a/get/parameters/0'],
      ],
    ],
  ],
  [
    'C16',
    [
      [
        'components: { requestBodies: { B: { content: { application/json-patch+json: { schema: { type: array } } } } } }',
        [],
      ],
      ['components: { responses: { B: { content: { text/csv: { schema: { type: string } } } } } }', []],
      ['components: { responses: { B: { content: { application/json: { schema: { oneOf: [] } } } } } }', []],
      [
        'components: { responses: { B: { content: { application/json: { schema: { type: [object, "null"] } } } } } }',
        [],
      ],
      [
        'components: { responses: { B: { content: { application/hal+json: { schema: { items: {} } } } } } }',
        ['/components/responses/B/content/application~1hal+json/schema'],
      ],
    ],
  ],
  [
    'C17',
    [
      ...['cursor', 'page[cursor]', 'pageToken', 'offset', 'page', 'starting_after'].map((name): Case => [
        list(query(name)),
        [],
      ]),
      [list(''), ['/paths/~1users/get']],
      [list(query('limit')), ['/paths/~1users/get']],
      [list('', '/users/{id}'), []],
      [list(query('offset')), ['/paths/~1users/get'], { options: { pagination: 'cursor' } }],
      [list(query('cursor')), [], { options: { pagination: 'cursor' } }],
      [answers('"200": { content: { application/json: { schema: { properties: { tags: { type: array } } } } } }'), []],
      [
        answers('"200": { content: { application/json: { schema: { properties: { users: { type: array } } } } } }'),
        ['/paths/~1users/get'],
      ],
      [
        answers(
          '"200": { content: { application/json: { schema: { properties: { items: { type: array }, next: {} } } } } }',
        ),
        [],
      ],
      [answers('"200": { content: { application/json: { schema: { type: array } } } }'), ['/paths/~1users/get']],
      [answers('"200": { content: { application/json: { schema: { type: object } } } }'), []],
      [answers('"200": { content: { application/json: { schema: { type: array } } } }', 'post'), []],
    ],
  ],
  [
    'C18',
    [
      ['paths: { /a: { get: { requestBody: {} } } }', ['/paths/~1a/get/requestBody']],
      [
        'paths: { /a: { head: { requestBody: {} }, delete: { requestBody: {} }, query: { requestBody: {} } } }',
        ['/paths/~1a/head/requestBody', '/paths/~1a/delete/requestBody'],
      ],
    ],
  ],
  [
    'C19',
    [
      [answers('"201": { headers: { location: {} } }', 'post'), []],
      [answers('"201": {}', 'post'), ['/paths/~1users/post/responses/201']],
      [answers('"201": {}', 'put', '/users/{id}'), []],
      [answers('"202": {}', 'post'), ['/paths/~1users/post/responses/202']],
      [answers('"202": { headers: { Operation-Location: {} } }', 'post'), []],
      [answers('"200": {}', 'delete', '/users/{id}'), ['/paths/~1users~1{id}/delete/responses/200']],
      [answers('"200": {}', 'post', '/search'), []],
      [
        'paths: { /users: { post: { responses: { "200": {} } } }, "/users/{id}": {} }',
        ['/paths/~1users/post/responses'],
      ],
      [
        'paths: { /users: { post: { operationId: createUser, responses: { "200": {} } } } }',
        ['/paths/~1users/post/responses'],
      ],
      ['paths: { /users: { post: { operationId: createsomething } } }', []],
    ],
  ],
  [
    'C20',
    [
      [answers('"400": { content: { application/problem+json: {} } }'), []],
      [answers('"400": { content: { "application/problem+json; charset=utf-8": {} } }'), []],
      [answers('"400": { content: { application/json: {} } }'), [`${RESPONSES}/400`]],
      [answers('"5XX": {}'), [`${RESPONSES}/5XX`]],
      [answers('default: { content: { text/plain: {} } }'), [`${RESPONSES}/default`]],
      [answers('"200": {}, "304": {}'), []],
      [answers('"404": {}', 'head'), []],
      [
        'paths: { /a: { get: { responses: { "400": { $ref: "#/components/responses/E" }, "404": { $ref: "#/components/responses/E" } } } } }\ncomponents: { responses: { E: {} } }',
        ['/components/responses/E'],
      ],
    ],
  ],
  [
    'C21',
    [
      [answers('"204": {}, "404": {}'), []],
      [answers('"2XX": {}, default: {}'), []],
      [answers('"200": {}'), [RESPONSES]],
      [answers('"400": {}'), [RESPONSES]],
      ['paths: { /users: { get: {} } }', ['/paths/~1users/get', '/paths/~1users/get']],
      ['webhooks: { made: { post: { responses: { "200": {} } } } }', []],
    ],
  ],
  [
    'C25',
    [
      [answers('"201": {}', 'post'), ['/paths/~1users/post']],
      [answers('"200": {}', 'post', '/search'), []],
      [answers('"200": {}', 'post', '/users/{id}:reset'), []],
      [answers('"201": {}', 'put', '/users/{id}'), []],
    ],
  ],
  [
    'C26',
    [
      ['components: { schemas: { A: {} } }', []],
      [
        'paths: { /a: {} }\ncomponents: { schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } } }',
        ['/components/schemas/A', '/components/schemas/A/$ref', '/components/schemas/B', '/components/schemas/B/$ref'],
      ],
      ['paths: { /a: {} }\ncomponents: { securitySchemes: { k: {} } }', []],
      [
        `paths: { /a: { get: { responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } } } } }
components:
  schemas:
    Pet: { discriminator: { propertyName: kind, mapping: { cat: Cat, none: "#/components/schemas/None" } } }
    Cat: {}
    Dog: { allOf: [{ $ref: "#/components/schemas/Pet" }] }`,
        ['/components/schemas/Pet/discriminator/mapping/none'],
      ],
      ['paths: { /a: { $ref: "#/components/pathItems/A" } }\ncomponents: { pathItems: { A: {} } }', []],
      ['paths: { /a: { get: { parameters: [{ $ref: "common.yaml#/P" }] } } }', []],
      ['paths: { /a: { x-more: { $ref: "#/components/schemas/A" } } }\ncomponents: { schemas: { A: {} } }', []],
    ],
  ],
  [
    'V01',
    [
      ...['1.0.0', '2.1.3-beta.1', '"2026-05-01"', '2026-05-01-preview'].map((version): Case => [
        `info: { version: ${version} }`,
        [],
      ]),
      ...['v1', '1.0', '"1.0"', 'latest', '2026-13-01', '01.0.0'].map((version): Case => [
        `info: { version: ${version} }`,
        ['/info/version'],
      ]),
      ['info: {}', ['/info']],
      ['info: { version: 1.0.0 }', ['/info/version'], { options: { versionScheme: 'date' } }],
    ],
  ],
  [
    'V03',
    [
      ['servers: [{ url: https://h/v1 }, { url: https://10.0.0.1/v2beta1 }]\npaths: { /v1/a.b: {} }', []],
      ['servers: [{ url: https://h/v1.2 }]\npaths: { /v1.0.0/a: {} }', ['/servers/0/url', '/paths/~1v1.0.0~1a']],
    ],
  ],
  [
    'V05',
    [
      ['info: { x-sunset: 2030-01-01, x-successor: none }\npaths: { /a: { get: { deprecated: true } } }', []],
      ['paths: { /a: { get: { deprecated: true, x-sunset: soon, x-successor: b } } }', ['/paths/~1a/get/x-sunset']],
      ['paths: { /a: { get: { deprecated: false } } }', []],
    ],
  ],
  [
    'V07',
    [
      [info(', x-stability-level: draft'), []],
      [info(''), ['/info']],
      [info(', x-stability-level: rc'), ['/info/x-stability-level']],
      [
        info(', x-stability-level: beta'),
        ['/info/x-stability-level'],
        { earlier: info(', x-stability-level: stable') },
      ],
      [info(', x-stability-level: stable'), [], { earlier: info(', x-stability-level: beta') }],
      ['paths: { /a: { get: { x-stability-level: beta }, put: {} } }', ['/paths/~1a/put']],
      [
        info(', x-stability-level: stable').replace('operationId', 'x-stability-level: beta, operationId'),
        ['/paths/~1a/get/x-stability-level'],
        { earlier: info(', x-stability-level: stable') },
      ],
    ],
  ],
  [
    'V12',
    [
      ['info: { x-api-id: a, x-audience: public }', []],
      ['info: { x-api-id: a b, x-audience: everybody }', ['/info/x-api-id', '/info/x-audience']],
      ['info: { x-api-id: a, x-audience: public }', ['/info/x-api-id'], { earlier: 'info: { x-api-id: b }' }],
    ],
  ],
])('%s', (id, cases) => {
  it.each(cases.map((one) => [one[0], one[1].length > 0 ? 'found' : 'fine', one] as const))(
    '%s is %s',
    (_, __, one) => {
      check(id, one);
    },
  );
});

describe('V04', () => {
  const version = (of: string, paths: string): string => `info: { version: ${of} }\npaths: { ${paths} }`;
  const reply = (schema: string): string =>
    `/a: { get: { responses: { "200": { content: { application/json: { schema: ${schema} } } } } } }`;
  const sent = (schema: string): string =>
    `/a: { post: { requestBody: { content: { application/json: { schema: ${schema} } } } } }`;

  it.each<[before: string, now: string, breaks: string | undefined]>([
    ['/a: { get: {} }', '/a: { get: {} }, /b: { get: {} }', undefined],
    ['/a: { get: {} }', '/a: { put: {} }', 'GET /a the operation was removed'],
    ['"/a/{x}": { get: {} }', '"/a/{y}": { get: {} }', undefined],
    [
      '/a: { get: {} }',
      '/a: { get: { parameters: [{ name: q, in: query, required: true }] } }',
      'the required parameter q was added',
    ],
    ['/a: { get: {} }', '/a: { get: { parameters: [{ name: q, in: query }] } }', undefined],
    [reply('{ properties: { a: {}, b: {} } }'), reply('{ properties: { a: {} } }'), undefined],
    [
      reply('{ required: [b], properties: { b: {} } }'),
      reply('{ properties: {} }'),
      'the required property b was removed',
    ],
    [reply('{ properties: { a: {} } }'), reply('{ properties: { a: {}, b: {} } }'), undefined],
    [reply('{ type: string }'), reply('{ type: integer }'), 'the type was changed from string to integer'],
    [
      reply('{ items: { type: string } }'),
      reply('{ items: { type: integer } }'),
      'the type was changed from string to integer',
    ],
    [sent('{ required: [a] }'), sent('{ required: [a, b] }'), 'the required property b was added'],
    [sent('{ properties: { a: {} } }'), sent('{ properties: {} }'), undefined],
    [
      '/a: { get: { responses: { "200": {} } } }',
      '/a: { get: { responses: { "204": {} } } }',
      'the success status 200 was removed',
    ],
  ])('of %s to %s', (before, now, breaks) => {
    const found = foundBy(ruleNamed('V04'), { text: version('1.1.0', now), earlier: version('1.0.0', before) });
    if (breaks === undefined) expect(found).toEqual([]);
    else expect(found.map(({ message }) => message)).toEqual([expect.stringContaining(breaks)]);
  });

  it.each([
    ['1.0.0', '2.0.0', 0],
    ['1.0.0', '1.0.0', 1],
    ['0.1.0', '0.2.0', 0],
    ['0.1.0', '0.1.1', 1],
    ['2026-01-01', '2026-02-01', 0],
    ['2026-01-01', '2026-01-01', 1],
    ['2.0.0', '1.0.0', 1],
  ])('lets what breaks pass from %s to %s, or not', (before, now, count) => {
    const given = { text: version(now, ''), earlier: version(before, '/a: { get: {} }') };
    expect(foundBy(ruleNamed('V04'), given)).toHaveLength(count);
  });
});
