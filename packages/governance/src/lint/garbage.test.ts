import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathOf, valueAt } from '../document/json-value.ts';
import { parseSpec } from '../document/spec-document.ts';
import { lint } from './lint.ts';

const FIELDS =
  'info servers paths components security tags contact description title summary url /users /admin/{id} get post parameters requestBody responses 200 429 default name in content application/json application/problem+json schema schemas properties items type allOf oneOf anyOf example examples headers securitySchemes flows implicit scopes security tags variables enum default toString valueOf $ref A'.split(
    ' ',
  );
const leaf = fc.oneof(
  fc.constantFrom(
    'object',
    'string',
    'array',
    'integer',
    'query',
    'path',
    '#/components/schemas/A',
    '#',
    'http://x',
    'apiKey',
    'oauth2',
  ),
  fc.jsonValue({ maxDepth: 1 }),
);
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 7, depthSize: 'large' },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('node'), { maxKeys: 5 }),
  ),
}));

const isThere = (root: unknown, pointer: string): boolean => valueAt(root, pathOf(pointer) ?? []) !== undefined;

it('what stands in a document in the wrong place costs findings, and never the lint', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...FIELDS), node), (parts) => {
      const document = parseSpec(JSON.stringify({ openapi: '3.1.0', ...parts }), 'garbage');
      const { findings } = lint(document, { pack: 'strict', nowMs: 0 });
      expect(findings.length).toBeGreaterThan(0);
      const nowhere = findings.filter(({ rule, path }) => /^[CS]/.test(rule) && !isThere(document.root, path));
      expect(nowhere).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

it('never calls what stands in a document under the name of a method', () => {
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: [{ toString: 1 }] },
    security: [{ login: [{ toString: 1 }] }],
    tags: [{ name: { toString: 1 } }],
    servers: [{ url: '{s}://h', variables: { s: { enum: [{ toString: 1 }], default: { toString: 1 } } } }],
    paths: {
      '/admin': {
        get: { operationId: { toString: 1 }, tags: [{ toString: 1 }], parameters: [{ name: { toString: 1 } }] },
      },
    },
    components: {
      securitySchemes: { login: { type: 'oauth2' } },
      schemas: {
        S: { type: [{ toString: 1 }], enum: [{ toString: 1 }], format: { toString: 1 }, pattern: { toString: 1 } },
      },
    },
  });
  expect(lint(parseSpec(text, 'odd.json'), { pack: 'strict', nowMs: 0 }).findings.length).toBeGreaterThan(0);
});
