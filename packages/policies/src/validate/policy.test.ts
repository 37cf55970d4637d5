import type { PolicyContext } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, PolicyHooks, Reply } from '../policy.ts';
import {
  fakeExchange,
  fakeTools,
  throughReply,
  type FakeExchangeOptions,
  type FakeReply,
  type UpstreamReply,
} from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users/{id}:
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: fields, in: query, schema: { type: array, items: { enum: [name, email] } } }
      responses:
        "200": { content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
        "4XX": { content: { application/problem+json: {} } }
        "204": {}
  /users:
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/User" } }
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/User" } }
          multipart/form-data:
            schema: { $ref: "#/components/schemas/Upload" }
          text/csv: {}
      responses: { default: {} }
components:
  schemas:
    Upload: { $ref: "#/components/schemas/Photo" }
    Photo: { allOf: [ { required: [name] } ], type: object, required: [photo], properties: { name: {}, photo: {} }, additionalProperties: false }
    User:
      type: object
      required: [id, name]
      additionalProperties: false
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, minLength: 1 }
        age: { type: integer, minimum: 0 }
  securitySchemes: { key: { type: apiKey, in: query, name: api_key } }
`;

const CONTEXT: PolicyContext = { ...NO_CONTEXT, basePath: '/v1', document: { file: 'users.yaml', text: DOCUMENT } };
const validate = joined('validate', CONTEXT);

policyContract(validate, {
  valid: [{}, { requests: 'report', responses: 'report', sample: '5%' }, { requests: 'off', responses: 'enforce' }],
  invalid: [{ requests: 'maybe' }, { sample: '200%' }, { bodyMax: 'much' }],
  waits: true,
});

const ROUTE = { method: '*', path: '/v1/*' };
const JSON_TYPE = { 'content-type': 'application/json' };

function built(config: object = {}): PolicyHooks {
  return validate.build(config, fakeTools('test#0', { route: ROUTE }));
}

async function asked(
  options: FakeExchangeOptions,
  config: object = {},
): Promise<{ answer: Reply | undefined; exchange: Exchange }> {
  const body = options.body === undefined ? {} : { contentLength: Buffer.byteLength(options.body) };
  const exchange = fakeExchange({ ...body, ...options });
  return { answer: await built(config).onRequest?.(exchange), exchange };
}

/** `in path message` of each violation. */
async function violations(options: FakeExchangeOptions, config: object = {}): Promise<readonly string[]> {
  const { answer } = await asked(options, config);
  if (answer === undefined) return [];
  if (!('code' in answer)) throw new Error('a refusal was expected');
  expect(answer.code).toBe('request.invalid');
  return (answer.violations ?? []).map((each) => Object.values(each).join(' '));
}

const post = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): FakeExchangeOptions => ({
  method: 'POST',
  path: '/v1/users',
  body,
  headers,
});
const form = (body: string): FakeExchangeOptions => post(body, { 'content-type': 'application/x-www-form-urlencoded' });
const multipart = (body: string): FakeExchangeOptions =>
  post(body, { 'content-type': 'multipart/form-data; boundary=xx' });
const part = (name: string): string => `--xx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n`;

describe('a request', () => {
  it.each<[string, FakeExchangeOptions, readonly string[]]>([
    ['that fits', { path: '/v1/users/7', query: '?fields=name&fields=email' }, []],
    ['for the head of what fits', { method: 'HEAD', path: '/v1/users/7' }, []],
    ['with a segment that does not', { path: '/v1/users/x' }, ['path /id must be integer']],
    [
      'with a query that does not',
      { path: '/v1/users/7', query: '?fields=age' },
      ['query /fields/0 is not one of the allowed values'],
    ],
    ['with its key in the query', { path: '/v1/users/7', query: '?api_key=1' }, []],
    ['for nothing that is described', { path: '/v1/other' }, ['path  is no operation that is described']],
    [
      'with a body where none is described',
      { path: '/v1/users/7', body: 'x' },
      ['body  is not described, and must not be there'],
    ],
    ['with a good body', post('{"name":"Zoë","age":36}'), []],
    ['without its body', { method: 'POST', path: '/v1/users' }, ['body  is missing']],
    [
      'with a body in chunks that are none',
      { method: 'POST', path: '/v1/users', headers: JSON_TYPE, contentLength: undefined },
      ['body  is missing'],
    ],
    [
      'with a body in chunks',
      { ...post('{"name":""}'), contentLength: undefined },
      ['body /name must have at least 1 characters'],
    ],
    [
      'with a body that does not fit',
      post('{"age":-1,"admin":true}'),
      ['body /name is missing', 'body /age must be at least 0', 'body /admin is not allowed here'],
    ],
    ['with what only replies have', post('{"id":1,"name":"Zoë"}'), ['body /id is only in replies']],
    [
      'with a name twice, of which two readers take another',
      post('{"name":"a","name":"b"}'),
      ['body  names two members of one object alike, at byte 12'],
    ],
    ['with JSON that is none', post('{"name":'), ['body  ends too early, at byte 8']],
    [
      'with a type that is not described',
      post('<a/>', { 'content-type': 'application/xml' }),
      ['header /content-type is none of the types that are described'],
    ],
    ['without a type', post('{}', {}), ['header /content-type is missing']],
    [
      'with two types, of which two readers take another',
      post('{}', { 'content-type': 'text/csv; a=b, application/json' }),
      ['header /content-type is none of the types that are described'],
    ],
    [
      'in a charset in which it may be something else',
      post('{"name":"a"}', { 'content-type': 'application/json; charset="utf-16"' }),
      ['header /content-type has another charset than UTF-8'],
    ],
    ['in the charset of JSON', post('{"name":"a"}', { 'content-type': 'application/json; charset=UTF-8' }), []],
    ['with a type of which nothing more is said', post('a;b', { 'content-type': 'text/csv; charset=utf-8' }), []],
    [
      'in a coding',
      post('{}', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      ['header /content-encoding hides the body, send it without'],
    ],
    ['with a form', form('name=Zo%C3%AB&age=36'), []],
    [
      'with a form that does not fit',
      form('name=&age=x'),
      ['body /name must have at least 1 characters', 'body /age must be integer'],
    ],
    ['with a form of too many', form('a=1&'.repeat(10_001)), ['body  is no form that can be read']],
    ['with a form that says something twice', form('name=a&name=b'), ['body  is no form that can be read']],
    ['with parts', multipart(`${part('name')}${part('photo')}--xx--\r\n`), []],
    ['without one of its parts', multipart(`${part('name')}--xx--\r\n`), ['body /photo is missing']],
    [
      'with a part too much',
      multipart(`${part('name')}${part('photo')}${part('other')}--xx--\r\n`),
      ['body  has a part that is not described'],
    ],
    [
      'with a form that is not UTF-8',
      { ...form(''), body: Buffer.from('name=\xff', 'latin1'), contentLength: 6 },
      ['body  is no form that can be read'],
    ],
    ['without a part that is wanted elsewhere', multipart(`${part('photo')}--xx--\r\n`), ['body /name is missing']],
    ['with parts that do not end', multipart(part('name')), ['body  is no multipart form that can be read']],
  ])('%s', async (_name, options, expected) => {
    expect(await violations(options)).toEqual(expected);
  });

  it('is told of in the words of the first', async () => {
    const { answer } = await asked(post('{"age":-1}'));
    expect(answer).toMatchObject({ code: 'request.invalid', detail: 'body /name is missing' });
  });

  it('is let through by `report`, which tells', async () => {
    const { answer, exchange } = await asked(post('{"age":-1}'), { requests: 'report' });
    expect(answer).toBeUndefined();
    expect(exchange.replyHeaders.lines).toBe('x-gatehouse-validation: request;violations=2\r\n');
    expect(exchange.notes.policies).toEqual({ validate: 'request: 2 violations, first in body' });
  });

  it('that is too long is not read by `report`, and refused by `enforce`', async () => {
    const long = post(`{"name":"${'x'.repeat(100)}"}`);
    expect((await asked(long, { requests: 'report', bodyMax: '50B' })).answer).toBeUndefined();
    await expect(asked(long, { bodyMax: '50B' })).rejects.toThrow('request.body_too_large');
  });

  it('may have more in its query, or not, as the operator likes', async () => {
    const options = { path: '/v1/users/7', query: '?debug=1' };
    expect(await violations(options)).toEqual([]);
    expect(await violations(options, { unknownQuery: 'refuse' })).toEqual([
      'query  has a parameter that is not described',
    ]);
    expect(await violations(post('{"id":1,"name":"a"}'), { readOnly: 'allow' })).toEqual([]);
  });

  it('of any make is let through or refused, and nothing of it is told', async () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '"name"',
      ':',
      ':"secret"',
      ',',
      '[',
      ']',
      '1',
      'null',
      '--xx',
      '\r\n',
      '=',
      '&',
      '%',
      'name',
    );
    const text = fc.array(pieces, { maxLength: 20 }).map((all) => all.join(''));
    const type = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=xx',
      'text/csv',
      '',
    );
    await fc.assert(
      fc.asyncProperty(text, type, async (body, contentType) => {
        const { answer } = await asked(post(body, { 'content-type': contentType }));
        const said = JSON.stringify(answer ?? '');
        if (contentType === 'application/json') expect(said).not.toContain('secret');
      }),
    );
  });
});

describe('a reply', () => {
  const good = '{"id":7,"name":"Zoë"}';
  const reply = (upstream: UpstreamReply, config: object, method = 'GET'): { seen: FakeReply; exchange: Exchange } => {
    const hooks = built({ requests: 'off', ...config });
    const exchange = fakeExchange({ method, path: '/v1/users/7' });
    void hooks.onRequest?.(exchange);
    return { seen: throughReply(hooks, exchange, upstream), exchange };
  };
  const json = [['content-type', 'application/json']] as const;

  it.each<[string, UpstreamReply, string | undefined]>([
    ['that fits', { headers: json, body: [good.slice(0, 5), good.slice(5)] }, undefined],
    ['that does not', { headers: json, body: ['{"id":"7"}'] }, 'upstream.invalid_reply'],
    [
      'of a status in a range',
      { status: 404, headers: [['content-type', 'application/problem+json']], body: ['{}'] },
      undefined,
    ],
    ['of a status that is not described', { status: 500, headers: json, body: ['{}'] }, 'upstream.invalid_reply'],
    ['without a body', { status: 204 }, undefined],
    ['that has not changed', { status: 304 }, undefined],
    ['of another type', { headers: [['content-type', 'text/html']], body: ['<p>'] }, 'upstream.invalid_reply'],
    ['without a type', { body: ['x'] }, 'upstream.invalid_reply'],
    ['in a coding', { headers: [...json, ['content-encoding', 'gzip']], body: ['x'] }, 'upstream.invalid_reply'],
    ['that is too long', { headers: json, body: [`{"name":"${'x'.repeat(2000)}"}`] }, 'upstream.invalid_reply'],
  ])('%s is held back where that is enforced', (_name, upstream, failed) => {
    const { seen } = reply(upstream, { responses: 'enforce', responseMax: '1KB' });
    expect([seen.failed, seen.complete]).toEqual([failed, failed === undefined]);
    if (failed !== undefined) expect(seen.body).toHaveLength(0);
    else expect(seen.body.toString()).toBe((upstream.body ?? []).join(''));
  });

  it('is asked for without a coding', () => {
    expect(reply({ headers: json, body: [good] }, { responses: 'enforce' }).exchange.upstreamHeaders.lines).toBe(
      'accept-encoding: identity\r\n',
    );
  });

  it('to HEAD has no body to look at', () => {
    expect(reply({ headers: json }, { responses: 'enforce' }, 'HEAD').seen.complete).toBe(true);
  });

  it('goes on at once where it is only told of', () => {
    const { seen, exchange } = reply({ headers: json, body: ['{"id":"7"}'] }, { responses: 'report' });
    expect([seen.complete, seen.body.toString()]).toEqual([true, '{"id":"7"}']);
    expect(exchange.notes.policies).toEqual({ validate: 'reply: 2 violations, first in body' });
  });

  it('is looked at as often as the operator says', () => {
    const { exchange } = reply({ headers: json, body: ['{}'] }, { responses: 'report', sample: '0%' });
    expect([exchange.notes.policies, exchange.upstreamHeaders.lines]).toEqual([undefined, '']);
  });
});
