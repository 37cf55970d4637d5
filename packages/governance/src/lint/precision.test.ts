import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed } from './__fixtures__/found.ts';
import type { LintOptions } from './options.ts';

type Case = readonly [text: string, paths: readonly string[], options?: Partial<LintOptions>];

/** Where each rule finds something in a part of a document, and where it does not. */
function check(id: string, [text, paths, options = {}]: Case): void {
  const found = foundBy(ruleNamed(id), { text, options }).map(({ path }) => path);
  expect(found.toSorted()).toEqual(paths.toSorted());
}

const path = (template: string): string => `paths: { "${template}": {} }`;
const query = (name: string): string => `components: { parameters: { P: { name: "${name}", in: query } } }`;
const header = (name: string): string => `components: { parameters: { P: { name: ${name}, in: header } } }`;
const schema = (text: string): string => `components: { schemas: { S: ${text} } }`;
const property = (name: string, text: string): string => schema(`{ properties: { ${name}: ${text} } }`);
const P = '/components/parameters/P';
const S = '/components/schemas/S';
const at = (template: string): string => `/paths/${template.replaceAll('/', '~1')}`;

describe.each<[string, readonly Case[]]>([
  [
    'C01',
    [
      ...[
        '/users',
        '/user-accounts/{userId}',
        '/v1/users',
        '/.well-known/jwks.json',
        '/2fa',
        '/',
        '/users/{id}:reset',
        '/users/user-{id}',
        '/a/{b}-{c}.json',
        '/$batch',
        '/reports/{id}:batchGet',
      ].map((template): Case => [path(template), []]),
      ...[
        '/userAccounts',
        '/user_accounts',
        '/Users',
        '/users/{id}/Orders',
        '/user--x',
        '/user-',
        '/users/User-{id}',
      ].map((template): Case => [path(template), [at(template)]]),
      [path('/user_accounts'), [], { pathCase: 'snake_case' }],
      ['paths: { /userX: {}, "/userX/{id}": {} }', [at('/userX'), at('/userX/{id}')]],
    ],
  ],
  [
    'C02',
    [
      ...[
        '/users/{id}',
        '/people/{id}',
        '/news/{id}',
        '/statuses/{id}',
        '/addresses/{id}',
        '/v1/{id}',
        '/users/me',
        '/users/by-email/{email}',
        '/apis/{id}',
        '/data/{id}',
        '/search/{term}',
        '/companies/{id}',
        '/menus/{id}',
        '/staff/{id}',
        '/files/{name}.json',
        '/user',
        '/series/{id}/seasons/{n}',
        '/user-accounts/{id}',
      ].map((template): Case => [path(template), []]),
      ...['/user/{id}', '/status/{id}', '/address/{id}', '/company/{id}', '/bus/{id}', '/user-account/{id}'].map(
        (template): Case => [path(template), [at(template)]],
      ),
      [
        'paths: { "/user/{id}": {}, "/user/{user_id}/orders/{n}": {} }',
        [at('/user/{id}'), at('/user/{user_id}/orders/{n}')],
      ],
    ],
  ],
  [
    'C03',
    [
      ...[
        '/orders/{id}:cancel',
        '/orders',
        '/orders/{id}/cancellation',
        '/open-orders',
        '/list-prices',
        '/exports',
        '/settings',
        '/reads',
        '/updates/{id}',
        '/search',
        '/login',
        '/getaways/{id}',
        '/addresses',
        '/set-pieces',
        '/add-ons/{id}',
        '/addons',
      ].map((template): Case => [path(template), []]),
      ...[
        '/getUsers',
        '/orders/{id}/cancel',
        '/create-order',
        '/users/list',
        '/updateUser/{id}',
        '/users/{id}/activate',
      ].map((template): Case => [path(template), [at(template)]]),
    ],
  ],
  [
    'C08',
    [
      ...['id', 'first_name', 'ipv4_address', '_links', '"@type"', 'line_1', '2fa_enabled', '"2024"'].map(
        (name): Case => [property(name, '{}'), []],
      ),
      ...['firstName', 'FirstName', 'first-name', 'ID', 'first__name', '2faEnabled'].map((name): Case => [
        property(name, '{}'),
        [`${S}/properties/${name}`],
      ]),
      [property('firstName', '{}'), [], { propertyCase: 'camelCase' }],
    ],
  ],
  [
    'C09',
    [
      ...['limit', 'page_size', '$filter', 'filter[created_at]', 'page[size]'].map((name): Case => [query(name), []]),
      ...['sortBy', 'page-size', 'filter[createdAt]', 'Limit'].map((name): Case => [query(name), [`${P}/name`]]),
      [header('sortBy'), []],
    ],
  ],
  [
    'C10',
    [
      ...['If-Match', 'ETag', 'X-Request-ID', 'x-forwarded-for', 'RateLimit', 'Accept-Language', 'DPoP'].map(
        (name): Case => [header(name), []],
      ),
      ...['X-Tenant', 'trace_id', 'tenantId', 'x-custom'].map((name): Case => [header(name), [`${P}/name`]]),
      ['components: { responses: { R: { headers: { X-Total: {} } } } }', ['/components/responses/R/headers/X-Total']],
    ],
  ],
  [
    'C11',
    [
      ...['listUsers', 'users.list-all', 'get_user', 'searchUsers', 'login'].map((id): Case => [
        `paths: { /things: { get: { operationId: ${id} } } }`,
        [],
      ]),
      ['paths: { /things: { get: { operationId: thingsList } } }', ['/paths/~1things/get/operationId']],
      ['paths: { /things: { get: { operationId: list things } } }', ['/paths/~1things/get/operationId']],
      ['webhooks: { made: { post: {} } }', []],
      ['paths: { /a: { get: { operationId: getA }, put: { operationId: getA } } }', ['/paths/~1a/put/operationId']],
    ],
  ],
  [
    'C12',
    [
      ...[
        '{ type: string, enum: [open, in_review] }',
        '{ type: string, enum: [OPEN, IN_REVIEW] }',
        '{ type: string, enum: [en-GB, de-DE] }',
        '{ type: string, enum: ["1.0", "2.0"] }',
        '{ type: string, enum: [created, -created] }',
        '{ type: [string, "null"], enum: [a, null] }',
        '{ type: integer, enum: [1, 2] }',
        '{ allOf: [{ type: string }], enum: [a] }',
      ].map((text): Case => [schema(text), []]),
      [schema('{ enum: [a] }'), [S]],
      [schema('{ type: string, enum: [a, a] }'), [`${S}/enum`]],
      [schema('{ type: string, enum: [a, 1] }'), [`${S}/enum`]],
      [schema('{ type: string, enum: [a, null] }'), [`${S}/enum`]],
      [schema('{ type: string, enum: [inReview, in_work] }'), [`${S}/enum`]],
      [schema('{ type: string, x-extensible-enum: [inReview, in_work] }'), [`${S}/x-extensible-enum`]],
      [schema('{ type: string, enum: [open, in_work] }'), [`${S}/enum`], { enumCase: 'SCREAMING_SNAKE_CASE' }],
    ],
  ],
  [
    'C13',
    [
      ...[
        property('created_at', '{ type: string, format: date-time }'),
        property('birth_date', '{ type: string, format: date }'),
        property('createTime', '{ type: string, format: date-time }'),
        property('response_time', '{ type: integer }'),
        property('expires_in', '{ type: integer }'),
        property('format', '{ type: string }'),
        property('looking_at', '{ type: string }'),
        property('valid_until', '{ type: string, format: date-time }'),
        property('update', '{ type: string }'),
        property('candidate', '{ type: string }'),
      ].map((text): Case => [text, []]),
      [property('created_at', '{ type: integer, format: int64 }'), [`${S}/properties/created_at`]],
      [property('updated_at', '{ type: string }'), [`${S}/properties/updated_at`]],
      [property('birth_date', '{ type: string }'), [`${S}/properties/birth_date`]],
      [property('timestamp', '{ type: number }'), [`${S}/properties/timestamp`]],
      [property('created', '{ type: string, format: date-time }'), [`${S}/properties/created`]],
      [property('when', '{ type: string, format: unix-time }'), [`${S}/properties/when`]],
    ],
  ],
  [
    'C14',
    [
      [schema('{ type: integer, format: int32 }'), []],
      [schema('{ type: integer, enum: [1, 2] }'), []],
      [schema('{ type: string }'), []],
      [schema('{ type: [number, "null"] }'), [S]],
    ],
  ],
  [
    'C15',
    [
      [property('currency', '{ type: string, pattern: "^[A-Z]{3}$" }'), []],
      [property('country_code', '{ type: string, enum: [DE, FR] }'), []],
      [property('country_name', '{ type: string }'), []],
      [property('price', '{ type: integer, format: int64 }'), []],
      [property('price', '{ type: object }'), []],
      [property('total_amount', '{ type: number, format: decimal }'), []],
      [property('country_code', '{ type: string, maxLength: 2 }'), [`${S}/properties/country_code`]],
      [property('language', '{ type: string }'), [`${S}/properties/language`]],
      [property('total_amount', '{ type: number }'), [`${S}/properties/total_amount`]],
    ],
  ],
  [
    'C22',
    [
      ['openapi: 3.0.3\ncomponents: { schemas: { S: { type: boolean, nullable: true } } }', [S]],
      [schema('{ type: [array, "null"] }'), [S]],
      [schema('{ anyOf: [{ type: boolean }, { type: "null" }] }'), [S]],
      [schema('{ type: [string, "null"] }'), []],
      [schema('{ anyOf: [{ type: boolean }, { type: string }] }'), []],
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
