import { describe, expect, it } from 'vitest';
import { POLICIES, problemsOf, routesOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { PolicyContext } from '../schema/policy-list.ts';

const TEXT = 'gatehouse: 1\napis:\n  users: { upstream: "http://h", basePath: /v1, openapi: ./users.yaml }\n';

const routes = (document: string): string[] => routesOf(TEXT, { readText: () => document });
const problems = (document: string): string[] => problemsOf(TEXT, { readText: () => document });

describe('documentReader', () => {
  it('makes a route of each operation, and of nothing else', () => {
    const document = `
openapi: 3.1.0
servers: [ { url: https://elsewhere/v9 } ]
paths:
  /users:
    summary: no operation
    parameters: []
    x-get: {}
    get: {}
    POST: {}
    delete:
  "/users/{id}": { put: {}, patch: {}, options: {}, head: {}, trace: {}, query: {} }
  x-extension: { get: {} }
`;
    expect(routes(document)).toEqual([
      'GET /v1/users',
      'DELETE /v1/users',
      ...['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'QUERY'].map((method) => `${method} /v1/users/{id}`),
    ]);
  });

  it('reads JSON', () => {
    expect(
      routes(
        JSON.stringify({ openapi: '3.0.0', paths: { '/a': { get: { summary: '${NOT_A_VARIABLE}' } } } }, null, '\t'),
      ),
    ).toEqual(['GET /v1/a']);
  });

  it('reads documents of version 2', () => {
    expect(routes('swagger: "2.0"\nbasePath: /ignored\npaths: { /a: { get: {} } }\n')).toEqual(['GET /v1/a']);
  });

  it('takes the version of the document unless the API has one', () => {
    const document = 'openapi: 3.1.0\ninfo: { version: 2.0 }\npaths: { /a: { get: {} } }\n';
    const version = (text: string): string | undefined =>
      snapshotOf(text, { readText: () => document }).routes[0]?.version;
    expect(version(TEXT)).toBe('2.0');
    expect(version(TEXT.replace('openapi:', 'version: "7", openapi:'))).toBe('7');
  });

  it('looks for documents beside the configuration', () => {
    const asked: string[] = [];
    const readText = (path: string): string => {
      asked.push(path);
      return 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';
    };
    snapshotOf(TEXT, { file: 'conf/here/gatehouse.yaml', readText });
    snapshotOf(TEXT.replace('./users.yaml', '../users.yaml'), { file: 'conf/here/gatehouse.yaml', readText });
    snapshotOf(TEXT.replace('./users.yaml', '/srv/users.yaml'), { file: 'conf/here/gatehouse.yaml', readText });
    expect(asked).toEqual(['conf/here/users.yaml', 'conf/users.yaml', '/srv/users.yaml']);
  });

  it('puts written routes beside operations, and in place of those with the same method and path', () => {
    const text = TEXT.replace(
      'openapi:',
      'routes: [ { method: GET, path: "/a/{other}", access: open }, { path: /b } ], openapi:',
    );
    const document = 'openapi: 3.1.0\npaths: { "/a/{id}": { get: {}, post: {} } }\n';
    const { routes: specs } = snapshotOf(text, { readText: () => document });
    expect(specs.map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'POST /v1/a/{id} subscribed',
      'GET /v1/a/{other} open',
      '* /v1/b subscribed',
    ]);
  });

  it('keeps an operation beside a written route with conditions', () => {
    const text = TEXT.replace(
      'openapi:',
      'routes: [ { method: GET, path: /a, when: { query: { v: "2" } } } ], openapi:',
    );
    expect(routesOf(text, { readText: () => 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n' })).toEqual([
      'GET /v1/a',
      'GET /v1/a',
    ]);
  });

  it('is content with written routes where a document has no operations', () => {
    const text = TEXT.replace('openapi:', 'routes: [ { path: /b } ], openapi:');
    expect(routesOf(text, { readText: () => 'openapi: 3.1.0\npaths: {}\n' })).toEqual(['* /v1/b']);
  });

  it('follows a reference inside the document', () => {
    const document = `
openapi: 3.1.0
paths:
  /a: { $ref: "#/components/pathItems/with~1slash%7B" }
components: { pathItems: { "with/slash{": { get: {} } } }
`;
    expect(routes(document)).toEqual(['GET /v1/a']);
  });

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'a document that is none': ['a: 1\n', /^users\.yaml:1:1: this is not an OpenAPI document/],
    'an empty file': ['', /^users\.yaml:1:1: this is not an OpenAPI document/],
    'a list': ['[]', /^users\.yaml:1:1: this is not an OpenAPI document/],
    'a document without operations': ['openapi: 3.1.0\n', /^3:58: the document has no operations/],
    'what is not YAML': ['openapi: 3.1.0\npaths: [\n', /^users\.yaml:3:1: this is not YAML/],
    'JSON that breaks off': ['{"openapi": "3.1.0", "paths": {', /^users\.yaml:1:32: this is not YAML/],
    'a path without its slash': [
      'openapi: 3.1.0\npaths:\n  a: { get: {} }\n',
      /^users\.yaml:3:3: `a` does not begin with a slash/,
    ],
    'part of a segment as parameter': [
      'openapi: 3.1.0\npaths:\n  /a.{x}: { get: {} }\n',
      /^users\.yaml:3:3: `\/a\.\{x\}` has a parameter that is not a whole segment/,
    ],
    'the same path twice': [
      'openapi: 3.1.0\npaths:\n  /a: { get: {} }\n  /a: { put: {} }\n',
      /^users\.yaml:4:3: `\/a` is written twice/,
    ],
    'two paths for the same requests': [
      'openapi: 3.1.0\npaths:\n  /{a}: { get: {} }\n  /{b}: { get: {} }\n',
      /^users\.yaml:4:11: this route takes the same requests as `users GET \/v1\/\{a\}` of line 3/,
    ],
    'a reference to another file': [
      'openapi: 3.1.0\npaths: { /a: { $ref: "b.yaml#/x" }, /b: { get: {} } }\n',
      /^users\.yaml:2:10: `b\.yaml#\/x` leads nowhere in this document/,
    ],
    'a reference that leads nowhere': [
      'openapi: 3.1.0\npaths: { /a: { $ref: "#/x/%zz" }, /b: { get: {} } }\n',
      /leads nowhere in this document/,
    ],
    'a reference that is no text': [
      'openapi: 3.1.0\npaths: { /a: { $ref: [] }, /b: { get: {} } }\n',
      /leads nowhere in this document/,
    ],
  };
  for (const [name, [document, expected]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problems(document)).toEqual([expect.stringMatching(expected)]));
  }

  it('tells why a document cannot be read, and not where the machine keeps it', () => {
    const readText = (): string => {
      throw Object.assign(new Error('ENOENT: no such file, /home/somebody/users.yaml'), { code: 'ENOENT' });
    };
    expect(problemsOf(TEXT, { readText })).toEqual([
      '3:58: there is no document `./users.yaml`, write its path relative to this file',
    ]);
    const strange = (): string => {
      throw new Error('strange');
    };
    expect(problemsOf(TEXT, { readText: strange })).toEqual([
      '3:58: the document `./users.yaml` cannot be read (no reason), check what it is and who may read it',
    ]);
  });

  it('hands policies a document by the name by which they find what is beside it', () => {
    const asked: string[] = [];
    const readText = (path: string): string => {
      asked.push(path);
      return 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';
    };
    const policies = POLICIES.map((policy) => ({
      ...policy,
      compile: (_config: unknown, context: PolicyContext) =>
        context.document && context.readText(context.document.file.replace('users', 'other')),
    }));
    const text = TEXT.replace('./users.yaml', './apis/users.yaml, policies: [ { stamp: { text: xx } } ]');
    for (const file of ['conf/here/gatehouse.yaml', '/etc/gatehouse.yaml'])
      snapshotOf(text, { file, readText, policies });
    expect(asked).toEqual([
      'conf/here/apis/users.yaml',
      'conf/here/apis/other.yaml',
      '/etc/apis/users.yaml',
      '/etc/apis/other.yaml',
    ]);
  });

  it('says so where no files can be read', () => {
    expect(problemsOf(TEXT)).toEqual(['3:58: `openapi` cannot be used here, no files can be read']);
  });

  it('refuses a URL', () => {
    expect(problemsOf(TEXT.replace('./users.yaml', '"https://h/users.yaml"'), { readText: () => '' })).toEqual([
      '3:58: `openapi` is a URL, write the name of a file',
    ]);
  });

  it('calls a document by the variable that names it', () => {
    const text = TEXT.replace('./users.yaml', '"${DOC}"');
    expect(problemsOf(text, { env: { DOC: 'secret-name.yaml' }, readText: () => '' })).toEqual([
      expect.stringMatching(/^\$\{DOC\}:1:1:/),
    ]);
  });

  it('reads a document that two APIs publish once', () => {
    let times = 0;
    const text = `${TEXT}  again: { upstream: "http://h", basePath: /v2, openapi: users.yaml }\n`;
    const readText = (): string => {
      times++;
      return 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';
    };
    expect(routesOf(text, { readText })).toEqual(['GET /v1/a', 'GET /v2/a']);
    expect(times).toBe(1);
  });
});
