import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';

describe('a document', () => {
  const problemOf = (text: string | undefined, config: object = {}): string => {
    const said: string[] = [];
    const document = text === undefined ? undefined : { file: 'users.yaml', text };
    joined('validate').compile?.(joined('validate').parse(config), {
      ...NO_CONTEXT,
      document,
      problem: (why) => void said.push(why),
    });
    return said.join();
  };
  const schema = (written: string): string =>
    `openapi: 3.1.0\npaths: { /a: { get: { parameters: [ { name: q, in: query, schema: ${written} } ], responses: {} } } }\n`;

  it.each<[string, string | undefined, string]>([
    ['that is not there', undefined, 'needs a document to go by, write `openapi:` at the API'],
    [
      'of OpenAPI 2',
      'swagger: "2.0"',
      'cannot use the document: it is of OpenAPI 2.0, convert it to 3.0 or later (users.yaml#)',
    ],
    ['that is none', '- a', 'cannot use the document: it is not of OpenAPI 3.0, 3.1 or 3.2 (users.yaml#)'],
    [
      'with a pattern that takes forever',
      schema(String.raw`{ pattern: "(a)\\1" }`),
      'cannot use the document: it has a pattern that refers back to what it matched, which cannot be matched in linear time; write another, or `patterns: ignore` (users.yaml#/paths/~1a/get/parameters/0/schema)',
    ],
    [
      'with a style that is not read',
      'openapi: 3.1.0\npaths: { "/a/{b}": { get: { parameters: [ { name: b, in: path, style: matrix } ] } } }',
      'cannot use the document: it has a style that is not read in a path: write simple (users.yaml#/paths/~1a~1{b}/get/parameters/0)',
    ],
    [
      'that refers elsewhere',
      schema('{ $ref: "https://example.com/a.json" }'),
      'cannot use the document: it refers to the URL "https://example.com/a.json", which is not fetched: keep a copy in a file (users.yaml#/paths/~1a/get/parameters/0/schema)',
    ],
  ])('%s is a problem that says where', (_name, text, expected) => {
    expect(problemOf(text)).toBe(expected);
  });

  it('may leave such patterns out', () => {
    expect(problemOf(schema(String.raw`{ pattern: "(a)\\1" }`), { patterns: 'ignore' })).toBe('');
  });

  it('may be in several files', async () => {
    const text = 'openapi: 3.0.3\npaths: { /v1/a: { $ref: "./paths/a.yaml#/a" } }\n';
    const files: Readonly<Record<string, string>> = {
      'paths/a.yaml':
        'a: { get: { parameters: [ { name: q, in: query, schema: { $ref: "../schemas.yaml#/Q" } } ], responses: {} } }',
      'schemas.yaml': 'Q: { type: integer, nullable: true }',
    };
    const several = joined('validate', {
      ...NO_CONTEXT,
      basePath: '',
      document: { file: 'api.yaml', text },
      readText: (file) => files[file] ?? '',
    });
    const hooks = several.build({}, fakeTools('test#0', { route: { method: '*', path: '/v1/*' } }));
    expect(await hooks.onRequest?.(fakeExchange({ path: '/v1/a', query: '?q=x' }))).toMatchObject({
      detail: 'query /q must be integer or null',
    });
  });

  describe('refers to files', () => {
    /** What is asked for, and what is said. */
    const compiled = (file: string, reference: string): { readonly read: readonly string[]; readonly said: string } => {
      const read: string[] = [];
      const said: string[] = [];
      joined('validate').compile?.(joined('validate').parse({}), {
        ...NO_CONTEXT,
        document: { file, text: schema(JSON.stringify({ $ref: reference })) },
        readText: (name) => {
          read.push(name);
          return 'A: true\n';
        },
        problem: (why) => void said.push(why),
      });
      return { read, said: said.join() };
    };

    it.each([
      ['beside it', 'users.yaml', './a.yaml#/A', 'a.yaml'],
      ['below it', 'apis/users.yaml', 'parts/a.yaml#/A', 'apis/parts/a.yaml'],
      ['below the configuration', 'apis/users.yaml', '../common/a.yaml#/A', 'common/a.yaml'],
      ['beside one that is elsewhere', '/srv/users.yaml', 'a.yaml#/A', '/srv/a.yaml'],
      ['beside one above', '../apis/users.yaml', 'a.yaml#/A', '../apis/a.yaml'],
      ['by a path that is not the machine’s', 'users.yaml', '/etc/a.yaml#/A', 'etc/a.yaml'],
    ])('%s', (_name, file, reference, expected) => {
      expect(compiled(file, reference)).toEqual({ read: [expected], said: '' });
    });

    it.each([
      ['users.yaml', '../a.yaml#/A'],
      ['users.yaml', '%2e%2e/a.yaml#/A'],
      ['apis/users.yaml', '../../etc/passwd'],
      ['/srv/apis/users.yaml', '../a.yaml#/A'],
      ['../apis/users.yaml', '../a.yaml#/A'],
      ['../apis/users.yaml', 'b/../../../a.yaml#/A'],
    ])('but not, of %s, to %s: nothing is read outside of the folders', (file, reference) => {
      const { read, said } = compiled(file, reference);
      expect(read).toEqual([]);
      expect(said).toContain('which is outside of the folders of the document and of the configuration');
    });
  });

  it('of any make is used, or is a problem', () => {
    const key = fc.constantFrom(
      'openapi',
      'paths',
      '/a',
      'get',
      'parameters',
      'schema',
      '$ref',
      'type',
      'items',
      'properties',
      'content',
      'responses',
      'requestBody',
      'name',
      'in',
    );
    const leaf = fc.constantFrom('3.1.0', '#/paths', '#', 'query', 'integer', 1, null, true);
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc.array(tie('tree'), { maxLength: 2 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(fc.property(tree, (value) => void problemOf(JSON.stringify({ ...Object(value), openapi: '3.1.0' }))));
  });
});
