import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed, type Part } from './__fixtures__/found.ts';

type More = Omit<Part, 'text'>;
/** A part of a document, and `line pointer` of each finding; the first line of the part is the second of the document. */
type Case = readonly [text: string, found: readonly string[], more?: More];

const OPEN_API_3_0 = 'openapi: 3.0.3\n';
const OPEN_API_3_2 = 'openapi: 3.2.0\n';
const get = (operation: string): string => `paths:\n  /users:\n    get: { ${operation} }\n`;
const post = (operation: string): string => `paths:\n  /users:\n    post: { ${operation} }\n`;
const servers = (...all: readonly string[]): string => `servers:\n${all.map((text) => `  - { ${text} }\n`).join('')}`;
const media = (...types: readonly string[]): string =>
  get(`responses: { "200": { content: { ${types.map((type) => `"${type}": {}`).join(', ')} } } }`);
const parameter = (name: string, place = 'header'): string => get(`parameters: [{ name: ${name}, in: ${place} }]`);
const received = (schema: string): string =>
  get(`responses: { "200": { content: { application/json: { schema: ${schema} } } } }`);
const sent = (schema: string): string => post(`requestBody: { content: { application/json: { schema: ${schema} } } }`);
const called = (operation: string): string =>
  post(`callbacks: { done: { "{$request.body#/url}": { post: { ${operation} } } } }`);
const told = (operation: string): string => `webhooks:\n  made:\n    post: { ${operation} }\n`;
const schemas = (...all: readonly string[]): string =>
  `components:\n  schemas:\n${all.map((text) => `    ${text}\n`).join('')}`;
const ref = (name: string): string => `{ $ref: "#/components/schemas/${name}" }`;

const PATH = 'paths: { /users: {} }\n';
const GET = '/paths/~1users/get';
const POST = '/paths/~1users/post';
const MADE = '/webhooks/made/post';
const CALLED = `${POST}/callbacks/done/{$request.body#~1url}/post`;
const RECEIVED = `${GET}/responses/200/content/application~1json/schema`;
const BODY = 'requestBody/content/application~1json/schema';
const earlier = (text: string): More => ({ earlier: text });

const NO_LOCATOR = 'info: { title: Users }\n';
const SOON = 'x-sunset: 2026-06-20';
const LATER = 'x-sunset: 2027-06-01';
const EVEN_LATER = 'x-sunset: 2028-06-01';
const shared = (sunset: string): string =>
  `paths: { /users: { $ref: "#/components/pathItems/U" } }\ncomponents:\n  pathItems:\n    U: { get: { ${sunset} } }\n`;

const ENUM = '{ type: string, enum: [open, closed] }';
const EXTENSIBLE = '{ type: string, x-extensible-enum: [open, closed] }';
const CLOSED = '{ type: object, additionalProperties: false }';
const BOTH = 'headers: { Deprecation: {}, Sunset: {} }';
const deprecated = (responses: string): string => get(`deprecated: true, responses: { ${responses} }`);
const dead = 'deprecated: true, operationId: listUsers';
const link = (target: string): string => `responses: { "201": { links: { all: { ${target} } } } }`;
const BY_ID = link('operationId: listUsers');
const BY_REF = link('operationRef: "#/paths/~1users/get"');
const LINK = `${POST}/responses/201/links/all`;
const linked = (by: string, target = dead): string =>
  `paths:\n  /users:\n    get: { ${target} }\n    post: { ${by} }\n`;

describe.each<[string, readonly Case[]]>([
  [
    'V02',
    [
      [`${NO_LOCATOR}${PATH}`, ['2 /info']],
      [`${OPEN_API_3_0}${NO_LOCATOR}${PATH}`, ['2 /info']],
      [`${NO_LOCATOR}${servers('url: "https://10.0.0.1:8080/users"')}${PATH}`, ['2 /info']],
      [`${servers('url: /v1')}paths:\n  /v1/users: {}\n`, ['5 /paths/~1v1~1users']],
      [`${servers('url: /v1', 'url: "https://h.test/v2"')}${PATH}`, ['4 /servers/1/url']],
      [`${servers('url: "https://v1.h.test"', 'url: "https://v2.h.test"')}${PATH}`, ['4 /servers/1/url']],
      [
        `${servers('url: "https://h.test/{base}", variables: { base: { default: v1 } }', 'url: /v2')}${PATH}`,
        ['4 /servers/1/url'],
      ],
      ['paths:\n  /v1/users: {}\n  /v2/users: {}\n', ['4 /paths/~1v2~1users']],
      [
        'paths:\n  /v1/a: { $ref: "#/components/pathItems/A" }\n  /v2/a: { $ref: "#/components/pathItems/A" }\ncomponents: { pathItems: { A: {} } }\n',
        ['4 /paths/~1v2~1a'],
      ],
      [`${servers('url: /v1')}${parameter('Api-Version')}`, [`6 ${GET}/parameters/0`]],
      [`${servers('url: /v1')}${parameter('X-Acme-Api-Version')}`, [`6 ${GET}/parameters/0`]],
      [`${servers('url: /v1')}${parameter('api-version', 'query')}`, [`6 ${GET}/parameters/0`]],
      [
        `${servers('url: /v1')}paths:\n  /users:\n    parameters: [{ name: Accept-Version, in: header }]\n    get: {}\n    put: {}\n`,
        ['6 /paths/~1users/parameters/0'],
      ],
      [
        `${servers('url: /v1')}${get('parameters: [{ $ref: "#/components/parameters/V" }]')}components:\n  parameters:\n    V: { name: Api-Version, in: header }\n`,
        ['9 /components/parameters/V'],
      ],
      [
        `${servers('url: /v1')}${media('application/vnd.acme.v2+json')}`,
        [`6 ${GET}/responses/200/content/application~1vnd.acme.v2+json`],
      ],
      [
        `${servers('url: /v1')}${media('application/json; version=2')}`,
        [`6 ${GET}/responses/200/content/application~1json; version=2`],
      ],
      [
        `${servers('url: /v1')}${media('application/json;v=2.0')}`,
        [`6 ${GET}/responses/200/content/application~1json;v=2.0`],
      ],
      [
        `${servers('url: /v1')}${media('application/vnd.acme.user-v2+json')}`,
        [`6 ${GET}/responses/200/content/application~1vnd.acme.user-v2+json`],
      ],
      [
        `${servers('url: /v1')}${post('requestBody: { content: { application/vnd.acme.v1+json: {} } }')}`,
        [`6 ${POST}/requestBody/content/application~1vnd.acme.v1+json`],
      ],
      [`${servers('url: /v1')}${get('servers: [{ url: "https://old.test/v2" }]')}`, [`6 ${GET}/servers/0/url`]],
      [`${servers('url: /v1', 'url: "https://h.test/v1/"')}${PATH}`, []],
      [`${servers('url: /v1.0', 'url: "https://h.test/v1.1"')}${PATH}`, []],
      [`${servers('url: "https://v1.h.test/"')}${PATH}`, []],
      [`${servers('url: "https://h.test/{version}", variables: { version: { default: current } }')}${PATH}`, []],
      [`${servers('url: "https://h.test/{base}", variables: { base: { default: v1 } }')}${PATH}`, []],
      [`${servers('url: "https://h.test/{base}", variables: { base: { default: api/v1 } }')}${PATH}`, []],
      [
        `${servers('url: /v1', 'url: "https://h.test/{apiVersion}", variables: { apiVersion: { default: v1 } }')}${PATH}`,
        [],
      ],
      [
        `${servers('url: "https://h.test/{version}", variables: { version: { default: current } }', 'url: /v1')}${PATH}`,
        [],
      ],
      ['paths: { /v1/users: {}, /v1/teams: {}, /health: {} }\n', []],
      ['paths: { /V1/users: {}, /v1/teams: {} }\n', []],
      [parameter('api-version', 'query'), []],
      [`${OPEN_API_3_0}${parameter('X-Version')}`, []],
      [
        'paths:\n  /a: { get: { parameters: [{ name: Api-Version, in: header }] } }\n  /b: { get: { parameters: [{ name: api-version, in: header }] } }\n',
        [],
      ],
      [media('application/vnd.acme.v1+json'), []],
      [media('application/vnd.acme.v1+json', 'application/vnd.acme.v2+json'), []],
      [media('application/json;version=1', 'application/json;version=2'), []],
      [`${servers('url: /v1')}${parameter('version', 'query')}`, []],
      [`${servers('url: /v1')}${parameter('OData-Version')}`, []],
      [`${servers('url: /v1')}${parameter('Sec-WebSocket-Version')}`, []],
      [`${servers('url: /v1')}${media('text/plain; version=0.0.4')}`, []],
      [`${servers('url: /v1')}${media('application/openmetrics-text; version=1.0.0')}`, []],
      [`${servers('url: /v1')}${media('application/vnd.oai.openapi+json;version=3.0')}`, []],
      [`${servers('url: /v1')}${get('responses: { "200": { headers: { API-Version: {} } } }')}`, []],
      [`${servers('url: /v1')}components: { parameters: { V: { name: Api-Version, in: header } } }\n`, []],
      [`${servers('url: /v1')}${told('parameters: [{ name: Api-Version, in: header }]')}`, []],
      [`${servers('url: /v1')}${told('requestBody: { content: { application/vnd.acme.v2+json: {} } }')}`, []],
      [`${servers('url: /v1')}${called('parameters: [{ name: Api-Version, in: header }]')}`, []],
      [`${servers('url: /v1')}${called('servers: [{ url: "https://yours.test/v3" }]')}`, []],
      ['webhooks: { v2/made: { post: {} } }\n', []],
      ['paths: {}\n', []],
      [`${servers('url: /v1, x-mirror: /v2')}paths: { x-v2/a: {}, /a: { x-api-version: 2 } }\n`, []],
    ],
  ],
  [
    'V06',
    [
      [get(SOON), [`4 ${GET}/x-sunset`]],
      [`${OPEN_API_3_0}${get(SOON)}`, [`4 ${GET}/x-sunset`]],
      [get('x-sunset: 2020-01-01'), [`4 ${GET}/x-sunset`]],
      [get('x-sunset: "2026-08-29T23:59:59Z"'), [`4 ${GET}/x-sunset`]],
      [get(`${SOON}, x-stability-level: beta`), [`4 ${GET}/x-sunset`]],
      [get(SOON), [`4 ${GET}/x-sunset`], { options: { graceDays: { draft: 0, alpha: 0, beta: 0, stable: 20 } } }],
      [get('x-sunset: 2027-06-01, x-deprecated-at: 2027-05-01'), [`4 ${GET}/x-sunset`]],
      [get(`${SOON}, x-deprecated-since: "1.4.0"`), [`4 ${GET}/x-sunset`]],
      [`paths:\n  /users:\n    ${SOON}\n    get: {}\n    put: {}\n`, ['4 /paths/~1users/x-sunset']],
      [`info: { ${SOON} }\n${get('')}`, ['2 /info/x-sunset']],
      [`${SOON}\n${get('')}`, ['2 /x-sunset']],
      [shared(SOON), ['5 /components/pathItems/U/get/x-sunset']],
      [told(SOON), [`4 ${MADE}/x-sunset`]],
      [
        `${OPEN_API_3_2}paths:\n  /users:\n    additionalOperations: { COPY: { ${SOON} } }\n`,
        ['4 /paths/~1users/additionalOperations/COPY/x-sunset'],
      ],
      [get(LATER), [`4 ${GET}/x-sunset`], earlier(get(EVEN_LATER))],
      [get(`${LATER}, x-stability-level: alpha`), [`4 ${GET}/x-sunset`], earlier(get(EVEN_LATER))],
      [get(LATER), [`4 ${GET}/x-sunset`], earlier(shared(EVEN_LATER))],
      [shared(LATER), ['5 /components/pathItems/U/get/x-sunset'], earlier(get(EVEN_LATER))],
      [get(LATER), [`4 ${GET}/x-sunset`], earlier(`paths: { /users: { ${EVEN_LATER}, get: {} } }`)],
      [get(LATER), [`4 ${GET}/x-sunset`], earlier(`info: { ${EVEN_LATER} }\npaths: { /users: { get: {} } }`)],
      [
        `info: { ${LATER} }\npaths: { /a: { get: {} }, /b: { get: {} } }\n`,
        ['2 /info/x-sunset'],
        earlier(`info: { ${EVEN_LATER} }\npaths: { /a: { get: {} } }`),
      ],
      [told(LATER), [`4 ${MADE}/x-sunset`], earlier(told(EVEN_LATER))],
      [called(LATER), [`4 ${CALLED}/x-sunset`], earlier(called(EVEN_LATER))],
      [
        `${OPEN_API_3_2}paths:\n  /users:\n    additionalOperations: { COPY: { ${LATER} } }\n`,
        ['4 /paths/~1users/additionalOperations/COPY/x-sunset'],
        earlier(`openapi: 3.2.0\npaths: { /users: { additionalOperations: { COPY: { ${EVEN_LATER} } } } }`),
      ],
      [get(SOON), [`4 ${GET}/x-sunset`], earlier(get('deprecated: true'))],
      [get(LATER), []],
      [get('x-sunset: 2026-08-30'), []],
      [get('x-sunset: 2026-07-01, x-stability-level: beta'), []],
      [get(`${SOON}, x-stability-level: alpha`), []],
      [`info: { x-stability-level: draft }\n${get(SOON)}`, []],
      [get(`${SOON}, x-deprecated-at: 2026-01-01`), []],
      [`info: { x-deprecated-at: 2026-01-01 }\n${get(SOON)}`, []],
      [get(SOON), [], { options: { graceDays: { draft: 0, alpha: 0, beta: 0, stable: 19 } } }],
      [get('x-sunset: soon'), []],
      [get('deprecated: true'), []],
      [get(`x-sunset-note: 2026-06-02`), []],
      [get(SOON), [], earlier(get(SOON))],
      [get(LATER), [], earlier(get(SOON))],
      [get(SOON), [], earlier(shared(SOON))],
      [shared(SOON), [], earlier(shared(SOON))],
      [get(SOON), [], earlier(`paths: { /users: { ${SOON}, get: {} } }`)],
      [
        `paths: { "/users/{id}": { get: { ${SOON} } } }\n`,
        [],
        earlier(`paths: { "/users/{user_id}": { get: { ${SOON} } } }`),
      ],
      [
        `info: { ${SOON} }\npaths: { /a: { get: {} }, /b: { get: {} } }\n`,
        [],
        earlier(`info: { ${SOON} }\npaths: { /a: { get: {} } }`),
      ],
      [told(SOON), [], earlier(told(SOON))],
      [called(SOON), [], earlier(called(SOON))],
      [
        `${OPEN_API_3_2}paths: { /users: { additionalOperations: { COPY: { ${SOON} } } } }\n`,
        [],
        earlier(`openapi: 3.2.0\npaths: { /users: { additionalOperations: { COPY: { ${SOON} } } } }`),
      ],
      [`components: { pathItems: { U: { get: { ${LATER} } } } }\n`, []],
    ],
  ],
  [
    'V08',
    [
      [received(ENUM), [`4 ${RECEIVED}/enum`]],
      [`${OPEN_API_3_0}${received('{ type: string, nullable: true, enum: [a, b, null] }')}`, [`4 ${RECEIVED}/enum`]],
      [received('{ type: [string, "null"], enum: [a, b, null] }'), [`4 ${RECEIVED}/enum`]],
      [received(`{ properties: { state: ${ENUM} } }`), [`4 ${RECEIVED}/properties/state/enum`]],
      [received(`{ type: array, items: ${ENUM} }`), [`4 ${RECEIVED}/items/enum`]],
      [received(`{ anyOf: [${ENUM}, { type: "null" }] }`), [`4 ${RECEIVED}/anyOf/0/enum`]],
      [received(`{ anyOf: [${ENUM}, { type: string, format: uuid }] }`), [`4 ${RECEIVED}/anyOf/0/enum`]],
      [received(`{ allOf: [${ENUM}, { type: string }] }`), [`4 ${RECEIVED}/allOf/0/enum`]],
      [received('{ enum: [a, b], x-extensible-enum: false }'), [`4 ${RECEIVED}/enum`]],
      [received('{ enum: [a, b], x-ms-enum: { name: State, modelAsString: false } }'), [`4 ${RECEIVED}/enum`]],
      [received('{ enum: [a, b], x-enum-varnames: [A, B] }'), [`4 ${RECEIVED}/enum`]],
      [`${received(ref('State'))}${schemas(`State: ${ENUM}`)}`, ['7 /components/schemas/State/enum']],
      [
        `${sent(ref('State'))}    get: { responses: { "200": { content: { a/b: { schema: ${ref('State')} } } } } }\n${schemas(`State: ${ENUM}`)}`,
        ['8 /components/schemas/State/enum'],
      ],
      [
        `${received(`{ properties: { a: ${ref('State')}, b: { anyOf: [${ref('State')}, { type: string }] } } }`)}${schemas(`State: ${ENUM}`)}`,
        ['7 /components/schemas/State/enum'],
      ],
      [
        get(
          `responses: { "404": { content: { application/problem+json: { schema: { properties: { type: ${ENUM} } } } } } }`,
        ),
        [`4 ${GET}/responses/404/content/application~1problem+json/schema/properties/type/enum`],
      ],
      [
        get(`responses: { "200": { headers: { State: { schema: ${ENUM} } } } }`),
        [`4 ${GET}/responses/200/headers/State/schema/enum`],
      ],
      [told(`requestBody: { content: { application/json: { schema: ${ENUM} } } }`), [`4 ${MADE}/${BODY}/enum`]],
      [called(`requestBody: { content: { application/json: { schema: ${ENUM} } } }`), [`4 ${CALLED}/${BODY}/enum`]],
      [received(EXTENSIBLE), []],
      [received('{ enum: [a, b], x-extensible-enum: true }'), []],
      [received('{ enum: [a, b], x-ms-enum: { name: State, modelAsString: true } }'), []],
      [received(`{ anyOf: [${ENUM}, { type: string }] }`), []],
      [received(`{ anyOf: [{ type: string }, ${ENUM}, { type: "null" }] }`), []],
      [received(`{ anyOf: [${ENUM}, { type: [string, "null"], maxLength: 64 }] }`), []],
      [`${received(`{ anyOf: [${ref('State')}, { type: string }] }`)}${schemas(`State: ${ENUM}`)}`, []],
      [`${received(`{ anyOf: [${ENUM}, ${ref('Text')}] }`)}${schemas('Text: { type: string }')}`, []],
      [received('{ type: string, enum: [only] }'), []],
      [received('{ type: [string, "null"], enum: [only, null] }'), []],
      [received('{ type: integer, enum: [1, 2] }'), []],
      [received('{ const: a }'), []],
      [received(`{ type: string, not: ${ENUM} }`), []],
      [received(`{ if: { properties: { kind: ${ENUM} } }, then: { required: [a] } }`), []],
      [received(`{ propertyNames: ${ENUM} }`), []],
      [received(`{ properties: { state: { writeOnly: true, type: string, enum: [a, b] } } }`), []],
      [received('{ properties: { enum: { type: string } } }'), []],
      [received('{ type: object, example: { enum: [a, b] }, x-state: { enum: [a, b] } }'), []],
      [sent(ENUM), []],
      [`${OPEN_API_3_0}${sent(`{ properties: { state: ${ENUM} } }`)}`, []],
      [get(`parameters: [{ name: state, in: query, schema: ${ENUM} }]`), []],
      [told(`responses: { "200": { content: { application/json: { schema: ${ENUM} } } } }`), []],
      [called(`responses: { "200": { content: { application/json: { schema: ${ENUM} } } } }`), []],
      [schemas(`State: ${ENUM}`), []],
      ['servers: [{ url: "https://{region}.test", variables: { region: { default: eu, enum: [eu, us] } } }]\n', []],
    ],
  ],
  [
    'V09',
    [
      [received(CLOSED), [`4 ${RECEIVED}/additionalProperties`]],
      [`${OPEN_API_3_0}${received(CLOSED)}`, [`4 ${RECEIVED}/additionalProperties`]],
      [received('{ type: [object, "null"], additionalProperties: false }'), [`4 ${RECEIVED}/additionalProperties`]],
      [received('{ properties: { a: {} }, additionalProperties: false }'), [`4 ${RECEIVED}/additionalProperties`]],
      [received('{ allOf: [{}], unevaluatedProperties: false }'), [`4 ${RECEIVED}/unevaluatedProperties`]],
      [received('{ type: object, additionalProperties: { not: {} } }'), [`4 ${RECEIVED}/additionalProperties`]],
      [received(`{ properties: { a: ${CLOSED} } }`), [`4 ${RECEIVED}/properties/a/additionalProperties`]],
      [received(`{ oneOf: [${CLOSED}, { type: string }] }`), [`4 ${RECEIVED}/oneOf/0/additionalProperties`]],
      [
        received('{ properties: { a: {} }, patternProperties: { "^x-": {} }, additionalProperties: false }'),
        [`4 ${RECEIVED}/additionalProperties`],
      ],
      [`${received(ref('User'))}${schemas(`User: ${CLOSED}`)}`, ['7 /components/schemas/User/additionalProperties']],
      [
        `${sent(ref('User'))}    get: { responses: { "200": { content: { a/b: { schema: ${ref('User')} } } } } }\n${schemas(`User: ${CLOSED}`)}`,
        ['8 /components/schemas/User/additionalProperties'],
      ],
      [
        get(`responses: { "404": { content: { application/problem+json: { schema: ${CLOSED} } } } }`),
        [`4 ${GET}/responses/404/content/application~1problem+json/schema/additionalProperties`],
      ],
      [
        told(`requestBody: { content: { application/json: { schema: ${CLOSED} } } }`),
        [`4 ${MADE}/${BODY}/additionalProperties`],
      ],
      [
        called(`requestBody: { content: { application/json: { schema: ${CLOSED} } } }`),
        [`4 ${CALLED}/${BODY}/additionalProperties`],
      ],
      [received('{ type: object }'), []],
      [received('{ type: object, additionalProperties: true }'), []],
      [received('{ type: object, additionalProperties: { type: string } }'), []],
      [received('{ type: object, additionalProperties: { not: { type: string } } }'), []],
      [received('{ type: object, x-additionalProperties: false }'), []],
      [received('{ type: array, additionalProperties: false }'), []],
      [received('{ type: object, patternProperties: { "^[a-z]+$": {} }, additionalProperties: false }'), []],
      [received(`{ type: object, not: { required: [a], additionalProperties: false } }`), []],
      [received(`{ if: ${CLOSED}, then: { required: [a] } }`), []],
      [received('{ properties: { additionalProperties: { type: boolean } } }'), []],
      [received('{ type: object, default: { additionalProperties: false } }'), []],
      [received(`{ properties: { a: { writeOnly: true, type: object, additionalProperties: false } } }`), []],
      [sent(CLOSED), []],
      [`${OPEN_API_3_0}${sent(`{ allOf: [${CLOSED}] }`)}`, []],
      [get(`parameters: [{ name: a, in: query, style: deepObject, schema: ${CLOSED} }]`), []],
      [told(`responses: { "200": { content: { application/json: { schema: ${CLOSED} } } } }`), []],
      [called(`responses: { "200": { content: { application/json: { schema: ${CLOSED} } } } }`), []],
      [schemas(`User: ${CLOSED}`), []],
    ],
  ],
  [
    'V10',
    [
      [deprecated('"200": {}'), [`4 ${GET}/responses/200`]],
      [`${OPEN_API_3_0}${deprecated('"200": {}')}`, [`4 ${GET}/responses/200`]],
      [deprecated('"200": { headers: { Deprecation: {} } }'), [`4 ${GET}/responses/200`]],
      [deprecated('"200": { headers: { Sunset: {} } }'), [`4 ${GET}/responses/200`]],
      [deprecated('"200": { headers: { X-Deprecation: {}, X-Sunset: {} } }'), [`4 ${GET}/responses/200`]],
      [deprecated('"2XX": {}'), [`4 ${GET}/responses/2XX`]],
      [deprecated(`"200": { ${BOTH} }, "201": {}, "204": {}`), [`4 ${GET}/responses/201`, `4 ${GET}/responses/204`]],
      [
        `${deprecated('"200": { $ref: "#/components/responses/R" }')}components: { responses: { R: { headers: { Deprecation: {} } } } }\n`,
        [`4 ${GET}/responses/200`],
      ],
      [
        `paths:\n  /users: { $ref: "#/components/pathItems/U" }\ncomponents:\n  pathItems:\n    U: { get: { deprecated: true, responses: { "200": {} } } }\n`,
        ['6 /components/pathItems/U/get/responses/200'],
      ],
      [
        `${OPEN_API_3_2}paths:\n  /users:\n    additionalOperations: { COPY: { deprecated: true, responses: { "204": {} } } }\n`,
        ['4 /paths/~1users/additionalOperations/COPY/responses/204'],
      ],
      [deprecated(`"200": { ${BOTH} }`), []],
      [deprecated('"200": { headers: { deprecation: {}, SUNSET: {} } }'), []],
      [deprecated(`"200": { ${BOTH} }, "404": {}, default: {}`), []],
      [deprecated('"404": {}, "500": {}'), []],
      [deprecated('x-200: {}'), []],
      [
        `${deprecated('"200": { $ref: "#/components/responses/R" }')}components: { responses: { R: { ${BOTH} } } }\n`,
        [],
      ],
      [
        `${deprecated('"200": { headers: { Deprecation: { $ref: "#/components/headers/D" }, Sunset: { $ref: "h.yaml#/S" } } }')}components: { headers: { D: {} } }\n`,
        [],
      ],
      [deprecated('"200": { $ref: "replies.yaml#/R" }'), []],
      [get('responses: { "200": {} }'), []],
      [get('deprecated: false, responses: { "200": {} }'), []],
      [get('x-deprecated: true, responses: { "200": {} }'), []],
      ['paths: { /users: { deprecated: true, get: { responses: { "200": {} } } } }\n', []],
      [get('parameters: [{ name: a, in: query, deprecated: true }], responses: { "200": {} }'), []],
      [received('{ deprecated: true }'), []],
      [told('deprecated: true, responses: { "200": {} }'), []],
      [called('deprecated: true, responses: { "200": {} }'), []],
      ['components: { pathItems: { U: { get: { deprecated: true, responses: { "200": {} } } } } }\n', []],
    ],
  ],
  [
    'V11',
    [
      [linked(BY_ID), [`5 ${LINK}`]],
      [`${OPEN_API_3_0}${linked(BY_ID)}`, [`5 ${LINK}`]],
      [linked(BY_REF), [`5 ${LINK}`]],
      [
        `paths:\n  /users/{id}: { get: { deprecated: true } }\n  /users: { post: { ${link('operationRef: "#/paths/~1users~1%7Bid%7D/get"')} } }\n`,
        [`4 ${LINK}`],
      ],
      [
        `${linked('responses: { "201": { links: { all: { $ref: "#/components/links/L" } } } }')}components: { links: { L: { operationId: listUsers } } }\n`,
        [`5 ${LINK}`],
      ],
      [
        `${linked('responses: { "201": { $ref: "#/components/responses/R" } }')}components:\n  responses:\n    R: { links: { all: { operationId: listUsers } } }\n`,
        ['8 /components/responses/R/links/all'],
      ],
      [
        `paths:\n  /users: { $ref: "#/components/pathItems/U" }\n  /teams: { post: { ${BY_REF} } }\ncomponents: { pathItems: { U: { get: { deprecated: true } } } }\n`,
        ['4 /paths/~1teams/post/responses/201/links/all'],
      ],
      [
        `${OPEN_API_3_2}paths:\n  /users:\n    additionalOperations: { COPY: { ${dead} } }\n    post: { ${BY_ID} }\n`,
        [`5 ${LINK}`],
      ],
      [linked(BY_ID), [`5 ${LINK}`], earlier(`paths: { /users: { get: { ${dead} } } }`)],
      [linked(BY_ID), [`5 ${LINK}`], earlier(linked('responses: {}'))],
      [
        linked(BY_ID),
        [`5 ${LINK}`],
        earlier(`paths: { /users: { get: { ${dead} } }, /teams: { post: { ${BY_ID} } } }`),
      ],
      [
        linked(BY_ID),
        [`5 ${LINK}`],
        earlier(linked('responses: { "201": { content: { a/b: { example: { operationId: listUsers } } } } }')),
      ],
      [linked(BY_REF), [`5 ${LINK}`], earlier(linked(link('operationRef: "#/paths/~1teams/get"')))],
      [linked(BY_ID, 'operationId: listUsers'), []],
      [linked(BY_REF, 'operationId: listUsers'), []],
      [linked(`deprecated: true, ${BY_ID}`), []],
      [linked(link('operationId: elsewhere')), []],
      [linked(link('operationRef: "https://h.test/openapi.yaml#/paths/~1users/get"')), []],
      [linked(link('operationRef: "#/paths/~1nowhere/get"')), []],
      [linked('responses: { "201": { links: { x-all: {} }, x-links: { all: { operationId: listUsers } } } }'), []],
      [linked('responses: { "201": { content: { a/b: { example: { operationId: listUsers } } } } }'), []],
      [`${linked('')}components: { links: { L: { operationId: listUsers } } }\n`, []],
      [`${get(dead)}${told(BY_ID)}`, []],
      [linked(BY_ID), [], earlier(linked(BY_ID, 'operationId: listUsers'))],
      [linked(BY_REF), [], earlier(linked(BY_REF))],
      [linked(BY_REF), [], earlier(linked(BY_ID))],
      [linked(BY_ID), [], earlier(linked(BY_ID.replace('listUsers', 'getUsers'), 'operationId: getUsers'))],
      [
        linked(BY_ID),
        [],
        earlier(
          `${linked('responses: { "201": { $ref: "#/components/responses/R" } }')}components: { responses: { R: { links: { all: { $ref: "#/components/links/L" } } } }, links: { L: { operationId: listUsers } } }`,
        ),
      ],
      [
        `paths: { "/users/{id}": { get: { ${dead} }, put: { ${BY_ID} } } }\n`,
        [],
        earlier(`paths: { "/users/{user}": { get: { operationId: listUsers }, put: { ${BY_ID} } } }`),
      ],
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

describe('what V06 says', () => {
  it.each([
    [SOON, 'the sunset is 19 days away, less than 90'],
    ['x-sunset: 2026-05-01', 'the sunset has passed'],
    ['x-sunset: 2027-06-01, x-deprecated-at: 2028-01-01', 'the sunset is before the deprecation'],
    ['x-sunset: 2026-07-01, x-deprecated-at: 2026-06-11', 'the sunset is 20 days after the deprecation, less than 90'],
  ])('of %s', (text, message) => {
    expect(foundBy(ruleNamed('V06'), { text: get(text) }).map((one) => one.message)).toEqual([message]);
  });
});
