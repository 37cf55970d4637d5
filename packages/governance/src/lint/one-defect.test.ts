import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { isObject, pathOf } from '../document/json-value.ts';
import { parseSpec } from '../document/spec-document.ts';
import { lint } from './lint.ts';

const CLEAN = readFileSync(path.join(import.meta.dirname, '__fixtures__/clean-orders.yaml'), 'utf8');
const NOW = Date.parse('2026-06-01');

/** At a pointer, a value instead of what is there; undefined takes it away. */
type Edit = readonly [at: string, value: unknown];

function edited(edits: readonly Edit[]): string {
  const root = structuredClone(parseSpec(CLEAN, 'clean.yaml').root);
  for (const [at, value] of edits) {
    const steps = pathOf(at) ?? [];
    const last = String(steps.at(-1));
    let node: unknown = root;
    for (const step of steps.slice(0, -1))
      node = isObject(node) || Array.isArray(node) ? Reflect.get(node, step) : undefined;
    if (!isObject(node) && !Array.isArray(node)) throw new Error(`nothing at ${at}`);
    if (value === undefined) Reflect.deleteProperty(node, last);
    else Reflect.set(node, last, value);
  }
  return JSON.stringify(root, null, 2);
}

/** Of the families of consistency and security. */
function found(text: string, pack: string): readonly string[] {
  return lint(parseSpec(text, 'edited.json'), { pack, nowMs: NOW })
    .findings.filter(({ rule }) => /^[CS]/.test(rule))
    .map(({ rule, severity, path: pointer }) => `${rule} ${severity} ${pointer}`)
    .toSorted();
}

it.each(['recommended', 'strict', 'owasp-2023', 'agent-ready', 'public-sector'])(
  'a document without a defect has no finding under %s',
  (pack) => expect(found(edited([]), pack)).toEqual([]),
);

it.each(['3.0.0', '3.0.4', '3.1.1', '3.2.0'])('nor as OpenAPI %s', (version) => {
  expect(found(edited([['/openapi', version]]), 'strict')).toEqual([]);
});

const LIST = '/paths/~1orders/get';
const CREATE = '/paths/~1orders/post';
const ITEM = '/paths/~1orders~1{order_id}';
const COMPONENTS = '/components';
const NEW_ORDER = `${COMPONENTS}/schemas/NewOrder`;
const ORDER = `${COMPONENTS}/schemas/Order`;
const OAUTH = `${COMPONENTS}/securitySchemes/oauth`;
const PARAMETERS = `${COMPONENTS}/parameters`;
const WORDS = 'A value.';
const QUERY = { in: 'query', description: 'Which.', schema: { type: 'string', maxLength: 9 }, example: 'a' };

it.each<[what: string, edits: readonly Edit[], expected: readonly string[]]>([
  ['a write that needs no security', [[`${CREATE}/security`, []]], [`S01 error ${CREATE}`]],
  [
    'a write that needs security, or none',
    [[`${CREATE}/security`, [{ oauth: ['orders.write'] }, {}]]],
    [`S01 error ${CREATE}`],
  ],
  ['no security for the whole', [['/security', undefined]], [`S02 warning ${LIST}`, `S02 warning ${ITEM}/get`]],
  [
    'a read that is public',
    [
      [`${LIST}/security`, []],
      [`${LIST}/x-public`, true],
    ],
    [],
  ],
  [
    'a scheme that nobody declared',
    [[`${CREATE}/security`, [{ other: [] }]]],
    [`S03 error ${CREATE}/security/0/other`],
  ],
  [
    'a scope that nobody declared',
    [[`${CREATE}/security`, [{ oauth: ['orders.admin'] }]]],
    [`S03 error ${CREATE}/security/0/oauth/0`],
  ],
  [
    'HTTP Basic',
    [[`${COMPONENTS}/securitySchemes/basic`, { type: 'http', scheme: 'basic' }]],
    [`S04 error ${COMPONENTS}/securitySchemes/basic/scheme`],
  ],
  [
    'a key in the query',
    [[`${COMPONENTS}/securitySchemes/key`, { type: 'apiKey', in: 'query', name: 'key' }]],
    [`S04 error ${COMPONENTS}/securitySchemes/key/in`],
  ],
  [
    'a token in the query',
    [[`${LIST}/parameters/3`, { ...QUERY, name: 'access_token' }]],
    [`S04 error ${LIST}/parameters/3/name`],
  ],
  [
    'an implicit flow',
    [[`${OAUTH}/flows/implicit`, { authorizationUrl: 'https://a.io', refreshUrl: 'https://a.io', scopes: {} }]],
    [`S05 error ${OAUTH}/flows/implicit`],
  ],
  [
    'tokens without RFC 8725',
    [[`${OAUTH}/description`, 'JWT access tokens valid for 15 minutes.']],
    [`S06 warning ${OAUTH}/description`],
  ],
  [
    'tokens that do not expire',
    [
      [`${OAUTH}/description`, 'Tokens as RFC8725 asks.'],
      [`${OAUTH}/flows/authorizationCode/refreshUrl`, undefined],
    ],
    [`S06 warning ${OAUTH}/flows/authorizationCode`],
  ],
  ['a server without TLS', [['/servers/0/url', 'http://api.acme.io/v1']], ['S07 error /servers/0/url']],
  [
    'a server on the own machine',
    [['/servers/1', { url: 'http://localhost:8080/v1', description: 'Local development' }]],
    [],
  ],
  [
    'an id that counts',
    [
      [`${PARAMETERS}/OrderId/schema`, { type: 'integer', format: 'int64', minimum: 1, maximum: 9 }],
      [`${PARAMETERS}/OrderId/example`, 3],
    ],
    [`S08 warning ${PARAMETERS}/OrderId/schema`],
  ],
  ['an open request', [[`${NEW_ORDER}/additionalProperties`, undefined]], [`S09 warning ${NEW_ORDER}`]],
  [
    'an array without end',
    [[`${LIST}/parameters/2/schema/maxItems`, undefined]],
    [`S10 error ${LIST}/parameters/2/schema`],
  ],
  [
    'a text without end',
    [[`${PARAMETERS}/Cursor/schema/maxLength`, undefined]],
    [`S11 error ${PARAMETERS}/Cursor/schema`],
  ],
  [
    'an integer without bounds',
    [[`${NEW_ORDER}/properties/quantity/maximum`, undefined]],
    [`S12 warning ${NEW_ORDER}/properties/quantity`],
  ],
  ['no 429', [[`${LIST}/responses/429`, undefined]], [`S13 warning ${LIST}/responses`]],
  [
    '429 without Retry-After',
    [[`${COMPONENTS}/responses/TooManyRequests/headers/Retry-After`, undefined]],
    [`C26 error ${COMPONENTS}/headers/RetryAfter`, `S13 warning ${COMPONENTS}/responses/TooManyRequests/headers`],
  ],
  [
    'an operation for administrators under the security of all',
    [
      [
        '/paths/~1admin~1orders',
        {
          get: {
            operationId: 'listAllOrders',
            summary: 'List all',
            description: 'All orders.',
            tags: ['orders'],
            parameters: [{ $ref: '#/components/parameters/Cursor' }],
            responses: {
              '200': {
                description: 'A page',
                content: {
                  'application/json': { schema: { $ref: '#/components/schemas/OrderPage' }, example: { items: [] } },
                },
              },
              '4XX': { $ref: '#/components/responses/BadRequest' },
              '500': { $ref: '#/components/responses/ServerError' },
            },
          },
        },
      ],
    ],
    ['S14 error /paths/~1admin~1orders/get'],
  ],
  [
    'an address in the query',
    [
      [
        `${LIST}/parameters/3`,
        { ...QUERY, name: 'callback_url', schema: { type: 'string', format: 'uri' }, example: 'https://a.io' },
      ],
    ],
    [`S15 info ${LIST}/parameters/3/name`],
  ],
  [
    'an address in a body',
    [[`${NEW_ORDER}/properties/webhook_url`, { type: 'string', format: 'uri', description: WORDS }]],
    [`S15 info ${NEW_ORDER}/properties/webhook_url`],
  ],
  ['no 401', [[`${LIST}/responses/401`, undefined]], [`S16 warning ${LIST}/responses`]],
  ['no 500', [[`${LIST}/responses/500`, undefined]], [`S16 warning ${LIST}/responses`]],
  ['no 400', [[`${LIST}/responses/400`, undefined]], [`S16 warning ${LIST}/responses`]],
  [
    'a server for nobody',
    [
      ['/info/x-audience', undefined],
      ['/servers/0/x-audience', undefined],
    ],
    ['S17 warning /servers/0'],
  ],
  [
    'a server of no environment',
    [
      ['/servers/0/x-environment', undefined],
      ['/servers/0/description', 'Main'],
    ],
    ['S17 warning /servers/0/description'],
  ],
  [
    'a stack trace',
    [[`${COMPONENTS}/schemas/Problem/properties/stack_trace`, { type: 'string', maxLength: 99, description: WORDS }]],
    [`S18 error ${COMPONENTS}/schemas/Problem/properties/stack_trace`],
  ],
  [
    'an e-mail address without a class',
    [[`${ORDER}/properties/email`, { type: 'string', format: 'email', description: WORDS }]],
    [`S19 warning ${ORDER}/properties/email`],
  ],
  [
    'a path in another case',
    [['/paths/~1orderLines', { get: {} }]],
    [
      'C01 error /paths/~1orderLines',
      'C11 error /paths/~1orderLines/get',
      'C21 error /paths/~1orderLines/get',
      'C21 error /paths/~1orderLines/get',
      'S13 warning /paths/~1orderLines/get',
      'S16 warning /paths/~1orderLines/get',
      'S16 warning /paths/~1orderLines/get',
      'S16 warning /paths/~1orderLines/get',
    ],
  ],
  [
    'a collection in the singular',
    [['/paths/~1order~1{order_id}', { parameters: [{ $ref: '#/components/parameters/OrderId' }] }]],
    ['C02 warning /paths/~1order~1{order_id}'],
  ],
  [
    'a verb in a path',
    [['/paths/~1orders~1{order_id}~1cancel', { parameters: [{ $ref: '#/components/parameters/OrderId' }] }]],
    ['C03 warning /paths/~1orders~1{order_id}~1cancel'],
  ],
  ['a slash at the end', [['/paths/~1carts~1', {}]], ['C04 error /paths/~1carts~1']],
  ['a path that is there twice', [['/paths/~1orders~1{id}', {}]], ['C05 error /paths/~1orders~1{id}']],
  [
    'a path parameter that nobody declared',
    [[`${ITEM}/parameters`, undefined]],
    [`C06 error ${ITEM}/delete`, `C06 error ${ITEM}/get`, `C06 error ${ITEM}/patch`, `C26 error ${PARAMETERS}/OrderId`],
  ],
  [
    'a property in another case',
    [[`${ORDER}/properties/createdBy`, { type: 'string', maxLength: 9, description: WORDS }]],
    [`C08 error ${ORDER}/properties/createdBy`],
  ],
  [
    'a query parameter in another case',
    [[`${LIST}/parameters/3`, { ...QUERY, name: 'sortBy' }]],
    [`C09 error ${LIST}/parameters/3/name`],
  ],
  [
    'a header that begins with X-',
    [[`${LIST}/parameters/3`, { ...QUERY, name: 'X-Tenant', in: 'header' }]],
    [`C10 warning ${LIST}/parameters/3/name`],
  ],
  ['no operationId', [[`${LIST}/operationId`, undefined]], [`C11 error ${LIST}`]],
  ['an operationId that is there twice', [[`${LIST}/operationId`, 'createOrder']], [`C11 error ${CREATE}/operationId`]],
  [
    'an operationId that begins with a thing',
    [[`${LIST}/operationId`, 'ordersList']],
    [`C11 info ${LIST}/operationId`],
  ],
  [
    'an enum without a type',
    [[`${ORDER}/properties/kind`, { enum: ['a', 'b'], description: WORDS }]],
    [`C12 warning ${ORDER}/properties/kind`],
  ],
  [
    'an enum with a value twice',
    [[`${ORDER}/properties/kind`, { type: 'string', enum: ['a', 'a'], description: WORDS }]],
    [`C12 warning ${ORDER}/properties/kind/enum`],
  ],
  [
    'a time as a number',
    [
      [
        `${ORDER}/properties/created_at`,
        { type: 'integer', format: 'int64', minimum: 0, maximum: 9, description: WORDS },
      ],
    ],
    [`C13 error ${ORDER}/properties/created_at`],
  ],
  [
    'a time whose name does not say so',
    [[`${ORDER}/properties/created`, { type: 'string', format: 'date-time', description: WORDS }]],
    [`C13 warning ${ORDER}/properties/created`],
  ],
  [
    'a number without a format',
    [[`${NEW_ORDER}/properties/quantity/format`, undefined]],
    [`C14 warning ${NEW_ORDER}/properties/quantity`],
  ],
  [
    'a price as a float',
    [[`${ORDER}/properties/price`, { type: 'number', format: 'double', description: WORDS }]],
    [`C15 warning ${ORDER}/properties/price`],
  ],
  [
    'a currency as any text',
    [[`${ORDER}/properties/currency`, { type: 'string', maxLength: 3, description: WORDS }]],
    [`C15 warning ${ORDER}/properties/currency`],
  ],
  [
    'an array at the top',
    [
      [
        `${LIST}/responses/200/content/application~1json/schema`,
        { type: 'array', maxItems: 9, items: { $ref: '#/components/schemas/Order' } },
      ],
      [`${COMPONENTS}/schemas/OrderPage`, undefined],
      [`${LIST}/responses/200/content/application~1json/example`, []],
    ],
    [`C16 error ${LIST}/responses/200/content/application~1json/schema`],
  ],
  [
    'a list without pages',
    [
      [`${LIST}/parameters/1`, { ...QUERY, name: 'q' }],
      [`${COMPONENTS}/schemas/OrderPage/properties/next_cursor`, undefined],
      [`${PARAMETERS}/Cursor`, undefined],
    ],
    [`C17 error ${LIST}`],
  ],
  [
    'a GET with a body',
    [
      [
        `${LIST}/requestBody`,
        { description: WORDS, content: { 'application/json': { schema: { $ref: '#/components/schemas/NewOrder' } } } },
      ],
    ],
    [`C18 error ${LIST}/requestBody`],
  ],
  [
    'a DELETE with a body',
    [
      [
        `${ITEM}/delete/requestBody`,
        { description: WORDS, content: { 'application/json': { schema: { $ref: '#/components/schemas/NewOrder' } } } },
      ],
    ],
    [`C18 warning ${ITEM}/delete/requestBody`],
  ],
  ['201 without Location', [[`${CREATE}/responses/201/headers`, undefined]], [`C19 warning ${CREATE}/responses/201`]],
  [
    'creating with 200',
    [
      [
        `${CREATE}/responses/200`,
        { description: WORDS, content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
      ],
      [`${CREATE}/responses/201`, undefined],
    ],
    [`C19 warning ${CREATE}/responses`],
  ],
  [
    '204 with a body',
    [
      [
        `${ITEM}/delete/responses/204/content`,
        { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
      ],
    ],
    [`C19 warning ${ITEM}/delete/responses/204`],
  ],
  [
    'an error in plain JSON',
    [
      [
        `${LIST}/responses/400`,
        { description: WORDS, content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      ],
    ],
    [`C20 error ${LIST}/responses/400`],
  ],
  [
    'no failures',
    [
      [
        `${LIST}/responses`,
        {
          '200': {
            description: WORDS,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/OrderPage' } } },
          },
        },
      ],
    ],
    [
      `C21 error ${LIST}/responses`,
      `S13 warning ${LIST}/responses`,
      `S16 warning ${LIST}/responses`,
      `S16 warning ${LIST}/responses`,
      `S16 warning ${LIST}/responses`,
      `S16 warning ${LIST}/responses`,
    ],
  ],
  [
    'a boolean that may be null',
    [[`${ORDER}/properties/gift`, { type: ['boolean', 'null'], description: WORDS }]],
    [`C22 warning ${ORDER}/properties/gift`],
  ],
  [
    'an array parameter without explode',
    [[`${LIST}/parameters/2/explode`, undefined]],
    [`C23 warning ${LIST}/parameters/2`],
  ],
  [
    'PATCH with plain JSON',
    [
      [
        `${ITEM}/patch/requestBody/content`,
        { 'application/json': { schema: { $ref: '#/components/schemas/NewOrder' }, example: {} } },
      ],
    ],
    [`C24 warning ${ITEM}/patch/requestBody/content`],
  ],
  [
    'creating without Idempotency-Key',
    [[`${CREATE}/parameters`, undefined]],
    [`C25 warning ${CREATE}`, `C26 error ${PARAMETERS}/IdempotencyKey`],
  ],
  [
    'a reference to nothing',
    [[`${ORDER}/properties/status`, { $ref: '#/components/schemas/No' }]],
    [`C26 error ${ORDER}/properties/status/$ref`],
  ],
  [
    'a component that nothing uses',
    [[`${COMPONENTS}/schemas/Old`, { type: 'object', description: WORDS }]],
    [`C26 error ${COMPONENTS}/schemas/Old`],
  ],
])('%s is all that is found', (_, edits, expected) => {
  expect(found(edited(edits), 'recommended')).toEqual(expected);
});

const PROBLEM = { $ref: '#/components/responses/BadRequest' };

it.each<[what: string, edits: readonly Edit[]]>([
  ['a server on the own machine', [['/servers/1', { url: 'http://localhost:8080', description: 'Local' }]]],
  [
    'a server with variables',
    [
      ['/servers/0/url', 'https://{region}.acme.io'],
      ['/servers/0/variables', { region: { default: 'eu' } }],
    ],
  ],
  [
    'a read that is public',
    [
      [`${LIST}/security`, []],
      [`${LIST}/x-public`, true],
    ],
  ],
  [
    'a login that is public',
    [
      [`${CREATE}/security`, []],
      [`${CREATE}/x-public`, true],
    ],
  ],
  ['security said twice', [[`${LIST}/security`, [{ oauth: ['orders.read'] }, { oauth: ['orders.write'] }]]]],
  [
    'a scheme that is a reference',
    [
      [`${COMPONENTS}/securitySchemes/other`, { $ref: '#/components/securitySchemes/oauth' }],
      ['/security/1', { other: [] }],
    ],
  ],
  ['a key in a header', [[`${COMPONENTS}/securitySchemes/key`, { type: 'apiKey', in: 'header', name: 'X-API-Key' }]]],
  [
    'wildcards of failures',
    [
      [`${ITEM}/get/responses/401`, undefined],
      [`${ITEM}/get/responses/403`, undefined],
      [`${ITEM}/get/responses/4XX`, PROBLEM],
      [`${ITEM}/get/responses/500`, undefined],
      [`${ITEM}/get/responses/5XX`, PROBLEM],
    ],
  ],
  [
    'a default for failures',
    [
      [`${ITEM}/get/responses/403`, undefined],
      [`${ITEM}/get/responses/500`, undefined],
      [`${ITEM}/get/responses/default`, PROBLEM],
    ],
  ],
  ['a preflight', [[`${ITEM}/options`, { operationId: 'allowOrder', responses: { 204: { description: 'Allowed' } } }]]],
  [
    'a webhook',
    [
      [
        '/webhooks',
        {
          orderPaid: {
            post: {
              requestBody: {
                content: {
                  'application/json': { schema: { type: 'object', properties: { order_id: { type: 'string' } } } },
                },
              },
              responses: { 200: { description: 'Heard' } },
            },
          },
        },
      ],
    ],
  ],
  [
    'a callback',
    [
      [
        `${CREATE}/callbacks`,
        { paid: { '{$request.body#/hook}': { post: { responses: { 200: { description: 'Heard' } } } } } },
      ],
    ],
  ],
  [
    'a property that callers only read',
    [[`${NEW_ORDER}/properties/tags`, { type: 'array', readOnly: true, items: { type: 'string' } }]],
  ],
  ['a text that may be null', [[`${NEW_ORDER}/properties/note`, { type: ['string', 'null'], maxLength: 9 }]]],
  [
    'bounds that are not reached',
    [
      [
        `${NEW_ORDER}/properties/quantity`,
        { type: 'integer', format: 'int32', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      ],
    ],
  ],
  [
    'a condition',
    [
      [`${NEW_ORDER}/if`, { properties: { quantity: { const: 1 } } }],
      [`${NEW_ORDER}/then`, { properties: { customer_id: { type: 'string' } } }],
    ],
  ],
  [
    'extensions anywhere',
    [
      ['/x-things', { type: 'array' }],
      [`${ORDER}/x-more`, { type: 'string' }],
      ['/paths/x-notes', { get: {} }],
    ],
  ],
  [
    'headers in another case',
    [
      [
        `${COMPONENTS}/responses/TooManyRequests/headers`,
        {
          'retry-after': { $ref: '#/components/headers/RetryAfter' },
          ratelimit: { $ref: '#/components/headers/RateLimit' },
        },
      ],
    ],
  ],
  ['a custom verb', [[`${ITEM}:cancel`, { parameters: [{ $ref: '#/components/parameters/OrderId' }] }]]],
  [
    'a path item that is a reference',
    [
      ['/paths/~1orders~1{order_id}~1receipt', { $ref: '#/components/pathItems/Receipt' }],
      [`${COMPONENTS}/pathItems`, { Receipt: { parameters: [{ $ref: '#/components/parameters/OrderId' }] } }],
    ],
  ],
])('%s is no defect', (_, edits) => expect(found(edited(edits), 'recommended')).toEqual([]));
