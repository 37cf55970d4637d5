import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed, type Part } from './__fixtures__/found.ts';

type More = Omit<Part, 'text'>;
/** A part of a document, and `line pointer` of each finding; the first line of the part is the second of the document. */
type Case = readonly [text: string, found: readonly string[], more?: More];

const SECURED = 'security: [{ token: [] }]\n';
const OPEN_API_3_0 = 'openapi: 3.0.3\n';
const get = (operation: string, template = '/users'): string => `paths:\n  ${template}:\n    get: { ${operation} }\n`;
const post = (operation: string): string => `paths:\n  /users:\n    post: { ${operation} }\n`;
const scheme = (text: string): string => `components:\n  securitySchemes:\n    login: { ${text} }\n`;
const flow = (name: string, text: string, more = ''): string =>
  scheme(`type: oauth2, description: RFC 8725${more}, flows: { ${name}: { ${text} } }`);
const parameter = (text: string, template = '/users'): string => get(`parameters: [{ ${text} }]`, template);
const sent = (schema: string): string =>
  `paths:\n  /users:\n    post:\n      requestBody:\n        content:\n          application/json:\n            schema: ${schema}\n`;
const received = (schema: string, status = '"200"'): string =>
  `paths:\n  /users:\n    get:\n      responses:\n        ${status}:\n          content:\n            application/json:\n              schema: ${schema}\n`;
const servers = (...all: readonly string[]): string => `servers:\n${all.map((text) => `  - { ${text} }\n`).join('')}`;
const answering = (responses: string, more = ''): string =>
  `paths:\n  /users:\n    get:\n      ${more}\n      responses: { ${responses} }\n`;

const GET = '/paths/~1users/get';
const POST = '/paths/~1users/post';
const LOGIN = '/components/securitySchemes/login';
const SENT = '/paths/~1users/post/requestBody/content/application~1json/schema';
const RECEIVED = '/paths/~1users/get/responses/200/content/application~1json/schema';
const FAILED = '/paths/~1users/get/responses/500/content/application~1json/schema';
const EVERYWHERE: More = { options: { limits: 'everywhere' } };

/** What goes for arrays, texts and integers alike. */
function limits(type: string, bound: string, kept: readonly string[]): readonly Case[] {
  const open = `{ type: ${type} }`;
  const bounded = `{ type: ${type}, ${bound} }`;
  const component = (schema: string): string => `components:\n  schemas:\n    Thing: ${schema}\n`;
  return [
    [sent(open), [`8 ${SENT}`]],
    [sent(`{ properties: { a: ${open} } }`), [`8 ${SENT}/properties/a`]],
    [sent(`{ type: [${type}, "null"] }`), [`8 ${SENT}`]],
    [`${OPEN_API_3_0}${sent(`{ type: ${type}, nullable: true }`)}`, [`8 ${SENT}`]],
    [sent(`{ anyOf: [${bounded}, ${open}] }`), [`8 ${SENT}/anyOf/1`]],
    [sent(`{ maxItems: 2, type: array, items: ${open} }`), [`8 ${SENT}/items`]],
    [sent(`{ additionalProperties: ${open} }`), [`8 ${SENT}/additionalProperties`]],
    [`${sent('{ $ref: "#/components/schemas/Thing" }')}${component(open)}`, ['11 /components/schemas/Thing']],
    [parameter(`name: a, in: query, schema: ${open}`), [`4 ${GET}/parameters/0/schema`]],
    [
      parameter(`name: a, in: header, content: { a/b: { schema: ${open} } }`),
      [`4 ${GET}/parameters/0/content/a~1b/schema`],
    ],
    [
      `paths:\n  /users:\n    parameters: [{ name: a, in: query, schema: ${open} }]\n    get: {}\n`,
      ['4 /paths/~1users/parameters/0/schema'],
    ],
    [received(open), [`9 ${RECEIVED}`], EVERYWHERE],
    [component(open), ['4 /components/schemas/Thing'], EVERYWHERE],
    [sent(open), [`8 ${SENT}`], EVERYWHERE],
    [
      `webhooks:\n  made:\n    post: { requestBody: { content: { a/b: { schema: ${open} } } } }\n`,
      ['4 /webhooks/made/post/requestBody/content/a~1b/schema'],
      EVERYWHERE,
    ],
    [sent(bounded), []],
    [sent(`{ type: [${type}, "null"], ${bound} }`), []],
    [sent(`{ type: ${type}, enum: [] }`), []],
    [sent(`{ type: ${type}, const: 1 }`), []],
    [received(open), []],
    [received(bounded), [], EVERYWHERE],
    [component(open), []],
    [sent(`{ properties: { a: { type: ${type}, readOnly: true } } }`), []],
    [sent(`{ properties: { a: { readOnly: true, properties: { b: ${open} } } } }`), []],
    [sent(`{ ${bound}, not: ${open} }`), []],
    [sent(`{ if: { properties: { a: ${open} } } }`), []],
    [sent(`{ allOf: [${open}, { ${bound} }] }`), []],
    [sent(`{ ${bound}, allOf: [${open}] }`), []],
    [sent(`{ type: ${type}, oneOf: [{ ${bound} }, { const: 1 }] }`), []],
    [sent(`{ ${bound}, anyOf: [${open}, { type: "null" }] }`), []],
    [`${sent(`{ $ref: "#/components/schemas/Thing", ${bound} }`)}${component(open)}`, []],
    [`webhooks:\n  made:\n    post: { requestBody: { content: { a/b: { schema: ${open} } } } }\n`, []],
    [sent('{ type: boolean }'), []],
    [sent(`{ example: ${open}, x-a: ${open}, default: ${open} }`), []],
    ...kept.map((text): Case => [sent(text), []]),
  ];
}

describe.each<[string, readonly Case[]]>([
  [
    'S01',
    [
      [post(''), [`4 ${POST}`]],
      [`${SECURED}${post('security: []')}`, [`5 ${POST}`]],
      [`${SECURED}${post('security: [{ token: [] }, {}]')}`, [`5 ${POST}`]],
      [`security: []\n${post('')}`, [`5 ${POST}`]],
      [
        'paths:\n  /users:\n    put: {}\n    patch: {}\n    delete: {}\n',
        ['4 /paths/~1users/put', '5 /paths/~1users/patch', '6 /paths/~1users/delete'],
      ],
      [`x-public: true\n${post('')}`, [`5 ${POST}`]],
      [`${OPEN_API_3_0}${post('')}`, [`4 ${POST}`]],
      [`${SECURED}${post('')}`, []],
      [post('security: [{ token: [] }]'), []],
      [`security: []\n${post('security: [{ token: [] }]')}`, []],
      [post('security: [{ a: [] }, { b: [], c: [] }]'), []],
      [get(''), []],
      [post('x-public: true'), []],
      ['paths:\n  /login:\n    x-public: true\n    post: { security: [] }\n', []],
      ['paths:\n  /users: { options: {}, head: {}, trace: {} }\n', []],
      ['webhooks:\n  made: { post: {} }\n', []],
      [`${SECURED}${post('callbacks: { a: { "{$url}": { post: { security: [] } } } }')}`, []],
      ['paths:\n  x-later: { post: {} }\n', []],
    ],
  ],
  [
    'S02',
    [
      [get(''), [`4 ${GET}`]],
      [`${SECURED}${get('security: []')}`, [`5 ${GET}`]],
      [get('security: [{}]'), [`4 ${GET}`]],
      [get('x-public: false'), [`4 ${GET}`]],
      ['paths:\n  /users:\n    head: {}\n', ['4 /paths/~1users/head']],
      ['openapi: 3.2.0\npaths:\n  /users:\n    query: {}\n', ['4 /paths/~1users/query']],
      [`${SECURED}${get('')}`, []],
      [get('security: [{ token: [] }]'), []],
      [get('x-public: true'), []],
      ['paths:\n  /users:\n    x-public: true\n    get: {}\n', []],
      [`x-public: true\n${get('')}`, []],
      [`info: { x-public: true }\n${get('')}`, []],
      ['paths:\n  /users: { options: {}, trace: {} }\n', []],
      [`${SECURED}${post('security: []')}`, []],
      ['webhooks:\n  made: { get: {} }\n', []],
    ],
  ],
  [
    'S03',
    [
      [SECURED, ['2 /security/0/token']],
      [get('security: [{ token: [] }]'), [`4 ${GET}/security/0/token`]],
      [`${get('security: [{ login: [] }, { Login: [] }]')}${scheme('type: http')}`, [`4 ${GET}/security/1/Login`]],
      [
        `${get('security: [{ login: [read, write] }]')}${flow('clientCredentials', 'scopes: { read: a }')}`,
        [`4 ${GET}/security/0/login/1`],
      ],
      [`security: [{ login: [read] }]\n${flow('clientCredentials', 'scopes: {}')}`, ['2 /security/0/login/0']],
      ['webhooks:\n  made:\n    post: { security: [{ token: [] }] }\n', ['4 /webhooks/made/post/security/0/token']],
      [get('security: [{ toString: [] }]'), [`4 ${GET}/security/0/toString`]],
      [`${get('security: [{ login: [read] }]')}${flow('clientCredentials', 'scopes: { read: a }')}`, []],
      [
        `${get('security: [{ login: [b] }]')}${scheme('type: oauth2, flows: { implicit: { scopes: { a: a } }, password: { scopes: { b: b } } }')}`,
        [],
      ],
      [`${get('security: [{ login: [read] }]')}${scheme('type: openIdConnect')}`, []],
      [`${get('security: [{ login: [admin] }]')}${scheme('type: http')}`, []],
      [get('security: []'), []],
      [get('security: [{}]'), []],
      [
        `${get('security: [{ login: [] }]')}components:\n  securitySchemes:\n    login: { $ref: "#/components/securitySchemes/other" }\n    other: { type: http }\n`,
        [],
      ],
      [
        `${get('security: [{ login: [a] }]')}components: { securitySchemes: { login: { $ref: "other.yaml#/a" } } }\n`,
        [],
      ],
      ['openapi: 3.2.0\nsecurity: [{ "https://a.test/schemes#login": [] }]\n', []],
    ],
  ],
  [
    'S04',
    [
      [scheme('type: apiKey, in: query, name: key'), [`4 ${LOGIN}/in`]],
      [scheme('type: http, scheme: basic'), [`4 ${LOGIN}/scheme`]],
      [scheme('type: http, scheme: Basic'), [`4 ${LOGIN}/scheme`]],
      ...[
        'api_key',
        'apiKey',
        'api-key',
        'password',
        'newPassword',
        'token',
        'access_token',
        'client_secret',
        'Authorization',
        'jwt',
        'sessionToken',
      ].map((name): Case => [parameter(`name: ${name}, in: query`), [`4 ${GET}/parameters/0/name`]]),
      [parameter('name: token, in: path', '/users/{token}'), ['4 /paths/~1users~1{token}/get/parameters/0/name']],
      [
        `${parameter('$ref: "#/components/parameters/T"')}components:\n  parameters:\n    T: { name: access_token, in: query }\n`,
        ['7 /components/parameters/T/name'],
      ],
      [servers('url: "https://user:pass@api.shop.test"'), ['3 /servers/0/url']],
      [scheme('type: apiKey, in: header, name: X-API-Key'), []],
      [scheme('type: apiKey, in: cookie, name: session'), []],
      [scheme('type: http, scheme: bearer'), []],
      [scheme('type: mutualTLS'), []],
      ...[
        'page_token',
        'nextToken',
        'continuation_token',
        'token_type',
        'key',
        'secretary',
        'password_policy',
        'keyword',
        'sort_key',
        'monkey',
      ].map((name): Case => [parameter(`name: ${name}, in: query`), []]),
      [parameter('name: api_key, in: header'), []],
      [parameter('name: token, in: cookie'), []],
      [sent('{ properties: { password: { type: string } } }'), []],
      [servers('url: "https://api.shop.test:8443/a@b"'), []],
    ],
  ],
  [
    'S05',
    [
      [flow('implicit', ''), [`4 ${LOGIN}/flows/implicit`]],
      [flow('password', ''), [`4 ${LOGIN}/flows/password`]],
      [flow('accessCode', ''), [`4 ${LOGIN}/flows/accessCode`]],
      [scheme('type: http, scheme: Digest'), [`4 ${LOGIN}/scheme`]],
      [scheme('type: http, scheme: negotiate'), [`4 ${LOGIN}/scheme`]],
      [scheme('type: http, scheme: OAuth'), [`4 ${LOGIN}/scheme`]],
      [flow('clientCredentials', 'tokenUrl: http://login.shop.test'), [`4 ${LOGIN}/flows/clientCredentials/tokenUrl`]],
      [scheme('type: openIdConnect, openIdConnectUrl: http://login.shop.test'), [`4 ${LOGIN}/openIdConnectUrl`]],
      [flow('authorizationCode', 'authorizationUrl: https://a.test, tokenUrl: https://a.test'), []],
      [flow('clientCredentials', 'tokenUrl: /token'), []],
      [flow('deviceAuthorization', ''), []],
      [flow('x-own', ''), []],
      [flow('clientCredentials', 'tokenUrl: http://localhost:8080/token'), []],
      [scheme('type: http, scheme: bearer'), []],
      [scheme('type: http, scheme: dpop'), []],
      [scheme('type: apiKey, in: header, name: digest'), []],
    ],
  ],
  [
    'S06',
    [
      [scheme('type: http, scheme: bearer, bearerFormat: JWT'), [`4 ${LOGIN}`]],
      [scheme('type: http, scheme: bearer, bearerFormat: jwt, description: A token'), [`4 ${LOGIN}/description`]],
      [scheme('type: oauth2, flows: { clientCredentials: { refreshUrl: /a } }'), [`4 ${LOGIN}`]],
      [flow('clientCredentials', 'tokenUrl: https://a.test/token'), [`4 ${LOGIN}/flows/clientCredentials`]],
      [flow('authorizationCode', 'scopes: {}'), [`4 ${LOGIN}/flows/authorizationCode`]],
      [flow('authorizationCode', 'refreshUrl: ""'), [`4 ${LOGIN}/flows/authorizationCode`]],
      [scheme('type: oauth2, flows: { authorizationCode: {} }'), [`4 ${LOGIN}`, `4 ${LOGIN}/flows/authorizationCode`]],
      [scheme('type: http, scheme: bearer, bearerFormat: JWT, description: Checked by RFC8725'), []],
      [scheme('type: http, scheme: bearer'), []],
      [scheme('type: http, scheme: bearer, bearerFormat: opaque'), []],
      [scheme('type: apiKey, in: header, name: jwt'), []],
      [flow('authorizationCode', 'refreshUrl: https://a.test/token'), []],
      [flow('clientCredentials', 'tokenUrl: https://a.test/token', '; access tokens live for 300 seconds'), []],
      [flow('authorizationCode', 'scopes: {}', '; tokens expire after an hour'), []],
      [flow('authorizationCode', 'scopes: {}', ' and tokens of 15 minutes'), []],
      [scheme('type: openIdConnect'), []],
    ],
  ],
  [
    'S07',
    [
      [servers('url: "http://api.shop.test"'), ['3 /servers/0/url']],
      [servers('url: "https://api.shop.test"', 'url: "HTTP://api.shop.test"'), ['4 /servers/1/url']],
      [servers('url: "ws://api.shop.test"'), ['3 /servers/0/url']],
      [servers('url: "http://localhost.shop.test"'), ['3 /servers/0/url']],
      [servers('url: "{scheme}://api.shop.test", variables: { scheme: { default: http } }'), ['3 /servers/0/url']],
      [
        servers('url: "{scheme}://api.shop.test", variables: { scheme: { default: https, enum: [https, http] } }'),
        ['3 /servers/0/url'],
      ],
      [get('servers: [{ url: "http://api.shop.test" }]'), [`4 ${GET}/servers/0/url`]],
      [servers('url: "https://api.shop.test"'), []],
      [servers('url: /v1'), []],
      [servers('url: "//api.shop.test"'), []],
      [servers('url: "http://localhost:8080"'), []],
      [servers('url: "http://127.0.0.1"', 'url: "http://[::1]:80/a"', 'url: "ws://localhost"'), []],
      [servers('url: "https://{region}.shop.test", variables: { region: { default: http } }'), []],
      [servers('url: "{scheme}://api.shop.test", variables: { scheme: { default: https, enum: [https] } }'), []],
      [servers('url: "{scheme}://{host}", variables: { scheme: { default: http }, host: { default: localhost } }'), []],
      [servers('url: "wss://api.shop.test"'), []],
      [servers('url: "https://api.shop.test?next=http://a.test"'), []],
    ],
  ],
  [
    'S08',
    [
      [
        parameter('name: id, in: path, schema: { type: integer }', '/users/{id}'),
        ['4 /paths/~1users~1{id}/get/parameters/0/schema'],
      ],
      [
        parameter('name: user_id, in: query, schema: { type: integer, format: int64 }'),
        [`4 ${GET}/parameters/0/schema`],
      ],
      [parameter('name: userId, in: path, schema: { type: [integer, "null"] }'), [`4 ${GET}/parameters/0/schema`]],
      [parameter('name: user-id, in: path, schema: { type: number }'), [`4 ${GET}/parameters/0/schema`]],
      [
        parameter('name: userID, in: path, schema: { type: string, pattern: "^[0-9]+$" }'),
        [`4 ${GET}/parameters/0/schema`],
      ],
      [
        parameter('name: id, in: path, schema: { type: string, pattern: "^\\\\d{1,9}$" }'),
        [`4 ${GET}/parameters/0/schema`],
      ],
      [
        `paths:\n  /users:\n    parameters: [{ name: id, in: path, schema: { type: integer } }]\n    get: {}\n    put: {}\n`,
        ['4 /paths/~1users/parameters/0/schema'],
      ],
      [
        `${parameter('$ref: "#/components/parameters/I"')}components:\n  parameters:\n    I: { name: id, in: path, schema: { $ref: "#/components/schemas/N" } }\n  schemas: { N: { type: integer } }\n`,
        ['7 /components/parameters/I/schema'],
      ],
      [parameter('name: id, in: path, schema: { type: string, format: uuid }', '/users/{id}'), []],
      [parameter('name: id, in: path, schema: { type: string }', '/users/{id}'), []],
      [parameter('name: id, in: path, schema: { type: string, pattern: "^[0-9a-f]{32}$" }', '/users/{id}'), []],
      [parameter('name: page, in: query, schema: { type: integer }'), []],
      [parameter('name: paid, in: query, schema: { type: integer }'), []],
      [parameter('name: grid, in: query, schema: { type: integer }'), []],
      [parameter('name: trace-id, in: header, schema: { type: integer }'), []],
      [parameter('name: id, in: query, schema: { type: integer, enum: [1, 2] }'), []],
      ['webhooks: { made: { post: { parameters: [{ name: id, in: query, schema: { type: integer } }] } } }\n', []],
    ],
  ],
  [
    'S09',
    [
      [sent('{ type: object, properties: { a: {} } }'), [`8 ${SENT}`]],
      [sent('{ properties: { a: {} }, additionalProperties: true }'), [`8 ${SENT}`]],
      [sent('{ type: object }'), [`8 ${SENT}`]],
      [sent('{ type: object, additionalProperties: { type: string } }'), [`8 ${SENT}`]],
      [
        sent(
          '{ type: object, additionalProperties: false, properties: { a: { type: object, properties: { b: {} } } } }',
        ),
        [`8 ${SENT}/properties/a`],
      ],
      [sent('{ type: array, items: { type: [object, "null"], properties: { a: {} } } }'), [`8 ${SENT}/items`]],
      [sent('{ oneOf: [{ type: object, properties: { a: {} } }] }'), [`8 ${SENT}/oneOf/0`]],
      [sent('{ allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }'), [`8 ${SENT}`]],
      [
        `${OPEN_API_3_0}${sent('{ allOf: [{ $ref: "#/components/schemas/A" }] }')}components:\n  schemas:\n    A: { properties: { a: {} } }\n`,
        ['11 /components/schemas/A'],
      ],
      [sent('{ type: object, additionalProperties: false }'), []],
      [sent('{ type: object, unevaluatedProperties: false }'), []],
      [sent('{ type: object, additionalProperties: { type: string }, maxProperties: 9 }'), []],
      [sent('{ type: object, propertyNames: { enum: [a, b] } }'), []],
      [sent('{ unevaluatedProperties: false, allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }'), []],
      [`${OPEN_API_3_0}${sent('{ allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }')}`, []],
      [received('{ type: object, properties: { a: {} } }'), []],
      [sent('{ additionalProperties: false, properties: { a: { type: object, readOnly: true } } }'), []],
      [
        sent(
          '{ additionalProperties: false, if: { properties: { a: { const: 1 } } }, then: { properties: { b: {} } } }',
        ),
        [],
      ],
      [sent('{ type: string }'), []],
      ['components:\n  schemas:\n    A: { type: object, properties: { a: {} } }\n', []],
      [
        `${sent('{ $ref: "#/components/schemas/A" }')}  /other:\n    get: { responses: { "200": { content: { a/b: { schema: { allOf: [{ $ref: "#/components/schemas/A" }, { properties: { b: {} } }] } } } } } }\ncomponents:\n  schemas:\n    A: { properties: { a: {} } }\n`,
        ['13 /components/schemas/A'],
      ],
    ],
  ],
  [
    'S10',
    limits('array', 'maxItems: 9', [
      '{ type: array, prefixItems: [{}, {}], items: false }',
      '{ properties: { items: { type: boolean } } }',
    ]),
  ],
  [
    'S11',
    limits('string', 'maxLength: 9', [
      '{ type: string, format: uuid }',
      '{ type: string, pattern: "^a$" }',
      '{ type: string, x-extensible-enum: [a] }',
      '{ type: string, contentMediaType: image/png }',
      '{ maxItems: 1, items: { type: string, enum: [a] } }',
    ]),
  ],
  [
    'S12',
    [
      ...limits('integer', 'minimum: 1, maximum: 9', [
        '{ type: integer, exclusiveMinimum: 0, exclusiveMaximum: 9 }',
        '{ type: number }',
      ]),
      [sent('{ type: integer, minimum: 0 }'), [`8 ${SENT}`]],
      [sent('{ type: integer, maximum: 9 }'), [`8 ${SENT}`]],
      [sent('{ type: integer, format: int32 }'), [`8 ${SENT}`]],
      [`${OPEN_API_3_0}${sent('{ type: integer, exclusiveMinimum: true, maximum: 9 }')}`, [`8 ${SENT}`]],
      [`${OPEN_API_3_0}${sent('{ type: integer, minimum: 0, exclusiveMinimum: true, maximum: 9 }')}`, []],
    ],
  ],
  [
    'S13',
    [
      [answering('"200": {}'), [`6 ${GET}/responses`]],
      [get(''), [`4 ${GET}`]],
      [answering('"429": {}'), [`6 ${GET}/responses/429`, `6 ${GET}/responses/429`]],
      [answering('"429": { headers: { RateLimit: {} } }'), [`6 ${GET}/responses/429/headers`]],
      [answering('"429": { headers: { Retry-After: {} } }'), [`6 ${GET}/responses/429`]],
      [answering('default: {}'), [`6 ${GET}/responses`]],
      [answering('"200": {}, "5XX": {}'), [`6 ${GET}/responses`]],
      [
        `${answering('"429": { $ref: "#/components/responses/R" }')}components:\n  responses:\n    R: { headers: { RateLimit: {} } }\n`,
        ['9 /components/responses/R/headers'],
      ],
      [answering('"429": { headers: { Retry-After: {}, RateLimit-Policy: {} } }'), []],
      [answering('"429": { headers: { retry-after: {}, x-ratelimit-limit: {} } }'), []],
      [answering('"200": { headers: { RateLimit: {} } }, "429": { headers: { Retry-After: {} } }'), []],
      [answering('"4XX": {}'), []],
      [answering('default: { headers: { Retry-After: {} } }'), []],
      ['paths: { /users: { options: { responses: {} }, trace: { responses: {} } } }\n', []],
      ['webhooks: { made: { post: { responses: { "200": {} } } } }\n', []],
      [
        `${answering('"429": { $ref: "#/components/responses/R" }')}components:\n  responses:\n    R: { headers: { Retry-After: { $ref: "#/components/headers/A" }, RateLimit: {} } }\n`,
        [],
      ],
    ],
  ],
  [
    'S14',
    [
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin/users:\n    get: {}\n`, ['6 /paths/~1admin~1users/get']],
      [`${SECURED}paths:\n  /v1/Admin: { get: {} }\n  /users: { get: {} }\n`, ['4 /paths/~1v1~1Admin/get']],
      [
        `${SECURED}paths:\n  /users: { get: { security: [{ token: [read] }] } }\n  /admin: { get: {} }\n`,
        ['5 /paths/~1admin/get'],
      ],
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin: { get: { security: [] } }\n`, ['5 /paths/~1admin/get']],
      [
        `${SECURED}paths:\n  /users: { get: {} }\n  /admin: { get: { security: [{ staff: [] }, { token: [] }] } }\n`,
        ['5 /paths/~1admin/get/security/1'],
      ],
      [
        'paths:\n  /users: { get: { security: [{ a: [] }, { b: [x, y] }] } }\n  /admin: { get: { security: [{ b: [y, x] }] } }\n',
        ['4 /paths/~1admin/get/security/0'],
      ],
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin: { get: { security: [{ token: [admin] }] } }\n`, []],
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin: { get: { security: [{ staff: [] }] } }\n`, []],
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin: { get: { security: [{ token: [], second: [] }] } }\n`, []],
      [`${SECURED}paths:\n  /users: { get: { security: [] } }\n  /admin: { get: {} }\n`, []],
      [`${SECURED}paths:\n  /admin: { get: {} }\n  /admin/users: { get: {} }\n`, []],
      [
        `${SECURED}paths:\n  /users: { get: {} }\n  /badminton: { get: {} }\n  "/users/{admin}": { get: {} }\n  /administrative-areas: { get: {} }\n`,
        [],
      ],
      [`${SECURED}paths:\n  /users: { get: {} }\n  /admin: { options: {} }\nwebhooks: { /admin: { post: {} } }\n`, []],
    ],
  ],
  [
    'S15',
    [
      [parameter('name: url, in: query, schema: { type: string }'), [`4 ${GET}/parameters/0/name`]],
      [parameter('name: redirectUri, in: query'), [`4 ${GET}/parameters/0/name`]],
      [parameter('name: target, in: query, schema: { type: string, format: uri }'), [`4 ${GET}/parameters/0/name`]],
      [
        parameter('name: image_urls, in: query, schema: { type: array, items: { type: string } }'),
        [`4 ${GET}/parameters/0/name`],
      ],
      [sent('{ properties: { webhook_url: { type: string } } }'), [`8 ${SENT}/properties/webhook_url`]],
      [
        sent('{ properties: { target: { $ref: "#/components/schemas/U" } } }') +
          'components: { schemas: { U: { type: string, format: uri } } }\n',
        [`8 ${SENT}/properties/target`],
      ],
      [
        sent('{ properties: { a: { properties: { callback: { type: [string, "null"] } } } } }'),
        [`8 ${SENT}/properties/a/properties/callback`],
      ],
      ...['callback', 'callback_url', 'callback-url', 'callbackURL', 'redirect', 'source.uri', 'URL'].map(
        (name): Case => [parameter(`name: ${name}, in: query`), [`4 ${GET}/parameters/0/name`]],
      ),
      ...['hook_id', 'not-a-redirect', 'hourly', 'curl', 'uri_template_id', 'callback_id', 'Muriel'].map(
        (name): Case => [parameter(`name: ${name}, in: query`), []],
      ),
      [parameter('name: curl, in: query'), []],
      [parameter('name: url, in: query, schema: { type: string, enum: [a] }'), []],
      [parameter('name: is_redirect, in: query, schema: { type: boolean }'), []],
      [received('{ properties: { url: { type: string, format: uri } } }'), []],
      [sent('{ properties: { url: { type: string, readOnly: true } } }'), []],
      [sent('{ properties: { callback: { type: object } } }'), []],
      ['webhooks: { made: { post: { parameters: [{ name: url, in: query }] } } }\n', []],
    ],
  ],
  [
    'S16',
    [
      [answering('"200": {}'), [`6 ${GET}/responses`]],
      [`${SECURED}${answering('"200": {}, "500": {}')}`, [`7 ${GET}/responses`, `7 ${GET}/responses`]],
      [`${SECURED}${answering('"401": {}, "500": {}')}`, [`7 ${GET}/responses`]],
      [answering('"500": {}', 'parameters: [{ name: a, in: query }]'), [`6 ${GET}/responses`]],
      [
        `paths:\n  /users:\n    parameters: [{ name: a, in: query }]\n    get:\n      responses: { "500": {} }\n`,
        [`6 ${GET}/responses`],
      ],
      [post('requestBody: {}, responses: { "503": {} }'), [`4 ${POST}/responses`]],
      [answering('"500": {}'), []],
      [answering('"5XX": {}'), []],
      [`${SECURED}${answering('default: {}')}`, []],
      [`${SECURED}${answering('"4xx": {}, "503": {}', 'parameters: [{ name: a, in: query }]')}`, []],
      [`${SECURED}${answering('"500": {}', 'security: []')}`, []],
      [`${SECURED}${answering('"500": {}', 'security: [{}]')}`, []],
      [answering('"422": {}, "500": {}', 'parameters: [{ name: a, in: query }]'), []],
      ['paths: { /users: { options: { responses: {} } } }\nwebhooks: { made: { post: { responses: {} } } }\n', []],
    ],
  ],
  [
    'S17',
    [
      [servers('url: "https://a.test"'), ['3 /servers/0', '3 /servers/0']],
      [servers('url: "https://a.test", description: Production'), ['3 /servers/0']],
      [
        `info: { x-audience: partner }\n${servers('url: "https://a.test", description: Main server')}`,
        ['4 /servers/0/description'],
      ],
      [
        `info: { x-audience: partner }\n${servers('url: "https://a.test", description: Live', 'url: "https://b.test"')}`,
        ['5 /servers/1'],
      ],
      [get('servers: [{ url: /a, x-environment: test }]'), [`4 ${GET}/servers/0`]],
      [`info: { x-audience: partner }\n${servers('url: "https://a.test", description: Production')}`, []],
      [servers('url: "https://a.test", x-internal: false, description: The staging system'), []],
      [servers('url: "https://a.test", x-audience: public, x-environment: prod'), []],
      [`info: { x-audience: partner }\n${servers('url: "http://localhost:80"')}`, []],
      [
        `info: { x-audience: partner }\n${servers('url: "https://{env}.a.test", variables: { env: { default: prod } }')}`,
        [],
      ],
      [get(''), []],
    ],
  ],
  [
    'S18',
    [
      [received('{ properties: { stack: {} } }', '"500"'), [`9 ${FAILED}/properties/stack`]],
      [received('{ properties: { stackTrace: { type: array } } }', '"500"'), [`9 ${FAILED}/properties/stackTrace`]],
      [
        received('{ properties: { error: { properties: { stack_trace: {} } } } }', '"500"'),
        [`9 ${FAILED}/properties/error/properties/stack_trace`],
      ],
      [
        received('{ allOf: [{}, { properties: { exception: {} } }] }', '"500"'),
        [`9 ${FAILED}/allOf/1/properties/exception`],
      ],
      [
        received('{ properties: { info: { type: string, description: The stack trace of the fault } } }', '"500"'),
        [`9 ${FAILED}/properties/info`],
      ],
      [
        received('{ properties: { trace: { type: string } } }', 'default'),
        [`9 ${FAILED.replace('500', 'default')}/properties/trace`],
      ],
      [
        `${received('{ $ref: "#/components/schemas/E" }', '4XX')}components:\n  schemas:\n    E:\n      properties:\n        debug_info: {}\n`,
        ['14 /components/schemas/E/properties/debug_info'],
      ],
      [
        `${answering('"400": { $ref: "#/components/responses/E" }')}components:\n  responses:\n    E: { content: { a/b: { schema: { items: { properties: { traceback: {} } } } } } }\n`,
        ['9 /components/responses/E/content/a~1b/schema/items/properties/traceback'],
      ],
      ...['trace_id', 'traceId', 'detail', 'tech_stack', 'haystack', 'exception_id', 'debugger'].map((name): Case => [
        received(`{ properties: { ${name}: { type: string } } }`, '"500"'),
        [],
      ]),
      [
        answering('"500": { content: { a/b: { example: { detail: "Error: x\\n    at run (/srv/app.js:10:5)" } } } }'),
        [`6 ${GET}/responses/500/content/a~1b/example`],
      ],
      [
        answering('"500": { content: { a/b: { examples: { e: { value: "Traceback (most recent call last):" } } } } }'),
        [`6 ${GET}/responses/500/content/a~1b/examples/e/value`],
      ],
      [answering('"500": { content: { a/b: { example: { detail: "Meet us at noon (room 5:10)" } } } }'), []],
      [answering('"200": { content: { a/b: { example: "Traceback (most recent call last):" } } }'), []],
      [received('{ properties: { stack: {} } }'), []],
      [received('{ properties: { debug: { type: boolean } } }', '"500"'), []],
      [received('{ properties: { detail: { description: "Never a stack trace" } } }', '"500"'), []],
      [received('{ properties: { trace: { type: string, format: uuid } } }', '"500"'), []],
      [sent('{ properties: { stack: {} } }'), []],
      [received('{ type: object, not: { required: [stack] } }', '"500"'), []],
    ],
  ],
  [
    'S19',
    [
      ...[
        'emails',
        'workEmail',
        'phone_no',
        'phone_numbers',
        'billing_address',
        'passportNumber',
        'surname',
        'taxId',
      ].map((name): Case => [sent(`{ properties: { ${name}: { type: string } } }`), [`8 ${SENT}/properties/${name}`]]),
      ...[
        'ip_address',
        'address_type',
        'phone_count',
        'first_named_at',
        'e',
        'mailbox',
        'debit',
        'sname',
        'businesses',
      ].map((name): Case => [sent(`{ properties: { ${name}: { type: string } } }`), []]),
      [sent('{ properties: { email: { type: string } } }'), [`8 ${SENT}/properties/email`]],
      [
        received('{ properties: { customerEmail: { type: string }, firstName: {} } }'),
        [`9 ${RECEIVED}/properties/customerEmail`, `9 ${RECEIVED}/properties/firstName`],
      ],
      [
        received('{ items: { properties: { date_of_birth: { type: string, format: date } } } }'),
        [`9 ${RECEIVED}/items/properties/date_of_birth`],
      ],
      [
        sent('{ properties: { phone: { $ref: "#/components/schemas/P" } } }') +
          'components: { schemas: { P: { type: string } } }\n',
        [`8 ${SENT}/properties/phone`],
      ],
      [sent('{ properties: { phone_type: {}, ssn: { type: [string, "null"] } } }'), [`8 ${SENT}/properties/ssn`]],
      [parameter('name: email, in: query'), [`4 ${GET}/parameters/0`]],
      [
        'webhooks: { made: { post: { requestBody: { content: { a/b: { schema: { properties: { iban: {} } } } } } } } }\n',
        ['2 /webhooks/made/post/requestBody/content/a~1b/schema/properties/iban'],
      ],
      [sent('{ properties: { email: { type: string, x-data-class: personal } } }'), []],
      [sent('{ x-data-class: personal, properties: { email: { type: string } } }'), []],
      [
        sent('{ properties: { email: { $ref: "#/components/schemas/E" } } }') +
          'components: { schemas: { E: { type: string, x-data-class: personal } } }\n',
        [],
      ],
      [
        sent('{ properties: { email: { $ref: "#/components/schemas/E", x-data-class: none } } }') +
          'components: { schemas: { E: { type: string } } }\n',
        [],
      ],
      [sent('{ properties: { email_verified: { type: boolean }, phone: { type: boolean }, email_template: {} } }'), []],
      [sent('{ properties: { file_name: {}, last_named: {}, telephone_type: {}, name: {}, host_name: {} } }'), []],
      ['components: { schemas: { User: { properties: { email: {} } } } }\n', []],
      [parameter('name: email, in: query, schema: { type: string, x-data-class: personal }'), []],
      [parameter('name: email, in: query, x-data-class: personal'), []],
    ],
  ],
  [
    'S20',
    [
      [`${SECURED}${get('')}`, [`5 ${GET}`], { enforced: { all: [] } }],
      [get(''), [`4 ${GET}`], { enforced: { all: ['jwt'] } }],
      [`${SECURED}${get('security: []')}`, [`5 ${GET}`], { enforced: { operations: { 'GET /users': ['key'] } } }],
      [`${SECURED}${get('')}`, [`5 ${GET}`], { enforced: { all: ['jwt'], operations: { 'GET /users': [] } } }],
      [get('security: [{ token: [] }, {}]'), [`4 ${GET}`], { enforced: { all: ['jwt'] } }],
      [`${SECURED}${get('')}`, []],
      [get(''), []],
      [`${SECURED}${get('')}`, [], { enforced: { all: ['jwt'] } }],
      [get('x-public: true'), [], { enforced: { all: [] } }],
      [`${SECURED}${get('')}`, [], { enforced: {} }],
      [`${SECURED}${get('')}`, [], { enforced: { operations: { 'GET /other': [] } } }],
      [`${SECURED}webhooks: { made: { post: {} } }\n`, [], { enforced: { all: [] } }],
      ['paths: { __proto__: { get: {} } }\n', [], { enforced: { operations: {} } }],
    ],
  ],
])('%s', (id, cases) => {
  it.each(cases.map((one) => [one[0], one[1].length > 0 ? 'found' : 'fine', one] as const))(
    '%s is %s',
    (_, __, [text, expected, more = {}]) => {
      const found = foundBy(ruleNamed(id), { text, ...more });
      expect(found.map(({ line, path }) => `${line} ${path}`).toSorted()).toEqual(expected.toSorted());
    },
  );
});
