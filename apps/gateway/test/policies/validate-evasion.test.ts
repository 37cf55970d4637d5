import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';
import { rawCall, rawStatus } from '../raw-call.ts';
import { callOnce } from './admit-gate.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users/{id}:
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: tab, in: cookie, schema: { type: integer } }
        - { name: x-depth, in: header, schema: { type: integer } }
        - { name: sort, in: query, schema: { enum: [name, age] } }
      responses: { default: {} }
  /notes:
    post:
      requestBody:
        content:
          application/json: { schema: { $ref: "parts.yaml#/Note" } }
          text/csv: {}
      responses: { default: {} }
`;
const PARTS = `
Note: { type: object, properties: { text: { type: string, pattern: "a.{1000}b$" } }, additionalProperties: false }
`;

async function gateOf(routes = ''): Promise<{ gate: Running; upstream: Upstream }> {
  const upstream = await startUpstream();
  onTestFinished(async () => upstream.close());
  const text = `apis: { users: { basePath: /v1, access: open, upstream: "http://127.0.0.1:${upstream.port}", openapi: ./users.yaml, policies: [ { validate: { unknownQuery: refuse } } ] ${routes} } }\n`;
  const gate = await startGate(text, { workers: 1, files: { 'users.yaml': DOCUMENT, 'parts.yaml': PARTS } });
  onTestFinished(async () => gate.stop());
  return { gate, upstream };
}

const head = (target: string, ...lines: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, 'host: a', 'connection: close', ...lines, '', ''].join('\r\n');
const post = (body: string, ...lines: readonly string[]): string =>
  [
    'POST /v1/notes HTTP/1.1',
    'host: a',
    'connection: close',
    `content-length: ${body.length}`,
    ...lines,
    '',
    body,
  ].join('\r\n');
const JSON_LINE = 'content-type: application/json';

describe('no spelling of a request gets around what is held against the document', () => {
  const SPELLINGS = [
    '/v1/users/x',
    '/v1/./users/x',
    '/v1/users/../users/x',
    '/v1/users/%2e%2e/users/x',
    '/v1/%75sers/x',
    '//v1/users/x',
    '/v1//users/x',
    '/v1/users//x',
    '/v1/users/x/',
    '/v1/users%2fx',
    '/v1/users/7%2f..%2fx',
    '/v1/users/7;x',
    '/v1/users/7%00',
    '/v1/users/7%0a',
    '/v1/users/%37%2e5',
    '/v1/USERS/x',
    '/v1/users/x#/7',
    'http://a/v1/users/x',
    '/v1/users/7?sort=size',
    '/v1/users/7?so%72t=size',
    '/v1/users/7?sort=name&sort=size',
    '/v1/users/7?&&sort=size',
    '/v1/users/7?sort=name&%73ort=size',
    '/v1/users/7?sort=name;sort=size',
    '/v1/users/7?sort[]=size',
    '/v1/users/7?sort',
  ];

  it('CVE-2021-27306, CVE-2021-43557: of paths and queries', async () => {
    const { gate, upstream } = await gateOf(', routes: [ { method: "*", path: "/*" } ]');
    const statuses: [string, number][] = [];
    for (const target of SPELLINGS) statuses.push([target, await rawStatus(gate.port, head(target))]);
    expect(statuses.filter(([, status]) => status !== 400 && status !== 404)).toEqual([]);
    expect(upstream.seen).toEqual([]);
  });

  it.each([
    ['a cookie twice in one line', head('/v1/users/7', 'cookie: tab=1; tab=x')],
    ['a cookie in two lines', head('/v1/users/7', 'cookie: tab=1', 'cookie: tab=x')],
    ['a field in two lines', head('/v1/users/7', 'x-depth: 1', 'x-depth: 2')],
    ['two media types in two lines', post('{"admin":1}', 'content-type: text/csv; a=b', JSON_LINE)],
    ['another charset', post('{"text":"x"}', 'content-type: application/json; charset=utf-16')],
    ['a body where none is described', head('/v1/users/7', 'content-length: 1', '', 'x')],
  ])('%s', async (_name, bytes) => {
    const { gate, upstream } = await gateOf();
    expect(await rawStatus(gate.port, bytes)).toBe(400);
    expect(upstream.seen).toEqual([]);
  });

  it('and what fits goes on as it was written', async () => {
    const { gate, upstream } = await gateOf();
    expect(await rawStatus(gate.port, head('/v1/users/%37?s%6frt=age', 'cookie: tab=1', 'x-depth: 2'))).toBe(200);
    expect(await rawStatus(gate.port, post('{"text":"x"}', 'content-type: text/csv'))).toBe(200);
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/users/7?s%6frt=age', '/notes']);
  });
});

describe('nothing that a caller writes', () => {
  it('keeps a worker busy: a pattern that would is given up, and others are served', async () => {
    const { gate, upstream } = await gateOf();
    const text = Array.from({ length: 60_000 }, (_, n) => n.toString(2))
      .join('')
      .replaceAll('0', 'a')
      .replaceAll('1', 'b');
    const started = performance.now();
    const { status, body } = await callOnce(gate.port, {
      method: 'POST',
      path: '/v1/notes',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    expect([status, JSON.parse(body).detail]).toEqual([400, 'body takes too many steps to check']);
    // A minute without an end to it.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(upstream.seen).toEqual([]);
    expect(await rawStatus(gate.port, head('/v1/users/7'))).toBe(200);
  });

  it('is told back, but for names', async () => {
    const { gate } = await gateOf();
    const secret = 'hunter2';
    const sent = [
      head(`/v1/users/${secret}?sort=${secret}&${secret}=1`, `cookie: tab=${secret}`, `x-depth: ${secret}`),
      post(`{"text":"${secret}"}`, JSON_LINE),
      post(`{"text":["${secret}"]}`, JSON_LINE),
      post(`{"text":${secret}}`, JSON_LINE),
      post('{}', `content-type: ${secret}/json`),
    ];
    for (const bytes of sent) {
      const reply = await rawCall(gate.port, bytes);
      expect(reply).toContain('request.invalid');
      expect(reply).not.toContain(secret);
    }
  });
});

it('a document of two thousand operations is published, and each is held against', async () => {
  const operation = (n: number): object => ({
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    responses: { 200: { content: { 'application/json': { schema: { $ref: `#/components/schemas/S${n}` } } } } },
  });
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  const properties = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`p${n}`, { type: 'string', maxLength: 99 }]),
  );
  const document = JSON.stringify({
    openapi: '3.1.0',
    paths: Object.fromEntries(numbers.map((n) => [`/r${n}/{id}`, { get: operation(n), put: operation(n) }])),
    components: { schemas: Object.fromEntries(numbers.map((n) => [`S${n}`, { type: 'object', properties }])) },
  });
  const text =
    'apis: { all: { basePath: "/v1", access: open, upstream: "http://127.0.0.1:1", openapi: ./all.json, policies: [ { validate: {} }, { mock: {} } ] } }\n';
  const gate = await startGate(text, { workers: 1, files: { 'all.json': document } });
  onTestFinished(async () => gate.stop());
  expect((await callOnce(gate.port, { path: '/v1/r999/7' })).status).toBe(200);
  expect((await callOnce(gate.port, { path: '/v1/r0/x' })).status).toBe(400);
}, 60_000);
