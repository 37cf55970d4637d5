import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpec, UnreadableDocument } from '../document/spec-document.ts';
import { pointerOf } from '../document/json-value.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import type { Hooks, Rule } from './rule.ts';
import { lint } from './lint.ts';
import { runRules } from './run-rules.ts';

/** What the hooks are told, one a line. */
function told(text: string): readonly string[] {
  const lines: string[] = [];
  const hooks: Hooks = {
    server: ({ path }) => lines.push(`server ${pointerOf(path)}`),
    pathItem: ({ template, direction }) => lines.push(`${direction} ${template}`),
    operation: ({ method, path }) => lines.push(`${method} ${pointerOf(path)}`),
    parameter: ({ path }) => lines.push(`parameter ${pointerOf(path)}`),
    requestBody: ({ path }) => lines.push(`body ${pointerOf(path)}`),
    response: ({ path }) => lines.push(`response ${pointerOf(path)}`),
    header: ({ name, path }) => lines.push(`header ${name} ${pointerOf(path)}`),
    mediaType: ({ type, of }) => lines.push(`${of} ${type}`),
    securityScheme: ({ name }) => lines.push(`scheme ${name}`),
    schema: ({ path, inRequest, inResponse }) => {
      lines.push(`schema ${pointerOf(path)}${inRequest ? ' sent' : ''}${inResponse ? ' received' : ''}`);
    },
    reference: ({ ref, resolves }) => lines.push(`ref ${ref} ${String(resolves)}`),
  };
  const rule: Rule = {
    id: 'C99',
    severity: 'info',
    axis: 'consistency',
    summary: '',
    why: '',
    bad: '',
    good: '',
    since: '0.1.0',
    hooks: () => hooks,
  };
  const document = parseSpec(`openapi: 3.1.0\n${text}`, 'a.yaml');
  runRules({ document, rules: [[rule, 'info']], options: DEFAULT_OPTIONS, previous: undefined, nowMs: 0 });
  return lines;
}

const JSON_OF = (schema: string): string => `{ content: { application/json: { schema: ${schema} } } }`;
const REF = (name: string): string => `{ $ref: "#/components/schemas/${name}" }`;

describe('the walk', () => {
  it('visits what many refer to once, where it is written', () => {
    const lines = told(`
paths:
  /a: { get: { responses: { "200": ${JSON_OF(REF('A'))}, "201": ${JSON_OF(REF('A'))} } } }
components: { schemas: { A: { type: object } } }`);
    expect(lines.filter((line) => line.startsWith('schema'))).toEqual(['schema /components/schemas/A received']);
  });

  it('knows through references which schemas are sent, which are received', () => {
    const lines = told(`
paths:
  /a:
    post:
      parameters: [{ name: q, in: query, schema: ${REF('Q')} }]
      requestBody: ${JSON_OF(REF('In'))}
      responses: { "200": ${JSON_OF(REF('Out'))} }
components:
  schemas:
    Q: {}
    In: { properties: { both: ${REF('Both')} } }
    Out: { allOf: [${REF('Both')}] }
    Both: { items: ${REF('Leaf')} }
    Leaf: {}
    None: {}`);
    expect(lines.filter((line) => line.startsWith('schema'))).toEqual([
      'schema /components/schemas/Q sent',
      'schema /components/schemas/In sent',
      'schema /components/schemas/Out received',
      'schema /components/schemas/Both sent received',
      'schema /components/schemas/Leaf sent received',
      'schema /components/schemas/None',
    ]);
  });

  it('knows that what the API sends to a webhook is received', () => {
    const lines = told(`webhooks: { made: { post: { requestBody: ${JSON_OF('{}')} } } }`);
    expect(lines).toContain('schema /webhooks/made/post/requestBody/content/application~1json/schema received');
  });

  it('ends where schemas hold themselves', () => {
    const lines = told(`
paths: { /a: { get: { responses: { "200": ${JSON_OF(REF('A'))} } } } }
components: { schemas: { A: { properties: { b: ${REF('B')} } }, B: { items: ${REF('A')} } } }`);
    expect(lines.filter((line) => line.startsWith('schema'))).toHaveLength(2);
  });

  it.each(['{ $ref: "#/components/schemas/A" }', '{ $ref: "#" }', '{ $ref: "#/paths" }'])(
    'ends where a reference leads to itself or up: %s',
    (schema) => expect(told(`paths: {}\ncomponents: { schemas: { A: ${schema} } }`).length).toBeGreaterThan(0),
  );

  it('knows references that lead nowhere from those that cannot be followed', () => {
    const schema = (ref: string): string => `{ $ref: "${ref}" }`;
    const refs = ['#/components/schemas/None', 'other.yaml#/A', '#/constructor', '#anchor', '#/components/schemas/T'];
    const members = refs.map((ref, i) => `S${i}: ${schema(ref)}`).join(', ');
    expect(told(`components: { schemas: { ${members}, T: true } }`)).toEqual([
      'ref #/components/schemas/None false',
      'ref other.yaml#/A undefined',
      'ref #/constructor false',
      'ref #anchor undefined',
      'ref #/components/schemas/T true',
    ]);
  });

  it('sees servers, callbacks, headers, encodings, security schemes and operations of OpenAPI 3.2', () => {
    const lines = told(`
servers: [{ url: / }]
paths:
  /a:
    query: { responses: {} }
    additionalOperations: { COPY: {} }
    post:
      callbacks: { done: { "{$request.body#/url}": { post: { requestBody: ${JSON_OF('{}')} } } } }
      responses: { "200": { headers: { X-A: { schema: {} } } } }
components: { securitySchemes: { key: {} } }`);
    for (const line of [
      'server /servers/0',
      'query /paths/~1a/query',
      'copy /paths/~1a/additionalOperations/COPY',
      'callback {$request.body#/url}',
      'header X-A /paths/~1a/post/responses/200/headers/X-A',
      'scheme key',
    ]) {
      expect(lines).toContain(line);
    }
  });
});

describe('whatever the document', () => {
  it.each([
    ['[]', /no OpenAPI document/],
    ['1', /no OpenAPI document/],
    ['{}', /`openapi` is missing/],
    ['swagger: "2.0"', /Swagger 2.0/],
    ['openapi: 4.0.0', /"4.0.0"/],
    ['openapi: 3.1', /3.1/],
    ['asyncapi: 3.0.0', /missing/],
  ])('says that it is no OpenAPI: %s', (text, message) => {
    expect(() => lint(parseSpec(text, 'a.yaml'), { nowMs: 0 })).toThrow(UnreadableDocument);
    expect(() => lint(parseSpec(text, 'a.yaml'), { nowMs: 0 })).toThrow(message);
  });

  it('finds or finds not, with something else at any place', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>([], {}, null, '', '#/', { $ref: '#/components' }, { $ref: 1 }, { $ref: '#/paths/~1a' }),
    );
    fc.assert(
      fc.property(fc.nat(), anything, fc.nat(), (at, value, second) => {
        const root: unknown = structuredClone(SAMPLE);
        replaceAt(root, at, value);
        replaceAt(root, second, value);
        const text = JSON.stringify(root);
        try {
          const { findings, scores } = lint(parseSpec(text, 'a.json'), {
            nowMs: 0,
            previous: parseSpec(text, 'b.json'),
          });
          expect(scores.overall).toBeGreaterThanOrEqual(0);
          for (const { line, column } of findings) expect(line > 0 && column > 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableDocument);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('takes %s for a name like any other', (name) => {
    const text = JSON.stringify(SAMPLE).replaceAll('users', name).replaceAll('User', name);
    expect(lint(parseSpec(text, 'a.json'), { nowMs: 0 }).findings.length).toBeGreaterThan(0);
  });

  it('refuses what has more operations than any API', () => {
    const paths = Array.from({ length: 30_000 }, (_, i) => `"/p${i}": { "$ref": "#/x-item" }`).join(', ');
    const item = JSON.stringify(
      Object.fromEntries(['get', 'put', 'post', 'patch', 'delete', 'head', 'trace'].map((one) => [one, {}])),
    );
    const text = `{ "openapi": "3.1.0", "paths": { ${paths} }, "x-item": ${item} }`;
    expect(() => lint(parseSpec(text, 'a.json'), { nowMs: 0 })).toThrow(/more than 200000 operations/);
  });

  it('follows callbacks of callbacks however far they lead', () => {
    const callbacks: Record<string, unknown> = {};
    for (let i = 0; i < 6000; i++) {
      callbacks[`C${i}`] = {
        '{$url}': { post: { callbacks: { next: { $ref: `#/components/callbacks/C${i + 1}` } } } },
      };
    }
    const get = { callbacks: { first: { $ref: '#/components/callbacks/C0' } } };
    const lines = told(`paths: ${JSON.stringify({ '/a': { get } })}\ncomponents: ${JSON.stringify({ callbacks })}`);
    expect(lines.filter((line) => line.startsWith('callback'))).toHaveLength(6000);
  });

  it('takes time in proportion to the number of references', () => {
    const schemas: Record<string, unknown> = {};
    for (let i = 0; i < 20_000; i++) {
      schemas[`S${i}`] = {
        properties: { a: { $ref: `#/components/schemas/S${i + 1}` }, b: { $ref: '#/components/schemas/S0' } },
      };
    }
    const get = {
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } },
    };
    const text = JSON.stringify({ openapi: '3.1.0', paths: { '/a': { get } }, components: { schemas } });
    const started = performance.now();
    lint(parseSpec(text, 'a.json'), { nowMs: 0 });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

const SAMPLE = {
  openapi: '3.1.0',
  info: { title: 'a', version: '1.0.0', 'x-api-id': 'a', 'x-audience': 'team', 'x-stability-level': 'beta' },
  servers: [{ url: 'https://h/v1', variables: { a: {} } }],
  paths: {
    '/users': {
      parameters: [{ name: 'a', in: 'query', schema: { type: 'array', items: { type: 'string' } } }],
      get: {
        operationId: 'listUsers',
        deprecated: true,
        'x-sunset': '2030-01-01',
        responses: {
          200: {
            headers: { ETag: { schema: { type: 'string' } } },
            links: { a: { operationId: 'listUsers' } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
          },
        },
      },
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } } },
        responses: { 201: {}, default: { $ref: '#/components/responses/Problem' } },
        callbacks: { done: { '{$url}': { post: { responses: {} } } } },
      },
    },
    '/users/{id}': { get: { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }] } },
  },
  components: {
    responses: { Problem: { content: { 'application/problem+json': { schema: { type: 'object' } } } } },
    schemas: {
      User: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string' },
          state: { type: 'string', enum: ['a', 'b'] },
          made_at: { type: 'integer' },
        },
        allOf: [{ $ref: '#/components/schemas/Base' }],
        anyOf: [{ type: 'boolean' }, { type: 'null' }],
      },
      Base: {
        type: 'object',
        discriminator: { propertyName: 'kind', mapping: { a: 'User' } },
        additionalProperties: false,
      },
    },
  },
};

/** Puts a value in the place of the n-th node. */
function replaceAt(root: unknown, n: number, value: unknown): void {
  const places: (readonly [object, string])[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node, name]);
      visit(Reflect.get(node, name));
    }
  };
  visit(root);
  const place = places[n % places.length];
  if (place !== undefined) Reflect.set(place[0], place[1], structuredClone(value));
}
