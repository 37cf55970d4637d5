import { describe, expect, it } from 'vitest';
import { parseSpec, type SpecDocument } from '../document/spec-document.ts';
import { lint } from './lint.ts';

type Parts = Readonly<Record<string, unknown>>;

const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const named = (count: number, one: (i: number) => readonly [string, unknown]): Parts =>
  Object.fromEntries(many(count, one));
const schemaRef = (name: string): Parts => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: unknown): Parts => ({ content: { 'application/json': { schema } } });
const schemas = (all: Parts): Parts => ({ components: { schemas: all } });
const used = (schema: unknown): Parts => ({
  paths: { '/users': { post: { requestBody: json(schema), responses: { 500: json(schema) } } } },
});

/** What a document is made of that grows with a number, each nasty in its own way. */
const NASTY: readonly (readonly [what: string, start: number, make: (count: number) => Parts])[] = [
  ['paths', 600, (n) => ({ paths: named(n, (i) => [`/userThings${i}/{id}`, { get: { responses: { 200: {} } } }]) })],
  [
    'paths that begin with parameters',
    400,
    (n) => ({ paths: named(n, (i) => [`/{a}/b${i}/{c}/d${i % 7}`, { get: {} }]) }),
  ],
  [
    'paths with parts of segments',
    400,
    (n) => ({ paths: named(n, (i) => [i % 2 === 0 ? `/{a}-${i}-{b}/c` : `/a-${i}-b/{c}.c`, { get: {} }]) }),
  ],
  [
    'references to one schema',
    1250,
    (n) => ({
      ...used({ properties: named(n, (i) => [`email${i}`, schemaRef('One')]) }),
      ...schemas({ One: { type: 'object', properties: { url: { type: 'string' }, stack: {} } } }),
    }),
  ],
  [
    'references to one parameter and one reply',
    500,
    (n) => ({
      paths: named(n, (i) => [
        `/users${i}/{id}`,
        {
          get: {
            parameters: [{ $ref: '#/components/parameters/Id' }],
            responses: { 429: { $ref: '#/components/responses/Slow' } },
          },
        },
      ]),
      components: {
        parameters: { Id: { name: 'user_id', in: 'path', schema: { type: 'integer' } } },
        responses: { Slow: json({ properties: { stack: {} } }) },
      },
    }),
  ],
  [
    'parameters that no path has',
    100,
    (n) => ({
      paths: {
        '/a': { parameters: many(n, (i) => ({ $ref: `#/components/parameters/P${i}` })), get: {}, put: {} },
      },
      components: { parameters: named(n, (i) => [`P${i}`, { name: `p${i}`, in: 'path' }]) },
    }),
  ],
  [
    'schemas in a chain of allOf',
    600,
    (n) => ({
      ...used(schemaRef('S0')),
      ...schemas(
        named(n, (i) => [
          `S${i}`,
          { allOf: [schemaRef(`S${i + 1}`), { properties: { [`a${i}`]: { type: 'string' } } }] },
        ]),
      ),
    }),
  ],
  [
    'schemas of which each is composed of all before',
    25,
    (n) => ({
      ...used(schemaRef('S1')),
      ...schemas(
        named(n, (i) => [
          `S${i}`,
          { allOf: many(n, (k) => schemaRef(`S${k}`)), oneOf: many(n, (k) => schemaRef(`S${k}`)) },
        ]),
      ),
    }),
  ],
  [
    'alternatives of one schema',
    1000,
    (n) => used({ type: 'string', anyOf: many(n, () => ({ type: 'string' })), oneOf: many(n, (i) => ({ const: i })) }),
  ],
  ['values of an enum', 4000, (n) => used({ type: 'string', enum: many(n, (i) => `value_${i}`) })],
  [
    'security requirements of their own',
    500,
    (n) => ({
      paths: named(n, (i) => [
        i % 2 === 0 ? `/admin/a${i}` : `/b${i}`,
        { get: { security: [{ login: ['shared', `own${i}`] }, { other: [`own${i % 10}`] }] } },
      ]),
      components: {
        securitySchemes: {
          login: { type: 'oauth2', flows: { clientCredentials: { scopes: named(n, (i) => [`own${i}`, 'a']) } } },
        },
      },
    }),
  ],
  [
    'servers',
    1000,
    (n) => ({ servers: many(n, (i) => ({ url: `{s}://h${i}.test`, variables: { s: { enum: ['http'] } } })) }),
  ],
  [
    'words of a description in Markdown',
    8000,
    (n) => ({
      info: { description: '**a** [b](http://c) `d` <e> \n'.repeat(n) },
      ...used({ description: '[('.repeat(n) }),
    }),
  ],
  [
    'lines of an example of an error',
    8000,
    (n) => ({
      paths: {
        '/a': {
          get: {
            responses: {
              500: {
                content: {
                  'a/b': {
                    example: ['\n \t'.repeat(n), `at ${' in '.repeat(n)}`, `at a(${':1'.repeat(n)}`, '(a'.repeat(n)],
                  },
                },
              },
            },
          },
        },
      },
    }),
  ],
  [
    'letters of a path',
    8000,
    (n) => ({ paths: { [`/${'a-B{'.repeat(n)}`]: { get: { operationId: 'aB_'.repeat(n) } } } }),
  ],
  [
    'letters of names',
    8000,
    (n) => ({
      paths: {
        '/a': {
          get: {
            parameters: [
              { name: 'a_Url-'.repeat(n), in: 'query' },
              { name: '0'.repeat(n), in: 'header' },
            ],
          },
        },
      },
      ...schemas({ S: { properties: { ['e_mail'.repeat(n)]: { type: 'string', pattern: '(['.repeat(n) } } } }),
      servers: [{ url: `http://${'a.'.repeat(n)}`, description: 'pre-'.repeat(n) }, { url: `a:${'//:'.repeat(n)}` }],
    }),
  ],
];

/** Of this process alone: what others do on the machine does not count. */
function cpuMsFor(document: SpecDocument): number {
  const before = process.threadCpuUsage().user;
  lint(document, { pack: 'strict', nowMs: 0 });
  return (process.threadCpuUsage().user - before) / 1000;
}

const STEPS = 8;
/** Less is noise. */
const LEAST_MS = 10;

describe('takes time in proportion to the number of', () => {
  it.each(NASTY)('%s', (_, few, make) => {
    const [small, large] = [few, few * STEPS].map((count) => JSON.stringify({ openapi: '3.1.0', ...make(count) }));
    const cpuMs = [small, large].map((text = '') => {
      const document = parseSpec(text, 'nasty.json');
      return Math.max(LEAST_MS, Math.min(...many(3, () => cpuMsFor(document))));
    });
    const [once = 0, more = 0] = cpuMs;
    const growth = Math.max(STEPS, (large?.length ?? 0) / (small?.length ?? 1));
    // Quadratic work would take eight times as long again.
    expect(more / once).toBeLessThan(growth * 2.25);
  });
});
