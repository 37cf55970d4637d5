import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { run, type Exit } from './spawned-program.ts';
import { listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SWAGGER = {
  swagger: '2.0',
  info: { title: 'Pet Store', version: '1.2.0' },
  host: 'pets.example',
  basePath: '/v1',
  schemes: ['https'],
  paths: {
    '/pets/{id}': { get: { parameters: [{ name: 'id', in: 'path', type: 'integer', required: true }], responses: {} } },
  },
};
const OPENAPI =
  'openapi: 3.0.3\ninfo: { title: Users, version: 2.0.0 }\nservers: [ { url: "http://127.0.0.1:4001/v2" } ]\npaths: { /users: { get: { responses: {} } } }\n';

interface Folder {
  readonly at: (name: string) => string;
  readonly gatehouse: (...args: readonly string[]) => Promise<Exit>;
}

function folder(files: Readonly<Record<string, string>>): Folder {
  const cwd = temporaryFolder();
  const at = (name: string): string => path.join(cwd, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  return { at, gatehouse: async (...args) => run(args, { cwd }) };
}

describe('gatehouse import openapi', () => {
  it('prints what serves a document', async () => {
    const { at, gatehouse } = folder({ 'users.yaml': OPENAPI });
    const { code, out, err } = await gatehouse('import', 'openapi', 'users.yaml');
    expect([code, err]).toEqual([0, '']);
    expect(parse(out)).toEqual({
      gatehouse: 1,
      apis: {
        users: {
          title: 'Users',
          version: '2.0.0',
          basePath: '/v2',
          stripBasePath: false,
          upstream: 'http://127.0.0.1:4001',
          policies: [{ validate: {} }],
          openapi: './users.yaml',
        },
      },
    });
    writeFileSync(at('gatehouse.yaml'), out);
    expect(await gatehouse('validate', 'gatehouse.yaml')).toMatchObject({ code: 0 });
  });

  it('keeps what became of Swagger, and says what was lost', async () => {
    const { at, gatehouse } = folder({ 'swagger.json': JSON.stringify({ ...SWAGGER, tags: 5 }) });
    mkdirSync(at('conf'));
    const flags = [
      '--document',
      'pets.openapi.json',
      '--out',
      'conf/gatehouse.yaml',
      '--name',
      'pets',
      '--upstream',
      'http://127.0.0.1:9',
    ];
    const { code, out, err } = await gatehouse('import', 'openapi', 'swagger.json', ...flags);
    expect([code, out, err]).toEqual([
      0,
      'conf/gatehouse.yaml is written\n',
      'swagger.json#/tags: this is not a list, left out\n',
    ]);
    expect(parse(readFileSync(at('conf/gatehouse.yaml'), 'utf8'))).toMatchObject({
      apis: { pets: { openapi: '../pets.openapi.json', upstream: 'http://127.0.0.1:9' } },
    });
    expect(JSON.parse(readFileSync(at('pets.openapi.json'), 'utf8'))).toMatchObject({ openapi: '3.1.0' });
    expect(await gatehouse('validate', 'conf/gatehouse.yaml')).toMatchObject({ code: 0 });
  });

  it('prints JSON', async () => {
    const { gatehouse } = folder({ 'users.yaml': OPENAPI });
    const { out } = await gatehouse('import', 'openapi', 'users.yaml', '--json');
    expect(JSON.parse(out)).toEqual({ findings: [], yaml: expect.stringContaining('gatehouse: 1') });
  });

  async function served(handle: http.RequestListener): Promise<string> {
    const server = http.createServer(handle);
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${await listenSomewhere(server)}/swagger.json`;
  }

  it('takes a document from an address', async () => {
    const { at, gatehouse } = folder({});
    const url = await served((_, response) => response.end(JSON.stringify(SWAGGER)));
    expect(await gatehouse('import', 'openapi', url, '--document', 'pets.json')).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(readFileSync(at('pets.json'), 'utf8'))).toMatchObject({ openapi: '3.1.0' });
  });

  it('goes nowhere else', async () => {
    const { gatehouse } = folder({});
    const url = await served((_, response) => response.writeHead(302, { location: 'http://127.0.0.2:9/' }).end());
    const { code, err } = await gatehouse('import', 'openapi', url, '--document', 'pets.json');
    expect([code, err]).toEqual([2, '127.0.0.1: redirects to what is not among the hosts to fetch from\n']);
  });

  it.each<[string, string, readonly string[], RegExp]>([
    ['a file that is not there', 'other.yaml', [], /^none\.yaml: there is no such file, check its name\n$/],
    [
      'what is no document',
      'none.yaml',
      [],
      /^none\.yaml: this is not an OpenAPI document: it says neither `openapi` nor `swagger`\n$/,
    ],
    [
      'Swagger that is kept nowhere',
      'none.yaml',
      [],
      /^none\.yaml: the gate reads OpenAPI 3, not Swagger, say by --document FILE where to keep it\n$/,
    ],
    [
      'a document that does not say where',
      'none.yaml',
      [],
      /^none\.yaml: the document does not say where the api is served, write --upstream URL\n$/,
    ],
    [
      'what refers to other files',
      'none.yaml',
      [],
      /^none\.yaml#\/paths\/~1a: this refers to "b\.yaml", which is outside of the document/,
    ],
    ['to write over a file', 'none.yaml', ['--out', 'none.yaml'], /^none\.yaml: there is such a file, name another\n$/],
  ])('refuses %s', async (name, file, flags, expected) => {
    const texts: Readonly<Record<string, string>> = {
      'what is no document': 'a: 1',
      'Swagger that is kept nowhere': JSON.stringify(SWAGGER),
      'a document that does not say where': OPENAPI.replace('http://127.0.0.1:4001', ''),
      'what refers to other files': 'openapi: 3.1.0\npaths: { /a: { $ref: b.yaml }, /b: { get: {} } }',
    };
    const { gatehouse } = folder({ [file]: texts[name] ?? OPENAPI });
    const { code, out, err } = await gatehouse('import', 'openapi', 'none.yaml', ...flags);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(expected);
  });
});

describe('gatehouse draft', () => {
  const lines =
    '{"method":"GET","path":"/users/1","status":200}\n{"method":"GET","path":"/.env","status":404}\nnonsense\n';

  it('prints the document of recorded calls, which the gate can serve', async () => {
    const { at, gatehouse } = folder({ 'calls.ndjson': lines });
    const { code, out, err } = await gatehouse('draft', 'calls.ndjson', '--title', 'Users');
    expect([code, err]).toEqual([
      0,
      '1 line is no call\n1 of 2 calls were left out: nothing was there, or no document can hold them\n',
    ]);
    expect(parse(out)).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Users' },
      paths: { '/users/{userId}': { get: {} } },
    });
    writeFileSync(at('draft.yaml'), out);
    const imported = await gatehouse('import', 'openapi', 'draft.yaml', '--upstream', 'http://127.0.0.1:9');
    writeFileSync(at('gatehouse.yaml'), imported.out);
    expect(await gatehouse('validate', 'gatehouse.yaml')).toMatchObject({ code: 0 });
  });

  it('prints JSON', async () => {
    const { gatehouse } = folder({ 'calls.ndjson': lines });
    const { code, out } = await gatehouse('draft', 'calls.ndjson', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { openapi: '3.1.0' }]);
  });

  it('refuses what holds no calls', async () => {
    const { gatehouse } = folder({ 'calls.ndjson': 'nonsense\n' });
    expect(await gatehouse('draft', 'calls.ndjson')).toMatchObject({
      code: 2,
      out: '',
      err: 'calls.ndjson: holds no calls: write one JSON object a line with method, path and status, or name a HAR file\n',
    });
  });
});
