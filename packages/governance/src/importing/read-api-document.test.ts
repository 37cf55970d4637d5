import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeProblem } from '../tree/json-tree.ts';
import { apiNameOf, defaultSpec } from './default-spec.ts';
import { readApiDocument, type ApiDocument } from './read-api-document.ts';

type Json = Readonly<Record<string, unknown>>;

const document = (members: Json): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: { '/a': { get: {} } }, ...members });
function read(text: string): ApiDocument {
  const found = readApiDocument(text);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}
const findings = (members: Json): readonly string[] =>
  read(document(members)).findings.map(({ severity, pointer, message }) => `${severity} ${pointer} ${message}`);

describe('a document', () => {
  it.each([
    ['3.0.3', 'openapi: 3.0.3', '3.0.3'],
    ['3.2.0', 'openapi: 3.2.0', '3.2.0'],
    ['Swagger that YAML takes for a number', 'swagger: 2.0', '2.0'],
    ['one behind a byte order mark', '\u{FEFF}openapi: 3.1.0', '3.1.0'],
    ['YAML that begins with a brace', '{ openapi: 3.1.0, paths: { /a: { get: {} } } }', '3.1.0'],
  ])('is read: %s', (_, head, format) => {
    const text = head.startsWith('{') ? head : `${head}\npaths: { /a: { get: { responses: {} } } }\n`;
    expect(read(text)).toMatchObject({ format, title: '', version: '' });
  });

  it.each<[string, Json, readonly string[]]>([
    [
      'inside of itself',
      { paths: { '/a': { $ref: '#/components/pathItems/x~1%7B' } }, components: { pathItems: { 'x/{': { get: {} } } } },
      [],
    ],
    [
      'to anchors',
      { paths: { '/a': { get: { requestBody: { content: { 'application/json': { schema: { $ref: '#node' } } } } } } } },
      [],
    ],
    [
      'in examples, which are values',
      { paths: { '/a': { get: { example: { $ref: 'x.yaml' } } } }, 'x-a': { $ref: 'y.yaml' } },
      [],
    ],
    [
      'as names of properties',
      { components: { schemas: { A: { properties: { $ref: { type: 'string' }, example: { type: 'string' } } } } } },
      [],
    ],
    [
      'under properties that are called like examples',
      { components: { schemas: { A: { properties: { example: { $ref: 'x' } } } } } },
      [
        'error /components/schemas/A/properties/example this refers to "x", which is outside of the document: put everything into one file first',
      ],
    ],
    [
      'to nothing',
      { components: { schemas: { A: { $ref: '#/a/b' } } } },
      ['error /components/schemas/A this refers to "#/a/b", which is not there'],
    ],
    [
      'to members of prototypes',
      { components: { schemas: { A: { $ref: '#/constructor' } } } },
      ['error /components/schemas/A this refers to "#/constructor", which is not there'],
    ],
  ])('may refer %s', (_, members, expected) => expect(findings(members)).toEqual(expected));

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'with queries',
      ['/a?b=1'],
      [
        'error /paths/~1a?b=1 the path "/a?b=1" has a query in it: parameters of queries are told apart by conditions of routes',
      ],
    ],
    [
      'with parts of segments',
      ['/a.{b}', '/{c}'],
      ['error /paths/~1a.{b} the path "/a.{b}" has a parameter that is not a whole segment'],
    ],
    ['with a star', ['/a/*'], ['error /paths/~1a~1* the path "/a/*" has a * in it, which stands for all paths below']],
    ['with nothing between slashes', ['/a//b'], ['error /paths/~1a~1~1b the path "/a//b" has an empty segment']],
    [
      'with dots',
      ['/a/../b'],
      ['error /paths/~1a~1..~1b the path "/a/../b" has a dot segment: write the path that it leads to'],
    ],
    ['with a broken escape', ['/a%zz'], ['error /paths/~1a%zz the path "/a%zz" has a % that escapes nothing']],
    ['that end in a slash', ['/a/', '/'], []],
    [
      'for the same requests',
      ['/{a}/b', '/{c}/b'],
      ['error /paths/~1{c}~1b/get GET "/{c}/b" takes the same requests as "/{a}/b"'],
    ],
    ['that are told apart by a word', ['/{a}/b', '/b/{c}'], []],
  ])('has paths %s', (_, paths, expected) => {
    expect(findings({ paths: Object.fromEntries(paths.map((path) => [path, { get: {} }])) })).toEqual(expected);
  });

  it('says at most a hundred things of one kind', () => {
    const schemas = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`S${index}`, { $ref: 'x.yaml' }]));
    expect(findings({ components: { schemas } })).toHaveLength(100);
  });
});

it('is written for people as long as it fits', () => {
  const swagger = (count: number): string => {
    const definitions = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`S${index}`, { title: 'x'.repeat(60) }]),
    );
    return JSON.stringify({ swagger: '2.0', paths: { '/a': { get: {} } }, definitions });
  };
  expect(read(swagger(10)).text).toContain('\n  "openapi"');
  expect(read(swagger(100_000)).text).not.toContain('\n');
});

describe('what serves it', () => {
  it.each<[string, unknown, Json]>([
    [
      'its server and base path',
      [{ url: 'https://a.example/v1/' }],
      { upstream: 'https://a.example', basePath: '/v1', stripBasePath: false },
    ],
    ['a server without a path', [{ url: 'http://a.example:8080' }], { upstream: 'http://a.example:8080' }],
    ['the first of several', [{ url: '/v2' }, { url: 'https://b' }], { basePath: '/v2', stripBasePath: false }],
    ['no template', [{ url: 'https://{host}/v1' }], {}],
    ['no other scheme', [{ url: 'ftp://a/v1' }], {}],
    ['no password', [{ url: 'https://a:b@c/v1' }], { basePath: '/v1', stripBasePath: false }],
    ['no server', undefined, {}],
    ['nothing that is none', [5, {}], {}],
    ['no list that is none', {}, {}],
  ])('is %s', (_, servers, expected) => {
    expect(defaultSpec(read(document({ servers })))).toEqual({ ...expected, policies: [{ validate: {} }] });
  });

  it.each([
    ['pet store', 'pet-store'],
    ['  Ünïcode — API!  ', 'n-code-API'],
    ['1.2.0', '1.2.0'],
    ['--', 'api'],
    ['', 'api'],
    ['x'.repeat(300), 'x'.repeat(64)],
  ])('has a name: %j', (text, expected) => expect(apiNameOf(text, 'api')).toBe(expected));
});

const deep = (open: string, close: string): string =>
  `{"openapi":"3.1.0","paths":${open.repeat(5000)}1${close.repeat(5000)}}`;
it.each<[string, string]>([
  ['JSON of 5,000 levels', deep('{"a":', '}')],
  ['lists of 5,000 levels', deep('[', ']')],
  ['YAML of 5,000 levels', `openapi: 3.1.0\npaths: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`],
  [
    'YAML that is indented 5,000 times',
    Array.from({ length: 5000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
  ],
  ['aliases in a circle', 'openapi: 3.1.0\npaths: &a { /a: *a }'],
  ['a thousand times the same', `openapi: 3.1.0\nx-a: &a [${'1,'.repeat(5000)}1]\nx-b: [${'*a,'.repeat(900)}1]`],
  ['keys that are maps', '? { a: 1 }\n: 2'],
  ['two documents', 'openapi: 3.1.0\n---\na: 1'],
  ['a key twice', 'openapi: 3.1.0\npaths: {}\npaths: {}'],
  ['thirty thousand keys', Array.from({ length: 30_000 }, (_, index) => `k${index}: 1\n`).join('')],
  [
    'ten thousand aliases',
    Array.from({ length: 10_000 }, (_, index) => `k${index}: &a${index} x\nl${index}: *a${index}\n`).join(''),
  ],
])('there is a problem with %s', (_, text) => {
  const begun = performance.now();
  expect(readApiDocument(text)).toEqual({ problem: expect.stringMatching(/^[^\n]{10,400}$/) });
  expect(performance.now() - begun).toBeLessThan(8000);
});

it('never throws, and what is read is bounded', () => {
  const piece = fc.constantFrom(
    'openapi: 3.1.0\n',
    'swagger: "2.0"\n',
    'paths:\n  /a:\n    get: {}\n',
    '{',
    '}',
    '[',
    ']',
    ':',
    '"',
    '&a ',
    '*a',
    '- ',
    '\n',
    '  ',
    'get',
    '/a',
    '$ref: "#/a"',
    '!!binary',
    '%YAML 1.2',
    '---',
    '__proto__',
    '<<: *a',
    '? ',
    '| ',
    '0x1F',
    '~',
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.array(piece).map((pieces) => `openapi: 3.1.0\npaths: { /a: { get: {} } }\nx-a: ${pieces.join('')}`),
  );
  fc.assert(
    fc.property(text, (written) => {
      const found = readApiDocument(written);
      if (!('problem' in found))
        expect(treeProblem(found.root, { partsMax: 1_000_000, depthMax: 400 })).toBeUndefined();
    }),
    { numRuns: 3000 },
  );
});
