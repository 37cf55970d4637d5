import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { PolicyContext } from '@gatehouse/config';
import type { Observation } from '@gatehouse/kernel';
import fc from 'fast-check';
import { IDENTIFYING_POLICIES } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { POLICIES } from '../policies.ts';
import type { Outcome, PolicyHooks } from '../policy.ts';
import {
  fakeExchange,
  fakeTools,
  throughReply,
  type FakeExchangeOptions,
  type FakeToolsOptions,
  type UpstreamReply,
} from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users:
    get:
      parameters:
        - { name: order, in: query, schema: { enum: [name, age] } }
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: X-Trace, in: header, schema: { type: string } }
      responses:
        "200":
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/User" } }
    post:
      parameters: [ { name: team, in: query, required: true, schema: { type: string } } ]
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/User" } } }
      responses: { "201": { content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }, "4XX": {} }
  /users/{id}:
    get:
      parameters: [ { name: id, in: path, required: true, schema: { type: integer } } ]
      responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Closed" } } } }, default: {} }
    delete: { responses: { "204": {} } }
components:
  schemas:
    User:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, maxLength: 20 }
        state: { enum: [active, gone] }
        labels: { type: object, additionalProperties: { type: object, properties: { text: { type: string } } } }
        notes: { type: object }
    Closed: { type: object, properties: { id: { type: integer } }, additionalProperties: false }
  securitySchemes: { key: { type: apiKey, in: query, name: api_key }, other: { type: apiKey, in: header, name: X-Token } }
`;

const CONTEXT: PolicyContext = { ...NO_CONTEXT, basePath: '/v1', document: { file: 'users.yaml', text: DOCUMENT } };
const drift = joined('drift', CONTEXT);

policyContract(drift, {
  valid: [{}, { sample: '100%', perSecond: 5, bodyMax: '1MB' }],
  invalid: [{ sample: '200%' }, { perSecond: 0 }, { bodyMax: 'much' }],
  waits: true,
});

const ROUTE = { method: '*', path: '/v1/*', access: 'open' } as const;
const JSON_TYPE = { 'content-type': 'application/json' };
const ANSWERED: Outcome = { status: 200, code: undefined, upstreamMs: 1 };

type Seen = Omit<Observation, 'worker'>;

interface Call extends FakeExchangeOptions {
  readonly reply?: UpstreamReply;
  readonly json?: unknown;
  readonly outcome?: Outcome;
}

function place(config: object = {}, options: FakeToolsOptions = {}): { hooks: PolicyHooks; observed: Seen[] } {
  const observed: Seen[] = [];
  const tools = fakeTools('test#0', { route: ROUTE, observed: (each) => void observed.push(each), ...options });
  return { hooks: drift.build({ sample: '100%', ...config }, tools), observed };
}

/** One call through the hooks, in the order of the gate. */
async function call({ hooks }: Pick<ReturnType<typeof place>, 'hooks'>, options: Call): Promise<Buffer> {
  const { reply = {}, json, outcome = ANSWERED, ...request } = options;
  const length = request.body === undefined ? {} : { contentLength: Buffer.byteLength(request.body) };
  const exchange = fakeExchange({ path: '/v1/users', ...length, ...request });
  expect(hooks.onRequest?.(exchange)).toBeUndefined();
  expect(await hooks.onIdentified?.(exchange)).toBeUndefined();
  const written = json === undefined ? reply : { ...reply, body: [JSON.stringify(json)] };
  const headers = written.headers ?? (written.body === undefined ? [] : Object.entries(JSON_TYPE));
  const { body } = throughReply(hooks, exchange, { ...written, headers });
  hooks.onEnd?.(exchange, outcome);
  return body;
}

async function seenOf(options: Call, config: object = {}): Promise<Seen | undefined> {
  const at = place(config);
  await call(at, options);
  return at.observed[0];
}

/** `kind where =value !rule` of each finding. */
async function findings(options: Call): Promise<readonly string[]> {
  const seen = await seenOf(options);
  return (seen?.findings ?? []).map(({ kind, where, value, rule }) =>
    [kind, where, ...(value === undefined ? [] : [`=${value}`]), ...(rule === undefined ? [] : [`!${rule}`])].join(' '),
  );
}

const ADA = { id: 1, name: 'Ada', state: 'active' };
const post = (body: unknown, more: Partial<Call> = {}): Call => ({
  method: 'POST',
  query: '?team=a',
  headers: JSON_TYPE,
  body: JSON.stringify(body),
  json: ADA,
  ...more,
  reply: { status: 201, ...more.reply },
});

describe('an exchange that keeps to the document', () => {
  it('is told of with all that was there, and nothing of what it said', async () => {
    const seen = await seenOf({
      query: '?order=age&limit=5',
      headers: { 'x-trace': 'secret-trace', authorization: 'Bearer secret-token' },
      principal: { method: 'key' },
      json: [{ ...ADA, labels: { 'secret-label': { text: 'secret-text' } }, notes: { 'secret-name': 1 } }],
    });
    expect(seen).toEqual({
      time: expect.any(Number),
      api: 'users',
      version: '1.0.0',
      route: 'users GET /users/{id}',
      document: expect.stringMatching(/^[0-9a-f]{12}$/),
      method: 'GET',
      operation: 'GET /users',
      status: 200,
      shown: ['bearer'],
      asked: [],
      known: 'key',
      seen: [
        'query order',
        'query limit',
        'header x-trace',
        'reply 200',
        'reply 200 application/json',
        'reply 200 application/json /*/id',
        'reply 200 application/json /*/name',
        'reply 200 application/json /*/state',
        'reply 200 application/json /*/labels',
        'reply 200 application/json /*/labels/*',
        'reply 200 application/json /*/labels/*/text',
        'reply 200 application/json /*/notes',
      ],
      findings: [],
    });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });

  it.each<[string, Call]>([
    ['with a body', post({ id: 3, name: 'Ada' })],
    ['that asks for the head', { method: 'HEAD', reply: { headers: [['content-type', 'application/json']] } }],
    ['that was looked at before', { reply: { status: 304 } }],
    ['without a body', { method: 'DELETE', path: '/v1/users/7', reply: { status: 204 } }],
    ['that the service refuses, whatever was sent', post({ bad: 1 }, { query: '?x=1', reply: { status: 422 }, json: undefined })], // prettier-ignore
    ['with a key in its query', { query: '?api_key=1', json: [] }],
  ])('%s is found to', async (_, options) => expect(await findings(options)).toEqual([]));
});

describe('what the document does not say', () => {
  it.each<[string, Call, readonly string[]]>([
    ['a field', { json: [{ ...ADA, age: 5 }] }, ['unknown-field reply 200 application/json /*/age']],
    ['a field in a table', { json: [{ ...ADA, labels: { x: { colour: 'red' } } }] }, ['unknown-field reply 200 application/json /*/labels/*/colour']], // prettier-ignore
    ['a field where there may be none', { path: '/v1/users/7', json: { id: 1, age: 2 } }, ['unknown-field reply 200 application/json /age !false']], // prettier-ignore
    ['a field of a request', post({ id: 1, name: 'a', nick: 'b' }), ['unknown-field request application/json /nick']],
    ['a field that is missing', { json: [{ id: 1 }] }, ['missing-required reply 200 application/json /*/name']],
    ['a word', { json: [{ ...ADA, state: 'asleep' }] }, ['enum-value reply 200 application/json /*/state =asleep !enum']], // prettier-ignore
    ['a text in place of a word', { json: [{ ...ADA, state: 'a b' }] }, ['enum-value reply 200 application/json /*/state !enum']], // prettier-ignore
    ['another type', { json: [{ ...ADA, id: '1' }] }, ['type reply 200 application/json /*/id']],
    ['a text that is too long', { json: [{ ...ADA, name: 'a'.repeat(21) }] }, ['constraint reply 200 application/json /*/name !maxLength']], // prettier-ignore
    ['what is no JSON', { reply: { headers: Object.entries(JSON_TYPE), body: ['{"a'] } }, ['constraint reply 200 application/json !json']], // prettier-ignore
    ['a parameter', { query: '?debug=1', json: [] }, ['undeclared-parameter query debug']],
    ['a word of a parameter', { query: '?order=size', json: [] }, ['enum-value query order =size !enum']],
    ['a bound of a parameter', { query: '?limit=500', json: [] }, ['constraint query limit !maximum']],
    ['a parameter that is missing', post({ id: 1, name: 'a' }, { query: '' }), ['missing-required query team']],
    ['a parameter of another type', { path: '/v1/users/x', json: { id: 1 } }, ['type path id']],
    ['a body that is missing', { method: 'POST', query: '?team=a', reply: { status: 201 }, json: ADA }, ['missing-required request']], // prettier-ignore
    ['a body where none is described', { body: '{}', headers: JSON_TYPE, json: [] }, ['undeclared-body request application/json']], // prettier-ignore
    ['a status', { reply: { status: 202 } }, ['undeclared-status reply 202']],
    ['a status with a body', { reply: { status: 202 }, json: {} }, ['undeclared-status reply 202 application/json']],
    ['a media type', { reply: { headers: [['content-type', 'text/csv; x=y']], body: ['a'] } }, ['undeclared-content-type reply 200 text/csv']], // prettier-ignore
    ['a media type that is none', { reply: { headers: [['content-type', 'my secret']], body: ['a'] } }, []],
  ])('is told: %s', async (_, options, expected) => expect(await findings(options)).toEqual(expected));

  it('is told with its shape, of all items together', async () => {
    const seen = await seenOf({
      json: [
        { ...ADA, a: { b: [1, 'x'] } },
        { ...ADA, a: { c: null } },
      ],
    });
    expect(seen?.findings).toEqual([
      {
        kind: 'unknown-field',
        where: 'reply 200 application/json /*/a',
        shape: {
          types: ['object'],
          members: { b: { types: ['array'], items: { types: ['integer', 'string'] } }, c: { types: ['null'] } },
        },
      },
    ]);
  });

  it('is all of a call that no operation is for', async () => {
    const more = { query: '?a=1', path: '/v1/internal/jobs', body: '{"n":1}', headers: JSON_TYPE };
    expect(await seenOf({ ...more, method: 'POST', json: { ok: true } })).toMatchObject({
      path: '/internal/jobs',
      seen: [],
      findings: [
        { kind: 'undeclared-parameter', where: 'query a' },
        { kind: 'undeclared-body', where: 'request application/json', shape: { members: { n: { types: ['integer'] } } } }, // prettier-ignore
        { kind: 'undeclared-status', where: 'reply 200 application/json', shape: { members: { ok: { types: ['boolean'] } } } }, // prettier-ignore
      ],
    });
  });
});

describe('a reply', () => {
  const coded = (coding: string, body: Buffer): Call => ({
    reply: { headers: [...Object.entries(JSON_TYPE), ['content-encoding', coding]], body: [body] },
  });
  const bytes = Buffer.from(JSON.stringify([{ ...ADA, age: 5 }]));
  const age = ['unknown-field reply 200 application/json /*/age'];

  it.each<[string, Call, readonly string[]]>([
    ['in gzip is read', coded('gzip', gzipSync(bytes)), age],
    ['in brotli is read', coded('br', brotliCompressSync(bytes)), age],
    ['in a coding that nobody knows is not', coded('x-own', bytes), []],
    ['that only says it is coded is not', coded('gzip', bytes), []],
    ['that is small and becomes large is not', coded('gzip', gzipSync(Buffer.alloc(1_000_000, ' '))), []],
    ['that is too long is not', { json: [{ ...ADA, age: 'x'.repeat(70_000) }] }, []],
  ])('%s', async (_, options, expected) => expect(await findings(options)).toEqual(expected));

  it('goes on to the caller byte by byte', async () => {
    const at = place();
    expect((await call(at, coded('gzip', gzipSync(bytes)))).equals(gzipSync(bytes))).toBe(true);
  });
});

describe('nothing is told', () => {
  it.each<[string, Call]>([
    ['of what the gate answers itself', { outcome: { status: 200, code: undefined } }],
    ['of a reply that broke off', { reply: { broken: true }, json: [] }],
    ['of a call that failed', { json: [], outcome: { status: 502, code: 'upstream.unreachable', upstreamMs: 1 } }],
    ['of an upgrade', { headers: { upgrade: 'websocket' }, json: [] }],
  ])('%s', async (_, options) => expect(await seenOf(options)).toBeUndefined());

  it('of calls that are not chosen, nor of more than may be in a second', async () => {
    let nowMs = 0;
    const clock = { now: () => 0, monotonic: () => nowMs };
    const unlucky = place({ sample: '1%' }, { random: () => 0.5 });
    await call(unlucky, { json: [] });
    const at = place({ perSecond: 2 }, { clock });
    for (nowMs = 0; nowMs < 2000; nowMs += 250) await call(at, { json: [] });
    expect([unlucky.observed.length, at.observed.length]).toEqual([0, 4]);
  });

  it('of models', () => {
    const route = { target: { kind: 'ai', endpoint: 'chat' } } as const;
    expect(drift.build({}, fakeTools('test#0', { route }))).toEqual({});
  });
});

describe('who the caller says it is', () => {
  it.each<[string, Call, readonly string[]]>([
    ['nobody', {}, []],
    ['by a token', { headers: { authorization: 'bearer x' } }, ['bearer']],
    ['by a word that may be a secret', { headers: { authorization: 'hunter2' } }, ['authorization']],
    ['by keys that the document names', { query: '?api_key=1', headers: { 'x-token': 'x' } }, ['query api_key', 'header x-token']], // prettier-ignore
    ['by a key that it does not name', { headers: { 'x-api-key': 'x' } }, ['header x-api-key']],
  ])('is told by the way alone: %s', async (_, options, shown) => {
    expect(await seenOf({ ...options, json: [] })).toMatchObject({ shown });
  });

  it.each<[string, object, readonly string[]]>([
    ['nobody, on an open route', { access: 'open', policies: [{ name: 'jwt' }] }, []],
    ['by a key', { access: 'subscribed', policies: [] }, ['key']],
    ['as policies say', { access: 'key', policies: [{ name: 'jwt' }, { name: 'cors' }, { name: 'basic' }] }, ['jwt', 'basic']], // prettier-ignore
  ])('and how the gate wants to know: %s', async (_, route, asked) => {
    const at = place({}, { route: { ...ROUTE, ...route } });
    await call(at, { json: [] });
    expect(at.observed[0]).toMatchObject({ asked });
  });

  it('all policies that find out are known', () => {
    const names = POLICIES.filter(({ stage }) => stage === 'identify').map(({ name }) => name);
    expect([...IDENTIFYING_POLICIES].toSorted()).toEqual(names.toSorted());
  });
});

describe('names from outside', () => {
  it.each([
    ['nickname', 'nickname'],
    ['@id', '@id'],
    ['a.b-c:d_e', 'a.b-c:d_e'],
    ['ada@example.com', '*'],
    ['4711', '*'],
    ['order12345', '*'],
    ['0f8fad5b-d9cd-469f-a165-70867728950e', '*'],
    ['deadbeef0123', '*'],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '*'],
    ['two words', '*'],
    ['', '*'],
    ['a'.repeat(65), '*'],
    ['__proto__', '__proto__'],
  ])('%j is told as %s', async (name, expected) => {
    const item: unknown = JSON.parse(`{"id":1,"name":"a",${JSON.stringify(name)}:1}`);
    expect(await findings({ json: [item] })).toEqual([`unknown-field reply 200 application/json /*/${expected}`]);
  });

  it('are few, however many there are', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${'abcdefghij'[at % 10]}${at}`, at]));
    const seen = await seenOf({ json: [{ ...ADA, ...many, wide: many }], query: '?a=1&b=2&c=3' });
    expect(seen?.findings.length).toBeLessThanOrEqual(15);
    expect(JSON.stringify(seen).length).toBeLessThan(3000);
  });

  it('and bodies of any make are told in a short line that holds no text of theirs', async () => {
    const secret = 'S3CR3T text';
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom<unknown>(null, 1, 1.5, true, secret),
        fc.array(tie('value'), { maxLength: 30 }),
        fc.dictionary(
          fc.oneof(fc.constantFrom('id', 'name', 'state', 'labels', 'notes', '__proto__', 'constructor', 'a/b~c'), fc.string({ unit: 'binary', maxLength: 100 }), fc.constant(secret)), // prettier-ignore
          tie('value'),
          { noNullPrototype: true },
        ),
      ),
    })).value;
    const query = fc.oneof(
      fc.constant('?%zz=1'),
      fc.webQueryParameters().map((text) => `?${text}`),
    );
    await fc.assert(
      fc.asyncProperty(value, value, query, async (sent, got, asked) => {
        for (const at of [post(sent), { ...post(sent), path: '/v1/other', query: asked }, { query: asked }]) {
          const text = JSON.stringify(await seenOf({ ...at, json: [got] }));
          expect(text).not.toContain(secret);
          expect(text.length).toBeLessThan(40_000);
        }
      }),
    );
  });
});
