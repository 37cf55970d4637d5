import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed } from './__fixtures__/found.ts';
import { PACKS } from './packs.ts';
import { ruleOf } from './rules.ts';

/** A part of a document, and where something is found in it. */
type Case = readonly [text: string, paths: readonly string[]];

const S = '/components/schemas/S';
const schema = (text: string, openapi = '3.1.0'): string =>
  `openapi: ${openapi}\ncomponents: { schemas: { S: ${text} } }`;
const reply = (media: string, status = '200'): string =>
  `paths: { /a: { get: { responses: { "${status}": { content: { ${media} } } } } } }`;
const at = (rest: string, status = '200'): string => `/paths/~1a/get/responses/${status}/content/${rest}`;
const sent = (media: string): string => `paths: { /a: { post: { requestBody: { content: { ${media} } } } } }`;
const parameter = (text: string): string => `paths: { /a: { get: { parameters: [${text}] } } }`;
const P = '/paths/~1a/get/parameters/0';
const many = (count: number): string =>
  Array.from({ length: count }, (_, n) => `{ name: p${n}, in: query }`).join(', ');
const JSON_REPLY = at('application~1json');

const TABLES: Readonly<Record<string, readonly Case[]>> = {
  D01: [
    ['paths: {}', ['/info', '/info']],
    ['info: { title: Users, description: Short. }', ['/info/description']],
    [`info: { title: "  ", description: ${'x'.repeat(80)} }`, ['/info']],
    [`info: { title: Users, description: ${'x'.repeat(79)} }`, ['/info/description']],
    [`info: { title: Users, description: ${'x'.repeat(80)} }`, []],
    [`info: { title: Users, summary: Short, description: "${'word '.repeat(20)}" }`, []],
  ],
  D02: [
    ['info: { title: a }', ['/info']],
    ['info: { contact: {} }', ['/info/contact']],
    ['info: { contact: { name: Team } }', ['/info/contact']],
    ['info: { contact: { email: a@b.test } }', ['/info/contact']],
    ['info: { contact: { name: Team, email: a@b.test } }', []],
    ['info: { contact: { name: Team, url: "https://a.test" } }', []],
  ],
  D03: [
    ['info: { title: a }', ['/info']],
    ['info: { termsOfService: "" }', ['/info']],
    ['info: { license: { name: MIT } }', []],
    ['info: { termsOfService: "https://a.test/terms" }', []],
  ],
  D04: [
    ['paths: {}', ['']],
    ['servers: []', ['']],
    ['servers: [{ url: "https://api.example.com" }]', ['/servers/0/url']],
    ['servers: [{ url: "https://example.org/v1", description: Production }]', ['/servers/0/url']],
    ['servers: [{ url: "https://api.shop.test" }]', ['/servers/0']],
    ['servers: [{ url: "https://api.shop.test", description: Production }]', []],
    ['servers: [{ url: "https://api.shop.test", x-environment: production }]', []],
    ['servers: [{ url: "https://example.com.shop.test", description: Test }]', []],
    ['servers: [{ url: "/v1", description: Wherever it is }]', []],
  ],
  D05: [
    ['paths: { /a: { get: {} } }', ['/paths/~1a/get']],
    ['paths: { /a: { get: { summary: "" } } }', ['/paths/~1a/get']],
    ['paths: { /a: { get: { summary: Lists. } } }', ['/paths/~1a/get/summary']],
    [`paths: { /a: { get: { summary: ${'x'.repeat(61)} } } }`, ['/paths/~1a/get/summary']],
    [`paths: { /a: { get: { summary: ${'x'.repeat(60)} } } }`, []],
    ['paths: { /a: { get: { summary: "List v1.2 users" } } }', []],
    ['paths: { /a: { summary: Of the path., get: { summary: List } } }', []],
  ],
  D06: [
    ['paths: { /a: { get: { summary: List } } }', ['/paths/~1a/get']],
    ['paths: { /a: { get: { description: " " } } }', ['/paths/~1a/get']],
    ['paths: { /a: { description: Of the path, get: {} } }', ['/paths/~1a/get']],
    ['paths: { /a: { get: { description: All of them. } } }', []],
  ],
  D07: [
    ['paths: { /a: { get: {} } }', ['/paths/~1a/get']],
    ['paths: { /a: { get: { tags: [a] } } }', ['/paths/~1a/get/tags/0']],
    ['tags: [{ name: a }]\npaths: { /a: { get: { tags: [a] } } }', ['/tags/0']],
    [
      'tags: [{ name: a, description: A }, { name: b, description: B }]\npaths: { /a: { get: { tags: [a, b] } } }',
      ['/paths/~1a/get'],
    ],
    ['tags: [{ name: a, description: A }]\npaths: { /a: { get: { tags: [a] } } }', []],
    ['tags: [{ name: unused, description: U }]\npaths: {}', []],
  ],
  D08: [
    [parameter('{ name: q, in: query }'), [P]],
    [parameter('{ name: q, in: query, description: "" }'), [P]],
    [
      sent('application/json: { schema: { properties: { a: {} } } }'),
      ['/paths/~1a/post/requestBody/content/application~1json/schema/properties/a'],
    ],
    [
      reply('application/json: { schema: { properties: { a: { type: string } } } }'),
      [`${JSON_REPLY}/schema/properties/a`],
    ],
    [parameter('{ name: q, in: query, description: Part of a name. }'), []],
    [reply('application/json: { schema: { properties: { a: { title: Name } } } }'), []],
    [schema('{ properties: { a: {} } }'), []],
    [reply('application/json: { schema: { properties: { a: { $ref: "#/components/schemas/S" } } } }'), []],
  ],
  D11: [
    [
      'paths: { /a: { get: { description: Returns what was asked for. }, put: { description: Returns what was asked for. } }, /b: { get: { description: Returns what was asked for. } } }',
      ['/paths/~1a/get/description', '/paths/~1a/put/description', '/paths/~1b/get/description'],
    ],
    [
      'paths: { /a: { get: { description: Returns what was asked for. }, put: { description: Returns what was asked for. } } }',
      [],
    ],
    ['paths: { /a: { get: { description: Same }, put: { description: Same }, post: { description: Same } } }', []],
    ['paths: { /a: { get: {}, put: {}, post: {} } }', []],
  ],
  D12: [
    ['info: { description: "a <script>alert(1)</script>" }', ['/info/description']],
    ['paths: { /a: { get: { description: "[x](javascript:alert(1))" } } }', ['/paths/~1a/get/description']],
    ['tags: [{ name: a, description: "<img src=x onerror=alert(1)>" }]', ['/tags/0/description']],
    [schema('{ description: "eval(code)" }'), [`${S}/description`]],
    [parameter('{ name: q, in: query, description: "<iframe src=x>" }'), [`${P}/description`]],
    ['info: { description: "[x](https://a.test) and *stress* and `code`" }', []],
    ['info: { description: "a medieval (old) town" }', []],
    ['info: { description: "describes scripts and objects" }', []],
    ['info: { description: "if a < b and c > d, on = off" }', []],
  ],
  D09: [
    [reply('application/json: { schema: { type: object } }'), [JSON_REPLY]],
    [reply('application/json: {}'), [JSON_REPLY]],
    [reply('application/json: { schema: { properties: { a: { example: 1 }, b: { type: string } } } }'), [JSON_REPLY]],
    [sent('application/json: { schema: { type: string } }'), ['/paths/~1a/post/requestBody/content/application~1json']],
    [reply('application/vnd.a+json: { schema: { items: { type: string } } }'), [at('application~1vnd.a+json')]],
    [reply('application/json: { schema: { type: string } }', '2XX'), [at('application~1json', '2XX')]],
    [
      'paths: { /a: { get: { responses: { "200": { $ref: "#/components/responses/R" } } } } }\ncomponents: { responses: { R: { content: { application/json: {} } } } }',
      ['/components/responses/R/content/application~1json'],
    ],
    [reply('application/json: { example: {} }'), []],
    [reply('application/json: { example: null }'), []],
    [reply('application/json: { examples: { one: { value: 1 } } }'), []],
    [reply('application/json: { schema: { example: 1 } }'), []],
    [reply('application/json: { schema: { examples: [1] } }'), []],
    [reply('application/json: { schema: { properties: { a: { example: 1 }, b: { type: boolean } } } }'), []],
    [reply('application/json: { schema: { type: array, items: { enum: [a, b] } } }'), []],
    [
      reply(
        'application/json: { schema: { allOf: [{ properties: { a: { example: 1 } } }, { properties: { b: { const: 2 } } }] } }',
      ),
      [],
    ],
    [reply('application/json: { schema: { oneOf: [{ type: string }, { example: 1 }] } }'), []],
    [
      `${reply('application/json: { schema: { $ref: "#/components/schemas/S" } }')}\n${schema('{ example: 1 }').split('\n')[1]}`,
      [],
    ],
    [reply('application/octet-stream: { schema: { type: string } }'), []],
    [reply('text/csv: {}'), []],
    [reply('application/problem+json: {}', '404'), []],
    [reply('application/json: {}', 'default'), []],
    ['paths: { /a: { delete: { responses: { "204": {} } } } }', []],
    [
      'paths: { /a: { get: { responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/N" } } } } } } } }\ncomponents: { schemas: { N: { properties: { v: { example: 1 }, next: { $ref: "#/components/schemas/N" } } } } }',
      [],
    ],
  ],
  D10: [
    [schema('{ type: integer, example: ten }'), [`${S}/example`]],
    [schema('{ type: integer, default: ten }'), [`${S}/default`]],
    [schema('{ type: integer, examples: [1, x, 3] }'), [`${S}/examples/1`]],
    [schema('{ type: object, required: [a], example: {} }'), [`${S}/example`]],
    [schema('{ type: object, properties: { a: { type: string } }, example: { a: 1 } }'), [`${S}/example`]],
    [schema('{ type: object, additionalProperties: false, example: { a: 1 } }'), [`${S}/example`]],
    [schema('{ enum: [a, b], default: c }'), [`${S}/default`]],
    [schema('{ type: string, maxLength: 2, example: abc }'), [`${S}/example`]],
    [schema('{ type: string, pattern: "^a", example: ba }'), [`${S}/example`]],
    [schema('{ type: string, format: date, example: yesterday }'), [`${S}/example`]],
    [schema('{ minimum: 3, exclusiveMinimum: true, example: 3 }', '3.0.3'), [`${S}/example`]],
    [schema('{ type: string, example: null }', '3.0.3'), [`${S}/example`]],
    [schema('{ oneOf: [{ type: string }, { type: integer }], example: true }'), [`${S}/example`]],
    [reply('application/json: { schema: { type: array }, example: {} }'), [`${JSON_REPLY}/example`]],
    [
      reply('application/json: { schema: { type: string }, examples: { one: { value: a }, two: { value: 2 } } }'),
      [`${JSON_REPLY}/examples/two/value`],
    ],
    [parameter('{ name: q, in: query, schema: { type: integer }, example: x }'), [`${P}/example`]],
    [
      `${reply('application/json: { schema: { type: string }, examples: { one: { $ref: "#/components/examples/E" } } }')}\ncomponents: { examples: { E: { value: 2 } } }`,
      ['/components/examples/E/value'],
    ],
    [
      `${reply('application/json: { schema: { $ref: "#/components/schemas/S" }, example: { a: { b: 1 } } }')}\ncomponents: { schemas: { S: { properties: { a: { properties: { b: { type: string } } } } } } }`,
      [`${JSON_REPLY}/example`],
    ],
    [schema('{ type: integer, example: 10, default: 0, examples: [1, 2] }'), []],
    [schema('{ type: number, example: 1 }'), []],
    [schema('{ type: [string, "null"], example: null }'), []],
    [schema('{ type: string, nullable: true, example: null }', '3.0.3'), []],
    [schema('{ type: string, format: something-of-ours, example: x }'), []],
    [schema('{ type: string, pattern: "(?<=a)b", example: x }'), []],
    [schema('{ type: integr, example: x }'), []],
    [schema('{ properties: { example: { type: integer }, default: { type: integer } } }'), []],
    [schema('{ type: object, required: [id], properties: { id: { type: string, readOnly: true } }, example: {} }'), []],
    [schema('{ type: object, required: [p], properties: { p: { type: string, writeOnly: true } }, example: {} }'), []],
    [schema('{ $ref: "#/components/schemas/S", example: 1 }'), []],
    [schema('{ $ref: "other.yaml#/S", example: 1 }'), []],
    [schema('{ allOf: [{ $ref: "#/components/schemas/S" }], example: 1 }'), []],
    [reply('application/xml: { schema: { type: object }, example: "<a/>" }'), []],
    [reply('application/json: { schema: { type: string }, examples: { one: { externalValue: "./a.json" } } }'), []],
    [reply('application/json: { example: anything }'), []],
    [parameter('{ name: q, in: query, schema: { type: array, items: { type: string } }, example: [a, b] }'), []],
    [schema('{ x-example: ten, type: integer }'), []],
  ],
  D13: [
    [reply('application/problem+json: {}', '404'), [at('application~1problem+json', '404')]],
    [
      reply('application/problem+json: { schema: { properties: { type: { type: string } } } }', '404'),
      [at('application~1problem+json', '404')],
    ],
    [
      reply('application/problem+json: { schema: { properties: { type: { default: "about:blank" } } } }', '404'),
      [at('application~1problem+json', '404')],
    ],
    [
      reply('application/problem+json: { example: { type: "about:blank" } }', '4XX'),
      [at('application~1problem+json', '4XX')],
    ],
    [reply('application/problem+json: { example: { title: Gone } }', '500'), [at('application~1problem+json', '500')]],
    [reply('application/problem+json: { example: { type: "https://a.test/gone" } }', '404'), []],
    [reply('application/problem+json: { examples: { a: { value: { type: "urn:gone" } } } }', '404'), []],
    [reply('application/problem+json: { schema: { properties: { type: { const: "urn:gone" } } } }', '404'), []],
    [
      reply(
        'application/problem+json: { schema: { properties: { type: { enum: ["about:blank", "urn:gone"] } } } }',
        '404',
      ),
      [],
    ],
    [
      reply(
        'application/problem+json: { schema: { allOf: [{}, { properties: { type: { examples: ["urn:gone"] } } }] } }',
        '404',
      ),
      [],
    ],
    [
      'paths: { /a: { get: { responses: { "404": { x-problem-types: ["urn:gone"], content: { application/problem+json: {} } } } } } }',
      [],
    ],
    [reply('application/json: {}', '404'), []],
    [reply('application/problem+json: {}', '200'), []],
  ],
  D14: [
    [parameter('{ name: type, in: query }'), [P]],
    [parameter('{ name: data, in: query, description: What there is. }'), [P]],
    [parameter('{ name: id, in: path }'), [P]],
    [parameter('{ name: value, in: header }'), [P]],
    [`paths: { /a: { get: { parameters: [${many(9)}] } } }`, ['/paths/~1a/get/parameters']],
    [`paths: { /a: { parameters: [${many(9)}], get: {}, put: {} } }`, ['/paths/~1a/parameters']],
    [`paths: { /a: { parameters: [${many(9)}], get: { parameters: [] } } }`, ['/paths/~1a/parameters']],
    [
      `paths: { /a: { $ref: "#/components/pathItems/A" } }\ncomponents: { pathItems: { A: { parameters: [${many(9)}], get: {} } } }`,
      ['/components/pathItems/A/parameters'],
    ],
    [
      `paths: { /a: { parameters: [${many(8)}], get: { parameters: [{ name: q, in: query }] }, put: {} } }`,
      ['/paths/~1a/get/parameters'],
    ],
    [
      `paths: { /a: { parameters: [${many(9)}], get: { parameters: [{ name: q, in: query }] }, put: {} } }`,
      ['/paths/~1a/parameters'],
    ],
    [`webhooks: { a: { parameters: [${many(9)}], post: {} } }`, ['/webhooks/a/parameters']],
    [
      sent('application/json: { schema: { oneOf: [{ properties: {} }, { properties: {} }] } }'),
      ['/paths/~1a/post/requestBody/content/application~1json/schema/oneOf'],
    ],
    [
      reply('application/json: { schema: { anyOf: [{ properties: {} }, { properties: {} }] } }'),
      [`${JSON_REPLY}/schema/anyOf`],
    ],
    [reply('text/plain: {}', '404'), ['/paths/~1a/get/responses/404']],
    ['paths: { /a: { get: { responses: { "404": { description: Gone } } } } }', ['/paths/~1a/get/responses/404']],
    [
      sent(`application/json: { schema: ${'{ properties: { a: '.repeat(6)}{}${' } }'.repeat(6)} }`),
      ['/paths/~1a/post/requestBody'],
    ],
    [
      sent(`application/json: { schema: ${'{ items: { allOf: [ '.repeat(6)}{}${' ] } }'.repeat(6)} }`),
      ['/paths/~1a/post/requestBody'],
    ],
    [
      sent(`application/json: { schema: ${'{ additionalProperties: '.repeat(6)}{}${' }'.repeat(6)} }`),
      ['/paths/~1a/post/requestBody'],
    ],
    [
      reply(`application/json: { schema: ${'{ items: '.repeat(6)}{}${' }'.repeat(6)} }`),
      ['/paths/~1a/get/responses/200'],
    ],
    [parameter('{ name: account_type, in: query }'), []],
    [parameter('{ name: id, in: path, description: Of the user. }'), []],
    [parameter('{ name: name, in: query }'), []],
    [`paths: { /a: { get: { parameters: [${many(8)}] } } }`, []],
    [`paths: { /a: { parameters: [${many(8)}], get: {} } }`, []],
    [`paths: { /a: { parameters: [${many(8)}], get: { parameters: [{ name: p0, in: query }] } } }`, []],
    [`paths: { /a: { parameters: [${many(9)}] } }`, []],
    [
      sent(
        'application/json: { schema: { oneOf: [{ properties: {} }, { properties: {} }], discriminator: { propertyName: kind } } }',
      ),
      [],
    ],
    [sent('application/json: { schema: { oneOf: [{ type: string }, { properties: {} }] } }'), []],
    [schema('{ oneOf: [{ properties: {} }, { properties: {} }] }'), []],
    [sent(`application/json: { schema: ${'{ properties: { a: '.repeat(5)}{}${' } }'.repeat(5)} }`), []],
    [sent(`application/json: { schema: ${'{ allOf: [ '.repeat(20)}{}${' ] }'.repeat(20)} }`), []],
    [
      'paths: { /a: { post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/N" } } } } } } }\ncomponents: { schemas: { N: { properties: { next: { $ref: "#/components/schemas/N" } } } } }',
      [],
    ],
    [reply('application/problem+json: { schema: { type: object } }', '404'), []],
    [reply('text/plain: {}', '500'), []],
    ['webhooks: { a: { post: { responses: { "404": { description: Gone } } } } }', []],
  ],
};

describe.each(Object.entries(TABLES))('%s', (id, cases) => {
  it.each(cases.map((one) => [one[0], one[1].length > 0 ? 'found' : 'fine', one[1]] as const))(
    '%s is %s',
    (text, _, paths) => {
      expect(foundBy(ruleNamed(id), { text }).map(({ path }) => path)).toEqual(paths);
    },
  );
});

it('every rule that a pack names is there', () => {
  const named = Object.values(PACKS).flatMap(({ rules }) => Object.keys(rules));
  const missing = new Set(named.filter((id) => ruleOf(id) === undefined));
  expect([...missing]).toEqual([]);
});

it('a finding says what does not fit, and on which line', () => {
  const text =
    'openapi: 3.1.0\ncomponents:\n  schemas:\n    User:\n      properties:\n        age: { type: integer }\n      example:\n        age: ten\n';
  const [finding] = foundBy(ruleNamed('D10'), { text });
  expect(finding).toMatchObject({
    rule: 'D10',
    severity: 'error',
    message: 'the example does not fit its schema: `/age` must be integer',
    path: '/components/schemas/User/example',
    line: 7,
    column: 7,
  });
});
