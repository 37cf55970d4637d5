import { describe, expect, it } from 'vitest';
import { DOCUMENT_ROWS } from './__fixtures__/document-rows.ts';
import { OPERATION_ROWS } from './__fixtures__/operation-rows.ts';
import { documentOf, NOW, withOperation } from './__fixtures__/documents.ts';
import { NotOpenApi } from './canonicalise/open-api.ts';
import { compareDocuments } from './compare-documents.ts';
import { parseOverrides, WrongOverrides } from './overrides.ts';

describe('documents', () => {
  for (const [name, old, newer, verdict, ids] of [...OPERATION_ROWS, ...DOCUMENT_ROWS]) {
    it(`is ${verdict} when ${name}`, () => {
      const { changes, ...result } = compareDocuments(old, newer, { now: NOW });
      const grave = changes.filter(({ level }) => level !== 'info').map(({ id }) => id);
      expect({ verdict: result.verdict, ids: grave.toSorted() }).toEqual({ verdict, ids });
    });

    it(`finds nothing between a document and itself (${name})`, () => {
      for (const document of [old, newer]) {
        expect(compareDocuments(document, structuredClone(document), { now: NOW }).changes).toEqual([]);
      }
    });
  }
});

const REFUSED: readonly (readonly [unknown, string])[] = [
  [undefined, 'the document is empty, not an object; give an OpenAPI document'],
  [[], 'the document is a list, not an object; give an OpenAPI document'],
  ['openapi: 3.1.0', 'the document is a string, not an object; give an OpenAPI document'],
  [{}, 'the document has no field openapi; give an OpenAPI document'],
  [{ openapi: 3.1 }, 'openapi is not a text; write it as such, like "3.1.0"'],
  [{ openapi: '4.0.0' }, 'OpenAPI 4.0.0 is not known here; 3.0, 3.1 and 3.2 are'],
  [{ swagger: '2.0' }, 'the document is Swagger 2.0; convert it to OpenAPI 3 first'],
  [{ asyncapi: '3.0.0' }, 'the document is AsyncAPI; give an OpenAPI document'],
];

describe('what is no OpenAPI', () => {
  it.each(REFUSED)('is refused: %j', (root, message) => {
    expect(() => compareDocuments(root, documentOf(), { now: NOW })).toThrow(new NotOpenApi(message));
    expect(() => compareDocuments(documentOf(), root, { now: NOW })).toThrow(new NotOpenApi(message));
  });
});

const withEnum = (...values: string[]) =>
  withOperation({ responses: { '200': { content: { 'application/json': { schema: { enum: values } } } } } });

describe('overrides', () => {
  const judge = (overrides: object) =>
    compareDocuments(withEnum('a'), withEnum('a', 'b'), { now: NOW, overrides: parseOverrides(overrides) });
  const [found] = judge({}).changes;

  it.each([
    [{}, 'warning', 1],
    [{ 'response-enum-value-added': 'error' }, 'breaking', 1],
    [{ 'response-enum-value-added': 'info' }, 'compatible', 1],
    [{ 'response-enum-value-added': 'none' }, 'compatible', 0],
    [{ [found?.fingerprint ?? '']: 'info' }, 'compatible', 1],
    [{ [found?.fingerprint ?? '']: 'info', 'response-enum-value-added': 'error' }, 'compatible', 1],
  ])('%j makes it %s', (overrides, verdict, count) => {
    const result = judge(overrides);
    expect([result.verdict, result.changes.length]).toEqual([verdict, count]);
  });

  it.each([[null], [[]], ['x'], [{ nonsense: 'info' }], [{ 'operation-removed': 'fatal' }], [{ constructor: 'info' }]])(
    'refuses %j',
    (overrides) => expect(() => parseOverrides(overrides)).toThrow(WrongOverrides),
  );
});

describe('stability', () => {
  const old = withOperation({ 'x-stability-level': 'beta' });
  const newer = withOperation({
    'x-stability-level': 'beta',
    parameters: [{ name: 'q', in: 'query', required: true }],
  });

  it.each([
    ['draft', 'breaking', 'major'],
    ['beta', 'breaking', 'major'],
    ['stable', 'compatible', 'patch'],
  ] as const)('counts a beta operation from %s on as %s', (stability, verdict, semver) => {
    const result = compareDocuments(old, newer, { now: NOW, stability });
    expect([result.verdict, result.semver, result.changes.length]).toEqual([verdict, semver, 1]);
  });
});

describe('fingerprints', () => {
  const prints = (old: unknown, newer: unknown) =>
    compareDocuments(old, newer, { now: NOW }).changes.map(({ fingerprint }) => fingerprint);
  const at = (path: string, more: object, parts: object = {}) => {
    const [, name = ''] = /\{(.*)\}/.exec(path) ?? [];
    const parameters = [{ name, in: 'path', required: true, schema: { type: 'string' } }];
    return documentOf({ paths: { [path]: { get: { parameters, responses: { '200': {} }, ...more } } }, ...parts });
  };

  it('are the same when path parameters are renamed and other things are edited', () => {
    const before = prints(at('/a/{x}', { operationId: 'a' }), at('/a/{x}', { operationId: 'b' }));
    const info = { title: 'other', version: '9.0.0' };
    const after = prints(
      at('/a/{y}', { operationId: 'a', summary: 'x' }),
      at('/a/{z}', { operationId: 'b' }, { info }),
    );
    expect(before).toHaveLength(1);
    expect(after).toEqual(before);
  });

  it('differ between operations, places and words', () => {
    const all = [
      ...prints(at('/a/{x}', { operationId: 'a' }), at('/a/{x}', { operationId: 'b' })),
      ...prints(at('/b/{x}', { operationId: 'a' }), at('/b/{x}', { operationId: 'b' })),
      ...prints(at('/a/{x}', { operationId: 'a' }), at('/a/{x}', { operationId: 'c' })),
      ...prints(at('/a/{x}', { tags: ['a'] }), at('/a/{x}', { tags: ['b'] })),
    ];
    expect(new Set(all).size).toBe(4);
    for (const print of all) expect(print).toMatch(/^[0-9a-f]{16}$/);
  });
});
