import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createTestService, document, idOf } from './testkit/test-service.ts';

const ADA = { email: 'ada@people.example', name: 'Ada Lovelace' };

describe('what a request may send', () => {
  it.each([
    'text/plain',
    'application/merge-patch+json',
    'application/jsonp',
    'multipart/form-data; boundary=x',
    'json',
  ])('answers 415 to a body of type %s and says what it understands', async (type) => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users', headers: { 'content-type': type }, body: ADA });
    expect(reply).toMatchObject({ status: 415, headers: { accept: 'application/json' } });
    expect(reply.body['code']).toBe('request.unsupported_media_type');
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON'])('understands %s', async (type) => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users', headers: { 'content-type': type }, body: ADA });
    expect(reply.status).toBe(201);
  });

  it('takes a body of 64 KiB and answers 413 to one byte more', async () => {
    const { client } = createTestService();
    const json = JSON.stringify(ADA);
    const send = (length: number) => client.send({ method: 'POST', url: '/users', body: json.padEnd(length) });
    expect(await send(65_537)).toMatchObject({ status: 413, body: { code: 'request.body_too_large' } });
    expect(await send(65_536)).toMatchObject({ status: 201 });
  });

  it.each([
    ['a cut body', '{"email":'],
    ['two values', '{}{}'],
    ['a comment', '{/* none */}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('answers 400 to %s', async (_what, body) => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users', body });
    expect(reply).toMatchObject({ status: 400, body: { code: 'request.malformed_json' } });
  });

  it('treats __proto__ as any other unknown property', async () => {
    const { client } = createTestService();
    const body = '{"email":"ada@people.example","name":"Ada","__proto__":{"admin":true}}';
    const reply = await client.send({ method: 'POST', url: '/users', body });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/__proto__' }] } });
  });

  it('refuses an address that cannot be decoded, with the usual headers', async () => {
    const { client, lines } = createTestService();
    const reply = await client.send({ url: '/users/%zz', headers: { 'x-request-id': 'r1' } });
    expect(reply).toMatchObject({ status: 400, headers: { 'x-request-id': 'r1', 'x-served-by': 'test' } });
    expect(lines).toContainEqual(expect.objectContaining({ request_id: 'r1', code: 'request.malformed' }));
  });
});

describe('what a request accepts', () => {
  it.each(['application/json', '*/*', 'text/html, application/*;q=0.5'])('serves %s', async (accept) => {
    const { client } = createTestService();
    expect(await client.send({ url: '/users', headers: { accept } })).toMatchObject({ status: 200 });
  });

  it.each(['text/html', 'application/json;q=0', 'application/xml, text/*'])('answers 406 to %s', async (accept) => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const headers = { accept, 'if-match': '*' };
    const replies = [
      await client.send({ url: '/users', headers }),
      await client.send({ url, headers }),
      await client.send({ method: 'PUT', url, headers, body: { ...ADA, name: 'changed' } }),
      await client.send({ method: 'POST', url: '/users', headers, body: { ...ADA, email: 'new@people.example' } }),
    ];
    expect(replies.map((reply) => reply.status)).toEqual([406, 406, 406, 406]);
    expect(replies[0]).toMatchObject({ body: { code: 'request.not_acceptable' } });
    expect((await client.send({ url: '/users' })).body).toMatchObject({ items: [{ name: 'ada' }] });
  });

  it('deletes whatever the caller accepts, since the reply has no body', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    expect(await client.send({ method: 'DELETE', url, headers: { accept: 'text/html' } })).toMatchObject({
      status: 204,
    });
  });
});

describe('what is not there', () => {
  it('answers 404 as a problem', async () => {
    const { client } = createTestService();
    const reply = await client.send({ url: '/people' });
    expect(reply).toMatchObject({ status: 404, body: { code: 'request.not_found' } });
    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8' });
  });

  it.each([
    ['PATCH', '/users/usr_1', 'GET, HEAD, PUT, DELETE'],
    ['DELETE', '/users', 'GET, HEAD, POST'],
    ['OPTIONS', '/users', 'GET, HEAD, POST'],
  ])('answers 405 to %s %s and says what is allowed', async (method, url, allow) => {
    const { client } = createTestService();
    const reply = await client.send({ method, url, headers: { 'content-type': 'text/plain' } });
    expect(reply).toMatchObject({ status: 405, headers: { allow }, body: { code: 'request.method_not_allowed' } });
  });

  it('answers 404 before it looks at the body', async () => {
    const { client } = createTestService();
    const headers = { 'content-type': 'text/plain' };
    expect(await client.send({ method: 'POST', url: '/people', headers, body: 'x' })).toMatchObject({ status: 404 });
  });

  it('answers HEAD as GET without a body', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    expect(await client.send({ method: 'HEAD', url })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: {},
    });
  });
});

describe('what every reply carries', () => {
  it('names the instance and keeps the request id', async () => {
    const { client } = createTestService();
    const reply = await client.send({ url: '/users', headers: { 'x-request-id': 'gate-01' } });
    expect(reply.headers).toMatchObject({ 'x-served-by': 'test', 'x-request-id': 'gate-01' });
  });

  it.each(['with blank', 'x'.repeat(129), ''])('makes an id where the given one is %j', async (given) => {
    const { client } = createTestService();
    const reply = await client.send({ url: '/people', headers: { 'x-request-id': given } });
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f]{16}$/);
    expect(reply.body['request_id']).toBe(reply.headers['x-request-id']);
  });
});

describe('probes', () => {
  it('says that it is alive and ready', async () => {
    const { app } = createTestService();
    expect((await app.inject('/livez')).json()).toEqual({ status: 'alive' });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('is alive but not ready while it drains, and asks peers to hang up', async () => {
    const { app, client, drain } = createTestService();
    expect((await app.inject('/readyz')).headers['connection']).toBe('keep-alive');
    drain();
    const ready = await client.send({ url: '/readyz' });
    expect(ready).toMatchObject({ status: 503, headers: { connection: 'close' }, body: { code: 'service.not_ready' } });
    expect((await app.inject('/livez')).statusCode).toBe(200);
    expect(await client.send({ url: '/users' })).toMatchObject({ status: 200, headers: { connection: 'close' } });
  });

  it('is alive but not ready when the database does not answer', async () => {
    const { store } = createTestService();
    const { app, client } = createTestService({ store: { ...store, ping: () => fail('ERR_SQLITE_ERROR', 10) } });
    expect(await client.send({ url: '/readyz' })).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
    expect((await app.inject('/livez')).statusCode).toBe(200);
  });
});

describe('the document', () => {
  it('is served as YAML, comments and all', async () => {
    const { app } = createTestService();
    const reply = await app.inject('/openapi.yaml');
    expect(reply.headers['content-type']).toBe('application/yaml');
    expect(reply.payload).toBe(document.yaml);
  });

  it('is served as JSON with the same content', async () => {
    const { app } = createTestService();
    const reply = await app.inject('/openapi.json');
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(reply.json()).toEqual(parse(document.yaml));
  });
});

describe('a database that fails', () => {
  it.each([
    ['is locked', 5, 503, 'store.busy'],
    ['is locked by a snapshot', 517, 503, 'store.busy'],
    ['has a full disk', 13, 503, 'store.unavailable'],
    ['has become read-only', 1032, 503, 'store.unavailable'],
    ['does not know the statement', 1, 500, 'service.internal'],
  ])('that %s', async (_what, errcode, status, code) => {
    const { store } = createTestService();
    const transaction = () => fail('ERR_SQLITE_ERROR', errcode);
    const { client, lines } = createTestService({ store: { ...store, transaction } });
    const reply = await client.send({ method: 'POST', url: '/users', body: ADA, headers: { 'x-request-id': 'r1' } });
    expect(reply).toMatchObject({ status, body: { code, request_id: 'r1' } });
    expect(JSON.stringify(reply.body)).not.toContain('secret');
    expect(lines).toContainEqual(
      expect.objectContaining({ request_id: 'r1', cause: expect.stringContaining('secret') }),
    );
  });
});

function fail(code: string, errcode: number): never {
  throw Object.assign(new Error('secret path'), { code, errcode });
}
