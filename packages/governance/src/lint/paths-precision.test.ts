import { describe, expect, it } from 'vitest';
import { foundBy, ruleNamed, type Part } from './__fixtures__/found.ts';

type More = Omit<Part, 'text'>;
/** A part of a document, and `line pointer` of each finding; the first line of the part is the second of the document. */
type Case = readonly [text: string, found: readonly string[], more?: More];

const OPEN_API_3_0 = 'openapi: 3.0.3\n';
/** One path a line, from the third on. */
const paths = (...templates: readonly string[]): string =>
  `paths:\n${templates.map((template) => `  "${template}": { get: {} }\n`).join('')}`;
const at = (template: string): string => `/paths/${template.replaceAll('/', '~1')}`;
/** Paths that are written among the components. */
const referring = (...templates: readonly string[]): string =>
  `paths:\n${templates.map((template) => `  "${template}": { $ref: "#/components/pathItems/A" }\n`).join('')}components: { pathItems: { A: { get: {} } } }\n`;
const fine = (...templates: readonly string[]): Case => [paths(...templates), []];
const called = (template: string): string =>
  `paths:\n  /a:\n    post: { callbacks: { done: { "${template}": { post: {} } } } }\n`;

const DEEP = '/a/{a}/b/{b}/c/{c}/d/{d}/e';

describe.each<[string, readonly Case[]]>([
  [
    'C01',
    [
      [referring('/userThings'), ['3 /paths/~1userThings']],
      [referring('/userThings', '/otherThings'), ['3 /paths/~1userThings', '4 /paths/~1otherThings']],
    ],
  ],
  [
    'C02',
    [
      [referring('/user/{id}'), ['3 /paths/~1user~1{id}']],
      [
        'paths:\n  /user: { $ref: "#/components/pathItems/A" }\ncomponents: { pathItems: { A: { get: { responses: { "200": { content: { application/json: { schema: { type: array } } } } } } } } }\n',
        ['3 /paths/~1user'],
      ],
    ],
  ],
  ['C03', [[referring('/getUsers'), ['3 /paths/~1getUsers']]]],
  [
    'C04',
    [
      [paths('/users/'), [`3 ${at('/users/')}`]],
      [paths('/users', '/users/{id}/'), [`4 ${at('/users/{id}/')}`]],
      [paths('/users?state=open'), [`3 ${at('/users?state=open')}`]],
      [paths('/users/?state={state}'), [`3 ${at('/users/?state={state}')}`, `3 ${at('/users/?state={state}')}`]],
      [paths('/users#list'), [`3 ${at('/users#list')}`]],
      [paths('/users{?limit}'), [`3 ${at('/users{?limit}')}`]],
      [paths('//'), [`3 ${at('//')}`]],
      ['paths:\n  /users/: {}\n', [`3 ${at('/users/')}`]],
      ['paths:\n  /users/: { parameters: [], get: {}, put: {} }\n', [`3 ${at('/users/')}`]],
      [`${OPEN_API_3_0}paths:\n  /a: {}\n  /b/: { $ref: "#/paths/~1a" }\n`, ['4 /paths/~1b~1']],
      [referring('/users', '/users/'), [`4 ${at('/users/')}`]],
      [referring('/a/', '/b/'), [`3 ${at('/a/')}`, `4 ${at('/b/')}`]],
      fine('/'),
      fine('/users'),
      fine('/users/{id}'),
      fine('/users/{id}:reset'),
      fine('/files/what%3F'),
      fine('/files/a%2F'),
      fine('/users/{id}/~me'),
      ['paths:\n  x-old/: {}\n  x-old?a=b: {}\n', []],
      ['servers: [{ url: "https://h.test/v1/" }]\npaths: { /users: { servers: [{ url: "/v1/" }] } }\n', []],
      ['webhooks: { users/: { post: {} }, "a?b": { post: {} } }\n', []],
      [called('{$request.body#/url}?event=done'), []],
      [called('https://h.test/done/'), []],
      ['components: { pathItems: { "users/": { get: {} } } }\n', []],
    ],
  ],
  [
    'C05',
    [
      [paths('/users/{id}', '/users/{user_id}'), [`4 ${at('/users/{user_id}')}`]],
      [paths('/users/{a}/b', '/x', '/users/{c}/b'), [`5 ${at('/users/{c}/b')}`]],
      [paths('/{kind}/me', '/books/{id}'), [`4 ${at('/books/{id}')}`]],
      [paths('/books/{id}', '/{kind}/me'), [`4 ${at('/{kind}/me')}`]],
      [paths('/{a}/b/{c}', '/a/{b}/{c}'), [`4 ${at('/a/{b}/{c}')}`]],
      [paths('/a/{x}.json', '/a/{y}.json'), [`4 ${at('/a/{y}.json')}`]],
      [paths('/a/{x}-{y}', '/a/{y}-{z}'), [`4 ${at('/a/{y}-{z}')}`]],
      [paths('/a/{x}:reset', '/a/{y}:reset'), [`4 ${at('/a/{y}:reset')}`]],
      [paths('/{kind}/me.json', '/books/{id}.json'), [`4 ${at('/books/{id}.json')}`]],
      [paths('/{kind}/{id}.json', '/books/me.json', '/books/{id}'), [`5 ${at('/books/{id}')}`]],
      [paths('/v{version}/me', '/v1/{id}'), [`4 ${at('/v1/{id}')}`]],
      [paths('/a', '/b', '/a?x=1'), [`5 ${at('/a?x=1')}`]],
      ['paths:\n  "/a/{x}":\n    get: {}\n  "/a/{y}":\n    put: {}\n', [`5 ${at('/a/{y}')}`]],
      [`${OPEN_API_3_0}${paths('/a/{x}', '/a/{y}')}`, [`4 ${at('/a/{y}')}`]],
      [referring('/a/{x}', '/a/{y}'), [`4 ${at('/a/{y}')}`]],
      [`${OPEN_API_3_0}paths:\n  "/a/{x}": {}\n  "/a/{y}": { $ref: "#/paths/~1a~1{x}" }\n`, [`4 ${at('/a/{y}')}`]],
      fine('/users/{id}', '/users/me', '/users/{id}/b'),
      fine('/users/{id}', '/users/{id}:reset', '/users:batchGet'),
      fine('/{a}/b/c', '/a/{b}/d'),
      fine('/a/{x}.json', '/a/{x}.xml', '/a/{x}', '/a/me.json'),
      fine('/a/{x}-{y}', '/a/{x}'),
      fine('/Users/{id}', '/users/{id}'),
      fine('/users', '/users/'),
      fine('/users/{id}', '/users/{id}/'),
      fine('/{kind}/me.json', '/books/{id}.xml'),
      fine('/{kind}/json', '/books/{id}.json'),
      fine('/v{version}/me', '/w1/{id}'),
      fine('/a/{b}', '/{a}/b/c'),
      ['paths: { "x-{a}": {}, "x-{b}": {}, "/a/{a}": {} }\n', []],
      ['webhooks: { "a/{x}": {}, "a/{y}": {} }\n', []],
      ['components: { pathItems: { "/a/{x}": {}, "/a/{y}": {} } }\npaths: { "/a/{z}": {} }\n', []],
      [
        'paths: { /a: { post: { callbacks: { a: { "{$request.body#/x}": { post: {} }, "{$request.body#/y}": { post: {} } } } } } }\n',
        [],
      ],
    ],
  ],
  [
    'C07',
    [
      [paths(DEEP), [`3 ${at(DEEP)}`]],
      [paths('/a', `${DEEP}/{e}`), [`4 ${at(`${DEEP}/{e}`)}`]],
      [paths(`/v1${DEEP}/f`), [`3 ${at(`/v1${DEEP}/f`)}`]],
      [paths('/a/{a}/b/{b}/c/{c}/d/{d}/e:count'), [`3 ${at('/a/{a}/b/{b}/c/{c}/d/{d}/e:count')}`]],
      [paths('/a/{a}-{x}/b/{b}-{y}/c/{c}-{z}/d/{d}/e'), [`3 ${at('/a/{a}-{x}/b/{b}-{y}/c/{c}-{z}/d/{d}/e')}`]],
      [paths('/a/a-{a}/b/b-{b}/c/c-{c}/d/d-{d}/e'), [`3 ${at('/a/a-{a}/b/b-{b}/c/c-{c}/d/d-{d}/e')}`]],
      [paths('/a/{a}/b'), [`3 ${at('/a/{a}/b')}`], { options: { subResourceLevelsMax: 0 } }],
      [paths('/a/{a}/b/{b}/c'), [`3 ${at('/a/{a}/b/{b}/c')}`], { options: { subResourceLevelsMax: 1 } }],
      [`${OPEN_API_3_0}${paths(DEEP)}`, [`3 ${at(DEEP)}`]],
      [referring('/a', DEEP), [`4 ${at(DEEP)}`]],
      [`paths:\n  "${DEEP}":\n    get: {}\n    put: {}\n`, [`3 ${at(DEEP)}`]],
      fine('/a/{a}/b/{b}/c/{c}/d/{d}'),
      fine('/a/{a}/b/{b}/c/{c}/d/{d}:activate'),
      fine('/a/{a}/b/{b}/c/{c}/d/e/f/g'),
      fine('/a/b/c/d/e/f'),
      fine('/{a}/{b}/{c}/{d}/{e}'),
      fine('/v1/{tenant}/a/{a}/b/{b}/c/{c}'),
      fine('/a/{a}/b/{b}/c/{c}/d/{d}/{e}.json'),
      fine('/a/{a}/b/{b}/c/{c}/d/{d}/{e}-{f}'),
      fine('/a/{a}/b/{b}/c/{c}/d/{d}?e=/f/{f}/g'),
      [paths('/a/{a}/b/{b}/c'), [], { options: { subResourceLevelsMax: 2 } }],
      [`paths: { "x-${DEEP}": {} }\n`, []],
      [`webhooks: { "${DEEP}": { post: {} } }\n`, []],
      [called(`https://h.test${DEEP}`), []],
      [`components: { pathItems: { "${DEEP}": { get: {} } } }\n`, []],
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

it('a fragment in a path is called so', () => {
  const [finding] = foundBy(ruleNamed('C04'), { text: paths('/users#list') });
  expect(finding?.message).toBe('the path holds a fragment, which no caller sends');
});
