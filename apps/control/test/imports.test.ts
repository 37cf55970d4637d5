import http from 'node:http';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTestHouse, withoutStandards, type Json, type Reply, type TestHouse } from './house.ts';

let test: TestHouse;
afterEach(async () => test.close());

const IMPORTS = '/workspaces/default/imports';
const SWAGGER = {
  swagger: '2.0',
  info: { title: 'Pet Store', version: '1.2.0' },
  host: 'pets.example',
  basePath: '/v1',
  schemes: ['https'],
  paths: {
    '/pets': { get: { operationId: 'listPets', responses: { 200: { description: 'ok' } } } },
    '/pets/{id}': { get: { parameters: [{ name: 'id', in: 'path', type: 'integer', required: true }], responses: {} } },
  },
};
const text = (document: object): string => JSON.stringify(document);
const openApi = (paths: object, version = '1.2.0'): string =>
  text({ openapi: '3.1.0', info: { title: 'Pet Store', version }, paths });

async function imported(body: object, query = '', token?: string): Promise<Reply> {
  return test.call('POST', `${IMPORTS}${query}`, { body, token });
}

async function tokenOf(role: string): Promise<string> {
  const user = await test.call('POST', '/users', { body: { name: `${role}@example.com`, grants: [{ role }] } });
  const token = await test.call('POST', '/tokens', { body: { name: 't', user: user.body.id } });
  return token.body.token;
}

/** By way of a review; answers with what was sealed. */
async function published(version: string): Promise<Json> {
  const sealed = await test.call('POST', '/workspaces/default/revisions', { body: { version } });
  const approved = { body: {}, token: await tokenOf('reviewer') };
  expect((await test.call('POST', `/workspaces/default/revisions/${sealed.body.id}/approve`, approved)).status).toBe(
    200,
  );
  expect((await test.call('POST', `/workspaces/default/versions/${version}/publish`, { body: {} })).status).toBe(200);
  return sealed.body;
}

const read = async (path: string): Promise<Json> => (await test.call('GET', `/workspaces/default/${path}`)).body;

describe('a document of an api that is new', () => {
  it('becomes an api with a draft that can be reviewed, published and served', async () => {
    test = await withoutStandards(await openTestHouse());
    const { status, body } = await imported({ text: text(SWAGGER) });
    expect([status, body['outcome'], body['format']]).toEqual([201, 'created', '2.0']);
    expect(body['operations']).toEqual([
      { name: 'listPets', method: 'GET', path: '/pets' },
      { name: 'get_pets_id', method: 'GET', path: '/pets/{id}' },
    ]);
    expect(await read(`apis/${body['api'].id}`)).toMatchObject({ name: 'pet-store', title: 'Pet Store' });
    const version = await read(`versions/${body['version'].id}`);
    expect(version).toMatchObject({ name: '1.2.0', state: 'draft', api: body['api'].id });
    const served = {
      basePath: '/v1',
      stripBasePath: false,
      upstream: 'https://pets.example',
      policies: [{ validate: {} }],
    };
    expect(version['spec']).toEqual(served);
    expect(JSON.parse(version['document'])).toMatchObject({ openapi: '3.1.0', paths: { '/pets': {} } });

    const sealed = await published(version.id);
    expect(sealed['operations']).toMatchObject([
      { name: 'listPets', input: { type: 'object' } },
      { name: 'get_pets_id', input: { properties: { id: { type: 'integer' } }, required: ['id'] } },
    ]);
    const [document = ''] = Object.values(test.gate.enforced?.documents ?? {});
    expect(JSON.parse(document)).toMatchObject({ openapi: '3.1.0' });
    expect(JSON.parse(test.gate.enforced?.text ?? '')).toMatchObject({
      apis: { 'pet-store-1.2.0': { basePath: '/v1' } },
    });
  });

  it('may be called and served as the caller says', async () => {
    test = await withoutStandards(await openTestHouse());
    const spec = { basePath: '/zoo', upstream: 'zoo' };
    const { body } = await imported({ text: text(SWAGGER), api: 'zoo', title: 'Zoo', version: '9', spec });
    expect(await read(`apis/${body['api'].id}`)).toMatchObject({ name: 'zoo', title: 'Zoo' });
    expect(await read(`versions/${body['version'].id}`)).toMatchObject({ name: '9', spec });
  });

  it('is kept as it was written when it is OpenAPI already', async () => {
    test = await withoutStandards(await openTestHouse());
    const yaml =
      '# ours\nopenapi: 3.0.3\ninfo: { title: A, version: 1.0 }\npaths: { /a: { get: { responses: {} } } }\n';
    const { status, body } = await imported({ text: yaml });
    expect(status).toBe(201);
    expect(await read(`versions/${body['version'].id}`)).toMatchObject({ document: yaml, name: '1' });
  });

  it('names what was lost', async () => {
    test = await withoutStandards(await openTestHouse());
    const { body } = await imported({ text: text({ ...SWAGGER, consumes: 'json' }) });
    expect(body['findings']).toEqual([
      { severity: 'warning', pointer: '/consumes', message: 'this is not a list, left out' },
    ]);
  });

  it('is made once for one key', async () => {
    test = await withoutStandards(await openTestHouse());
    const once = async (): Promise<Reply> =>
      test.call('POST', IMPORTS, { body: { text: text(SWAGGER) }, headers: { 'idempotency-key': 'k' } });
    const [first, second] = [await once(), await once()];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await read('apis')).items).toHaveLength(1);
  });
});

const withReply = (schema: object) => ({
  '/a': { get: { responses: { 200: { description: '', content: { 'application/json': { schema } } } } } },
});

describe('a document of an api that is there', () => {
  const before = {
    '/a': { get: { responses: {} } },
    '/b/{id}': { get: { summary: 'B', responses: {} } },
    '/c': { get: { responses: {} } },
  };
  const after = {
    '/a': { get: { responses: {} } },
    '/b/{key}': { get: { summary: 'Better', responses: {} } },
    '/d': { post: { responses: {} } },
  };
  const difference = {
    added: ['POST /d'],
    removed: ['GET /c'],
    changed: [{ operation: 'GET /b/{key}', parts: ['name', 'description'] }],
    unchanged: 1,
  };

  it('is shown first, and changes nothing', async () => {
    test = await withoutStandards(await openTestHouse());
    const created = await imported({ text: openApi(before) });
    const { status, body } = await imported({ text: openApi(after) });
    expect(status).toBe(200);
    const breaking = [
      {
        level: 'error',
        operation: 'GET /c',
        message: 'the operation was removed without having been deprecated with a sunset',
      },
    ];
    expect(body).toMatchObject({
      outcome: 'preview',
      breaking,
      difference,
      comparedWith: '1.2.0',
      version: { isNew: false },
    });
    const version = await read(`versions/${created.body['version'].id}`);
    expect(version).toMatchObject({ revision: 1, document: openApi(before) });
  });

  it('is compared down to its schemas, with what is stored or the newest', async () => {
    test = await withoutStandards(await openTestHouse());
    const replying = (type: string, version?: string): string => openApi(withReply({ type }), version);
    await imported({ text: replying('string') });
    const change = {
      level: 'error',
      id: 'response-type-changed',
      operation: 'GET /a',
      path: 'responses.200.application/json',
      message: 'the type was changed from string to integer',
    };
    const newest = await imported({ text: replying('integer', '2.0.0') });
    expect(newest.body).toMatchObject({ comparedWith: '1.2.0', version: { isNew: true }, breaking: [change] });
    const preview = await imported({ text: replying('integer') });
    expect(preview.body).toMatchObject({ breaking: [change], difference: { changed: [], unchanged: 1 } });
    const applied = await imported({ text: replying('integer') }, `?apply=${preview.body['preview']}`);
    expect(applied.body).toMatchObject({ outcome: 'applied', breaking: [change] });
  });

  it('breaks nobody where it is the same, or the first', async () => {
    test = await withoutStandards(await openTestHouse());
    const first = await imported({ text: openApi(before) });
    const again = await imported({ text: openApi(before) });
    expect([first.body['breaking'], again.body['breaking']]).toEqual([[], []]);
    expect(again.body).not.toHaveProperty('breakingLeftOut');
  });

  it('is compared in full where it is large, and says how much of that it leaves out', async () => {
    test = await withoutStandards(await openTestHouse());
    const paths = (count: number, type: string): object =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`/a${n}`, withReply({ type })['/a']]));
    await imported({ text: openApi(paths(2000, 'string')) });
    const { status, body } = await imported({ text: openApi(paths(2000, 'integer')) });
    expect([status, body['breaking'].length, body['breakingLeftOut']]).toEqual([200, 1000, 1000]);
    expect(body['breaking'][0]).toMatchObject({
      level: 'error',
      message: 'the type was changed from string to integer',
    });
  });

  it('says so where what is stored cannot be compared, and what it knows all the same', async () => {
    test = await withoutStandards(await openTestHouse());
    const created = await imported({ text: openApi(before) });
    const path = `/workspaces/default/versions/${created.body['version'].id}`;
    const changed = await test.call('PATCH', path, {
      body: { document: '{"asyncapi": "3.0.0"}' },
      headers: { 'if-match': '"1"' },
    });
    expect(changed.status).toBe(200);
    const { status, body } = await imported({ text: openApi(after) });
    const message = expect.stringContaining('the documents cannot be compared: the document is AsyncAPI');
    expect([status, body['breaking']]).toEqual([200, [{ level: 'warning', operation: '', message }]]);
  });

  it('is applied as it was shown', async () => {
    test = await withoutStandards(await openTestHouse());
    await imported({ text: openApi(before) });
    const preview = await imported({ text: openApi(after) });
    const { status, body } = await imported({ text: openApi(after) }, `?apply=${preview.body['preview']}`);
    expect([status, body]).toMatchObject([200, { outcome: 'applied', difference, version: { revision: 2 } }]);
    expect(await read(`versions/${body['version'].id}`)).toMatchObject({ document: openApi(after) });
  });

  it('may be a version that is new, with the spec of the newest and its secrets', async () => {
    test = await withoutStandards(await openTestHouse());
    const spec = { upstream: 'http://u', policies: [{ basic: { users: [{ name: 'a', password: 'secret-text' }] } }] };
    await imported({ text: openApi(before), spec });
    const preview = await imported({ text: openApi(after, '2.0.0') });
    expect(preview.body).toMatchObject({ comparedWith: '1.2.0', difference, version: { name: '2.0.0', isNew: true } });
    const { body } = await imported({ text: openApi(after, '2.0.0') }, `?apply=${preview.body['preview']}`);
    const version = await read(`versions/${body['version'].id}`);
    expect(version['spec'].policies[0].basic.users[0]).toEqual({ name: 'a', password: '***' });
    await published(version.id);
    expect(test.gate.enforced?.text).toContain('secret-text');
  });

  it.each<[string, (preview: Reply) => Promise<Reply>]>([
    ['of another preview', async () => imported({ text: openApi(after) }, `?apply=${'0'.repeat(64)}`)],
    ['of another document', async ({ body }) => imported({ text: openApi(before) }, `?apply=${body['preview']}`)],
    [
      'for another version',
      async ({ body }) => imported({ text: openApi(after), version: '3' }, `?apply=${body['preview']}`),
    ],
    [
      'with another spec',
      async ({ body }) => imported({ text: openApi(after), spec: {} }, `?apply=${body['preview']}`),
    ],
    [
      'after somebody else has changed it',
      async ({ body }) => {
        const path = `/workspaces/default/versions/${body['version'].id}`;
        await test.call('PATCH', path, { body: { title: 'x' }, headers: { 'if-match': '"1"' } });
        return imported({ text: openApi(after) }, `?apply=${body['preview']}`);
      },
    ],
  ])('is not applied %s', async (_, applied) => {
    test = await withoutStandards(await openTestHouse());
    await imported({ text: openApi(before) });
    const preview = await imported({ text: openApi(after) });
    const { status, body } = await applied(preview);
    expect([status, body.code]).toEqual([412, 'admin.stale']);
    expect((await read('versions')).items).toHaveLength(1);
  });

  it('makes whoever applies it one of its editors, who does not approve it', async () => {
    test = await withoutStandards(await openTestHouse());
    await imported({ text: openApi(before) });
    const publisher = await tokenOf('publisher');
    const preview = await imported({ text: openApi(after) }, '', publisher);
    const { body } = await imported({ text: openApi(after) }, `?apply=${preview.body['preview']}`, publisher);
    const sealed = await test.call('POST', '/workspaces/default/revisions', { body: { version: body['version'].id } });
    const path = `/workspaces/default/revisions/${sealed.body.id}/approve`;
    expect((await test.call('POST', path, { body: {}, token: publisher })).status).toBe(403);
  });
});

describe('what is refused', () => {
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  const many = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`/${index}`, { get: {} }]));
  const referring = (reference: string): string =>
    openApi({ '/a': { get: { responses: { 200: { $ref: reference } } } } });

  it.each<[string, object, string]>([
    ['no document', {}, 'send the document as `text`, or say by `url` where it is'],
    ['two documents', { text: 'a', url: 'b' }, 'send the document as `text`, or say by `url` where it is'],
    ['nothing', { text: ' \n' }, 'the document is empty'],
    ['a web page', { text: '\n<!doctype html>' }, 'this is a web page or XML, not an OpenAPI document in JSON or YAML'],
    ['bytes', { text: 'a\0b' }, 'this is no text'],
    ['another text', { text: 'Hello' }, 'this is not an OpenAPI document: it is no map'],
    ['another map', { text: 'a: 1' }, 'this is not an OpenAPI document: it says neither `openapi` nor `swagger`'],
    [
      'another version',
      { text: 'openapi: 4.0.0' },
      'this is of version "4.0.0", those that are read are OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0',
    ],
    ['what breaks off', { text: '{"openapi": "3.1.0",' }, '1:21: this is neither YAML nor JSON'],
    ['JSON of 5,000 levels', { text: deep }, 'the document is nested more than 400 levels deep'],
    ['YAML of 5,000 levels', { text: `a: ${'['.repeat(5000)}${']'.repeat(5000)}` }, ''],
    [
      'a small text that stands for a huge one',
      {
        text: `a: &a [${'x,'.repeat(50)}x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}1]`).join('\n')}`,
      },
      '',
    ],
    ['no operations', { text: openApi({}) }, 'the document has no operations'],
    ['too many operations', { text: openApi(many) }, 'the document has 5001 operations, at most 5000 are taken'],
    [
      'references to files',
      { text: referring('a.yaml#/A') },
      'this refers to "a.yaml#/A", which is outside of the document: put everything into one file first (#/paths/~1a/get/responses/200)',
    ],
    [
      'references to URLs',
      { text: referring('http://169.254.169.254/') },
      'this refers to "http://169.254.169.254/", which is outside',
    ],
    [
      'references to nothing',
      { text: referring('#/components/responses/A') },
      'this refers to "#/components/responses/A", which is not there',
    ],
    [
      'paths that the gate cannot serve',
      { text: openApi({ '/a.{b}': { get: {} } }) },
      'the path "/a.{b}" has a parameter that is not a whole segment',
    ],
    [
      'paths for the same requests',
      { text: openApi({ '/{a}': { get: {} }, '/{b}': { get: {} } }) },
      'GET "/{b}" takes the same requests as "/{a}"',
    ],
    [
      'addresses inside',
      { url: 'http://169.254.169.254/latest' },
      'the document at 169.254.169.254 is not on the public internet',
    ],
    ['addresses that are none', { url: 'users.yaml' }, 'the document at that address has an address that is no URL'],
    [
      'other ports',
      { url: 'https://example.com:8443/' },
      'the document at example.com:8443 is not among the hosts to fetch from',
    ],
    ['files', { url: 'file:///etc/passwd' }, 'the document at  is not among the hosts to fetch from'],
    ['what nobody knows', { text: text(SWAGGER), zip: '' }, ''],
  ])('%s', async (_, body, detail) => {
    test = await withoutStandards(await openTestHouse());
    const reply = await imported(body);
    expect([reply.status, reply.body.code]).toEqual([422, 'admin.invalid']);
    expect(reply.body.detail).toContain(detail);
    expect((await read('apis')).items).toEqual([]);
  });

  it('who may not import', async () => {
    test = await withoutStandards(await openTestHouse());
    const { status, body } = await imported({ text: text(SWAGGER) }, '', await tokenOf('developer'));
    expect([status, body['permission']]).toEqual([403, 'apis:import']);
  });
});

describe('a document at an address', () => {
  async function at(
    replies: Readonly<Record<string, http.RequestListener>>,
    hosts = ['docs.example'],
  ): Promise<string> {
    const server = http.createServer((request, response) => replies[request.url ?? '']?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    test = await openTestHouse(':memory:', {
      importFrom: {
        hosts: hosts.map((host) => ({ scheme: 'http', host, port })),
        addresses: ['127.0.0.1'],
        resolve: async () => Promise.resolve(['127.0.0.1']),
      },
    });
    return `http://docs.example:${port}`;
  }
  const gives =
    (body: string | Buffer): http.RequestListener =>
    (_, response) =>
      response.end(body);

  it('is fetched', async () => {
    const url = await at({ '/a.json': gives(text(SWAGGER)) });
    expect(await imported({ url: `${url}/a.json` })).toMatchObject({ status: 201, body: { outcome: 'created' } });
  });

  it.each<[string, http.RequestListener, string]>([
    [
      'is somewhere else, inside',
      (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'redirects to what is not among the hosts to fetch from',
    ],
    ['is not there', (_, response) => response.writeHead(404).end(), 'answers with 404'],
    ['is too large', gives(Buffer.alloc(10_000_001, 'a')), 'is too large'],
    ['is no text', gives(Buffer.from([0xff, 0xfe, 0x00])), 'is no text in UTF-8'],
    ['is a web page', gives('<html>'), 'this is a web page or XML'],
  ])('is refused that %s', async (_, listener, detail) => {
    const url = await at({ '/': listener });
    const { status, body } = await imported({ url });
    expect(status).toBe(422);
    expect(body.detail).toContain(detail);
  });
});

it('the document of the admin API covers it', async () => {
  test = await withoutStandards(await openTestHouse());
  const { body } = await test.call('GET', '/openapi.json');
  expect(body['paths']['/workspaces/{workspace}/imports'].post).toMatchObject({
    operationId: 'importDocument',
    'x-permission': 'apis:import',
    parameters: [{ name: 'apply', in: 'query' }, { name: 'Idempotency-Key' }],
  });
});
