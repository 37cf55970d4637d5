import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed, type Part } from './__fixtures__/found.ts';

type More = Omit<Part, 'text'>;
/** A part of a document, and `line pointer` of each finding; the first line of the part is the second of the document. */
type Case = readonly [text: string, found: readonly string[], more?: More];

const OPEN_API_3_0 = 'openapi: 3.0.3\n';
const operation = (text: string, method = 'get', template = '/users'): string =>
  `paths:\n  "${template}":\n    ${method}: { ${text} }\n`;
const answers = (responses: string, method = 'get', template = '/users'): string =>
  operation(`responses: { ${responses} }`, method, template);
const body = (type: string, schema: string): string => `content: { ${type}: { schema: ${schema} } }`;
const parameter = (text: string): string => operation(`parameters: [{ ${text} }]`);
const schemas = (...all: readonly string[]): string =>
  `components:\n  schemas:\n${all.map((text) => `    ${text}\n`).join('')}`;
const GET = '/paths/~1users/get';
const POST = '/paths/~1users/post';
const PATCH = '/paths/~1users/patch';
const JSON_BODY = 'content/application~1json/schema';
const ONE = '/paths/~1users~1{id}';
const MADE = '"201": { headers: { Location: {} } }';

describe.each<[string, readonly Case[]]>([
  [
    'C02',
    [
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`, 'get', '/user'), ['3 /paths/~1user']],
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`, 'get', '/users'), []],
      [
        answers(
          `"200": { ${body('application/json', '{ properties: { items: { type: array } } }')} }`,
          'get',
          '/inbox',
        ),
        [],
      ],
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`, 'get', '/search'), []],
      ['webhooks: { "/user/{id}": { post: {} } }\n', []],
    ],
  ],
  [
    'C06',
    [
      [operation('', 'get', '/users/{id}'), [`4 ${ONE}/get`]],
      [
        operation('parameters: [{ name: ID, in: path, required: true }]', 'get', '/users/{id}'),
        [`4 ${ONE}/get`, `4 ${ONE}/get/parameters/0`],
      ],
      [
        operation('parameters: [{ name: id, in: path, required: false }]', 'get', '/users/{id}'),
        [`4 ${ONE}/get/parameters/0`],
      ],
      [operation('parameters: [{ name: id, in: query }]', 'get', '/users/{id}'), [`4 ${ONE}/get`]],
      [
        `${operation('parameters: [{ $ref: "#/components/parameters/I" }]')}  "/users/{id}": { get: { parameters: [{ $ref: "#/components/parameters/I" }] } }\ncomponents: { parameters: { I: { name: id, in: path, required: true } } }\n`,
        [`4 ${GET}/parameters/0`],
      ],
      [
        'paths:\n  /a:\n    parameters: [{ name: id, in: path, required: true }]\n    get: {}\n    put: {}\n',
        ['4 /paths/~1a/parameters/0'],
      ],
      ['paths:\n  "/users/{id}":\n    parameters: [{ name: id, in: path, required: true }]\n    get: {}\n', []],
      [operation('parameters: [{ name: id, in: path, required: true }]', 'get', '/users/{id}:reset'), []],
      [
        operation(
          'parameters: [{ name: a, in: path, required: true }, { name: b, in: path, required: true }]',
          'get',
          '/x/{a}-{b}.json',
        ),
        [],
      ],
      ['paths: { "/users/{id}": {} }\n', []],
      ['webhooks: { "{made}": { post: {} } }\n', []],
      [operation('callbacks: { a: { "{$request.body#/url}": { post: {} } } }', 'post'), []],
    ],
  ],
  [
    'C10',
    [
      ...['TenantId', 'tenantId', 'X-Total-Count', 'tenant_id', 'Api Key'].map((name): Case => [
        parameter(`name: "${name}", in: header`),
        [`4 ${GET}/parameters/0/name`],
      ]),
      [answers('"200": { headers: { X-Total: {} } }'), [`4 ${GET}/responses/200/headers/X-Total`]],
      ...[
        'RateLimit-Policy',
        'Sec-WebSocket-Key',
        'X-RateLimit-Limit',
        'X-Rate-Limit-Limit',
        'x-csrf-token',
        'WWW-Authenticate',
        'TE',
        'Content-MD5',
        'Sec-CH-UA',
        'OData-Version',
        'OpenAI-Organization',
      ].map((name): Case => [parameter(`name: ${name}, in: header`), []]),
      [parameter('name: X-Tenant, in: query'), []],
      [
        'components: { headers: { X-Total: {} }, securitySchemes: { a: { type: apiKey, in: header, name: X-API-Key } } }\n',
        [],
      ],
    ],
  ],
  [
    'C11',
    [
      ...['list', 'get', 'Delete'].map((id): Case => [operation(`operationId: ${id}`), [`4 ${GET}/operationId`]]),
      ['paths:\n  /a:\n    head: {}\n    options: {}\n', ['4 /paths/~1a/head', '5 /paths/~1a/options']],
      [
        'webhooks: { a: { post: { operationId: getA } } }\npaths:\n  /a: { get: { operationId: getA } }\n',
        ['2 /webhooks/a/post/operationId'],
      ],
      [operation('operationId: login'), []],
      [operation('operationId: getUser, callbacks: { a: { "{$url}": { post: {} } } }'), []],
      [
        'paths:\n  /a: { $ref: "#/components/pathItems/A" }\n  /b: { $ref: "#/components/pathItems/A" }\ncomponents: { pathItems: { A: { get: { operationId: getA } } } }\n',
        [],
      ],
    ],
  ],
  [
    'C12',
    [
      [schemas('S: { type: string, not: { enum: [a, B_c] } }'), []],
      [parameter('name: a, in: query, schema: { type: string, enum: [a, a] }'), [`4 ${GET}/parameters/0/schema/enum`]],
      [`${OPEN_API_3_0}${schemas('S: { type: string, nullable: true, enum: [a, null] }')}`, []],
    ],
  ],
  [
    'C14',
    [
      [schemas('S: { type: integer }'), ['4 /components/schemas/S']],
      [schemas('S: { properties: { a: { type: number } } }'), ['4 /components/schemas/S/properties/a']],
      [schemas('S: { type: array, items: { type: [integer, "null"] } }'), ['4 /components/schemas/S/items']],
      [parameter('name: a, in: query, schema: { type: integer, minimum: 1 }'), [`4 ${GET}/parameters/0/schema`]],
      [schemas('S: { type: integer, format: int64 }'), []],
      [schemas('S: { type: number, format: decimal }'), []],
      [schemas('S: { type: integer, const: 1 }'), []],
      [schemas('S: { format: int32, not: { type: integer } }'), []],
      [schemas('S: { type: object, example: { type: integer }, x-a: { type: integer } }'), []],
    ],
  ],
  [
    'C16',
    [
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`), [`4 ${GET}/responses/200/${JSON_BODY}`]],
      [answers(`"200": { ${body('application/json', '{ type: string }')} }`), [`4 ${GET}/responses/200/${JSON_BODY}`]],
      [
        operation(`requestBody: { ${body('application/json', '{ type: [array, "null"] }')} }`, 'post'),
        [`4 ${POST}/requestBody/${JSON_BODY}`],
      ],
      [
        `${answers(`"200": { ${body('application/json', '{ $ref: "#/components/schemas/A" }')} }`)}${schemas('A: { items: {} }')}`,
        [`4 ${GET}/responses/200/${JSON_BODY}`],
      ],
      [
        answers(`"200": { ${body('"application/json; charset=utf-8"', '{ type: array }')} }`),
        [`4 ${GET}/responses/200/${JSON_BODY.replace('json/', 'json; charset=utf-8/')}`],
      ],
      [answers(`"200": { ${body('application/json', '{ type: object }')} }`), []],
      [answers(`"200": { ${body('application/json', '{ allOf: [{}] }')} }`), []],
      [
        answers(`"200": { ${body('application/json', '{ oneOf: [{ type: array }, { type: string }] }')} }`),
        [`4 ${GET}/responses/200/${JSON_BODY}`],
      ],
      [answers(`"200": { ${body('application/json', '{ oneOf: [{ type: array }, { type: object }] }')} }`), []],
      [answers(`"200": { ${body('application/jsonl', '{ type: array }')} }`), []],
      [answers(`"200": { ${body('text/plain', '{ type: string }')} }`), []],
      [operation(`requestBody: { ${body('application/json-patch+json', '{ type: array }')} }`, 'patch'), []],
      [parameter('name: a, in: query, content: { application/json: { schema: { type: array } } }'), []],
      [answers('"204": {}'), []],
    ],
  ],
  [
    'C17',
    [
      ...['page[number]', '$skip', 'startAt', 'scroll_id', 'pageNum'].map((name): Case => [
        operation(
          `parameters: [{ name: "${name}", in: query }], responses: { "200": { ${body('application/json', '{ type: array }')} } }`,
        ),
        [],
      ]),
      ...['limit', 'page_size', 'page[size]', '$top'].map((name): Case => [
        operation(
          `parameters: [{ name: "${name}", in: query }], responses: { "200": { ${body('application/json', '{ type: array }')} } }`,
        ),
        [`4 ${GET}`],
      ]),
      [answers(`"2XX": { ${body('application/json', '{ type: array }')} }`), [`4 ${GET}`]],
      [
        answers(`"200": { ${body('application/json', '{ allOf: [{ properties: { data: { type: array } } }] }')} }`),
        [`4 ${GET}`],
      ],
      [answers(`"200": { headers: { Link: {} }, ${body('application/json', '{ type: array }')} }`), []],
      [
        'paths:\n  /users:\n    parameters: [{ name: cursor, in: query }]\n    get: { responses: { "200": { content: { application/json: { schema: { type: array } } } } } }\n',
        [],
      ],
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`, 'get', '/users/{id}'), []],
    ],
  ],
  [
    'C18',
    [
      [operation('requestBody: { content: {} }'), [`4 ${GET}/requestBody`]],
      [
        operation('requestBody: { $ref: "#/components/requestBodies/B" }', 'head'),
        ['4 /paths/~1users/head/requestBody'],
      ],
      [operation('requestBody: {}', 'trace'), ['4 /paths/~1users/trace/requestBody']],
      [operation('requestBody: {}', 'delete'), ['4 /paths/~1users/delete/requestBody']],
      [operation('requestBody: {}', 'post'), []],
      [operation('requestBody: {}', 'put'), []],
      [operation('requestBody: {}', 'patch'), []],
      [operation('requestBody: {}', 'options'), []],
      [`openapi: 3.2.0\n${operation('requestBody: {}', 'query')}`, []],
      [operation('', 'delete'), []],
      [operation('x-requestBody: {}'), []],
    ],
  ],
  [
    'C19',
    [
      [answers('"201": {}', 'post'), [`4 ${POST}/responses/201`]],
      [answers('"200": {}', 'post') + '  "/users/{id}": {}\n', [`4 ${POST}/responses`]],
      [answers('"204": { content: { a/b: {} } }', 'delete'), ['4 /paths/~1users/delete/responses/204']],
      [answers('"202": {}', 'delete'), ['4 /paths/~1users/delete/responses/202']],
      [answers('"205": { content: { a/b: {} } }'), [`4 ${GET}/responses/205`]],
      [answers('"201": { headers: { LOCATION: {} } }', 'post'), []],
      [answers('"202": { content: { a/b: {} } }', 'post'), []],
      [answers('"2XX": {}', 'post') + '  "/users/{id}": {}\n', []],
      [answers('"303": {}', 'post') + '  "/users/{id}": {}\n', []],
      [answers('default: {}', 'post') + '  "/users/{id}": {}\n', []],
      [answers('"204": {}', 'post', '/users/{id}:reset'), []],
      [
        `${answers('"201": { $ref: "#/components/responses/M" }', 'post')}components: { responses: { M: { headers: { Location: {} } } } }\n`,
        [],
      ],
      ['webhooks: { made: { post: { responses: { "201": {} } } } }\n', []],
    ],
  ],
  [
    'C20',
    [
      [answers('"404": { content: { application/json: {} } }'), [`4 ${GET}/responses/404`]],
      [answers('"4XX": {}'), [`4 ${GET}/responses/4XX`]],
      [
        answers('"500": { content: { text/html: {} } }, "503": {}'),
        [`4 ${GET}/responses/500`, `4 ${GET}/responses/503`],
      ],
      [
        `${answers('"400": { $ref: "#/components/responses/E" }')}components:\n  responses:\n    E: { content: { application/json: {} } }\n`,
        ['7 /components/responses/E'],
      ],
      [answers('"404": { content: { Application/Problem+JSON: {} } }'), []],
      [answers('"404": { content: { application/json: {}, application/problem+json: {} } }'), []],
      [answers('default: { content: { application/problem+json: {} } }'), []],
      [answers('"200": { content: { application/json: {} } }, "302": {}'), []],
      ['webhooks: { made: { post: { responses: { "400": {} } } } }\n', []],
      ['components: { responses: { E: { content: { application/json: {} } } } }\n', []],
      [answers('"x-404": {}'), []],
    ],
  ],
  [
    'C21',
    [
      [answers('"200": {}'), [`4 ${GET}/responses`]],
      [answers('"404": {}'), [`4 ${GET}/responses`]],
      [answers('default: {}'), [`4 ${GET}/responses`]],
      [operation(''), [`4 ${GET}`, `4 ${GET}`]],
      [answers('"200": {}, "500": {}'), [`4 ${GET}/responses`]],
      [answers('"200": {}, "404": {}'), []],
      [answers('"2xx": {}, "4xx": {}'), []],
      [answers('"301": {}, default: {}'), []],
      [answers('"101": {}, "400": {}'), []],
      [answers('"204": {}', 'options'), []],
      [
        operation(
          `responses: { "200": {}, "400": {} }, callbacks: { a: { "{$url}": { post: { responses: { "200": {} } } } } }`,
        ),
        [],
      ],
    ],
  ],
  [
    'C22',
    [
      [schemas('S: { type: [boolean, "null"] }'), ['4 /components/schemas/S']],
      [
        schemas('S: { oneOf: [{ $ref: "#/components/schemas/A" }, { type: "null" }] }', 'A: { type: array }'),
        ['4 /components/schemas/S'],
      ],
      [`${OPEN_API_3_0}${schemas('S: { type: array, nullable: true }')}`, ['4 /components/schemas/S']],
      [
        `${OPEN_API_3_0}${schemas('S: { nullable: true, allOf: [{ $ref: "#/components/schemas/A" }] }', 'A: { type: boolean }')}`,
        ['4 /components/schemas/S'],
      ],
      [schemas('S: { type: boolean }'), []],
      [schemas('S: { type: [array, string] }'), []],
      [schemas('S: { type: [object, "null"] }'), []],
      [`${OPEN_API_3_0}${schemas('S: { type: boolean, nullable: false }')}`, []],
      [`${OPEN_API_3_0}${schemas('S: { nullable: true, allOf: [{ type: object }] }')}`, []],
    ],
  ],
  [
    'C23',
    [
      [parameter('name: a, in: query, schema: { type: array }'), [`4 ${GET}/parameters/0`]],
      [parameter('name: a, in: query, style: form, schema: { type: array }'), [`4 ${GET}/parameters/0`]],
      [parameter('name: a, in: header, explode: false, schema: { type: [array, "null"] }'), [`4 ${GET}/parameters/0`]],
      [
        `${parameter('$ref: "#/components/parameters/A"')}components:\n  parameters:\n    A: { name: a, in: query, schema: { $ref: "#/components/schemas/L" } }\n  schemas: { L: { type: array } }\n`,
        ['7 /components/parameters/A'],
      ],
      [
        'paths:\n  /a:\n    parameters: [{ name: a, in: query, schema: { items: {} } }]\n',
        ['4 /paths/~1a/parameters/0'],
      ],
      [parameter('name: a, in: query, style: form, explode: false, schema: { type: array }'), []],
      [parameter('name: a, in: query, schema: { type: string }'), []],
      [parameter('name: a, in: query, content: { application/json: { schema: { type: array } } }'), []],
      [parameter('name: a, in: query, schema: { type: object, properties: { b: { type: array } } }'), []],
      [answers(`"200": { ${body('application/json', '{ type: array }')} }`), []],
      [answers('"200": { headers: { A: { schema: { type: array } } } }'), []],
    ],
  ],
  [
    'C24',
    [
      [operation(`requestBody: { content: { application/json: {} } }`, 'patch'), [`4 ${PATCH}/requestBody/content`]],
      [
        operation(`requestBody: { content: { "application/json; charset=utf-8": {} } }`, 'patch'),
        [`4 ${PATCH}/requestBody/content`],
      ],
      [
        operation(`requestBody: { content: { multipart/form-data: {}, text/plain: {} } }`, 'patch'),
        [`4 ${PATCH}/requestBody/content`],
      ],
      [
        `${operation('requestBody: { $ref: "#/components/requestBodies/B" }', 'patch')}components:\n  requestBodies:\n    B:\n      content: { application/json: {} }\n`,
        ['8 /components/requestBodies/B/content'],
      ],
      [operation(`requestBody: { content: { application/merge-patch+json: {} } }`, 'patch'), []],
      [operation(`requestBody: { content: { application/json-patch+json: {} } }`, 'patch'), []],
      [operation(`requestBody: { content: { application/json: {}, Application/Merge-Patch+JSON: {} } }`, 'patch'), []],
      [operation(`requestBody: { content: { application/json: {} } }`, 'put'), []],
      [operation(`requestBody: { content: { application/xml-patch+xml: {} } }`, 'patch'), []],
      [operation('', 'patch'), []],
    ],
  ],
  [
    'C25',
    [
      [answers(MADE, 'post'), [`4 ${POST}`]],
      [operation('operationId: createUser', 'post'), [`4 ${POST}`]],
      [operation('', 'post') + '  "/users/{id}": {}\n', [`4 ${POST}`]],
      [operation(`parameters: [{ name: key, in: header }], responses: { ${MADE} }`, 'post'), [`4 ${POST}`]],
      [operation(`parameters: [{ name: idempotency-key, in: header }], responses: { ${MADE} }`, 'post'), []],
      [
        `${operation(`parameters: [{ $ref: "#/components/parameters/K" }], responses: { ${MADE} }`, 'post')}components: { parameters: { K: { name: Idempotency-Key, in: header } } }\n`,
        [],
      ],
      [
        `paths:\n  /users:\n    parameters: [{ name: Idempotency-Key, in: header }]\n    post: { responses: { ${MADE} } }\n`,
        [],
      ],
      [answers('"200": {}', 'post', '/search'), []],
      [answers(MADE, 'put', '/users/{id}'), []],
      [answers('"204": {}', 'post', '/users/{id}:reset'), []],
      ['webhooks: { made: { post: { operationId: createUser } } }\n', []],
    ],
  ],
  [
    'C26',
    [
      [`${operation('')}${schemas('A: {}')}`, ['7 /components/schemas/A']],
      [
        `${operation('')}${schemas('A: { properties: { a: { $ref: "#/components/schemas/A" } } }')}`,
        ['7 /components/schemas/A'],
      ],
      [answers('"200": { $ref: "#/components/responses/No" }'), [`4 ${GET}/responses/200/$ref`]],
      [parameter('$ref: "#/components/parameters/No"'), [`4 ${GET}/parameters/0/$ref`]],
      [
        `${operation('')}components:\n  parameters: { P: { name: a, in: query } }\n  examples: { E: {} }\n`,
        ['6 /components/parameters/P', '7 /components/examples/E'],
      ],
      [
        answers('"200": { content: { a/b: { schema: { items: { $ref: "#/definitions/A" } } } } }'),
        [`4 ${GET}/responses/200/content/a~1b/schema/items/$ref`],
      ],
      [
        `${answers('"200": { content: { a/b: { schema: { $ref: "#/components/schemas/A" } } } }')}${schemas('A: { items: { $ref: "#/components/schemas/B" } }', 'B: {}')}`,
        [],
      ],
      [
        `${answers('"200": { content: { a/b: { schema: { $ref: "#/components/schemas/a~1%62" } } } }')}${schemas('a/b: {}')}`,
        [],
      ],
      [answers('"200": { content: { a/b: { schema: { $ref: "other.yaml#/A" } } } }'), []],
      [answers('"200": { content: { a/b: { example: { $ref: "#/nowhere" } } } }'), []],
      [`${operation('')}components: { securitySchemes: { a: { type: http } } }\n`, []],
      [answers('"200": { content: { a/b: { schema: { properties: { $ref: { type: string } } } } } }'), []],
      [
        `webhooks: { made: { post: { requestBody: { $ref: "#/components/requestBodies/B" } } } }\ncomponents: { requestBodies: { B: {} } }\n`,
        [],
      ],
      [schemas('A: {}'), []],
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
