import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';
import { callOnce, type Sent } from './admit-gate.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users/{userId}:
    parameters: [ { name: userId, in: path, required: true, schema: { type: integer } } ]
    get: { responses: { "200": { content: { application/json: { schema: { type: object, required: [id] } } } } } }
    put:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
      responses: { "2XX": {} }
components: { schemas: { User: { type: object, required: [name], properties: { name: { type: string } }, additionalProperties: false } } }
`;

async function gateOf(
  config: string,
  answer = '{"id":1}',
): Promise<{ gate: Running; upstream: Upstream; bodies: string[] }> {
  const bodies: string[] = [];
  const upstream = await startUpstream((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
  });
  onTestFinished(async () => upstream.close());
  const text = `apis: { users: { basePath: /v1, access: open, upstream: "http://127.0.0.1:${upstream.port}", openapi: ./users.yaml, policies: [ { validate: ${config} } ] } }\n`;
  const gate = await startGate(text, { workers: 2, files: { 'users.yaml': DOCUMENT } });
  onTestFinished(async () => gate.stop());
  return { gate, upstream, bodies };
}

const put = (body: string, headers: Readonly<Record<string, string>> = {}): Sent => ({
  method: 'PUT',
  path: '/v1/users/7',
  body,
  headers: { 'content-type': 'application/json', ...headers },
});

describe('the gate holds requests against the document', () => {
  it('and sends on byte for byte what fits', async () => {
    const { gate, bodies } = await gateOf('{}');
    const body = '{ "name" :\t"Zo\\u00eb" }';
    expect((await callOnce(gate.port, put(body))).status).toBe(200);
    expect((await callOnce(gate.port, put(body, { 'transfer-encoding': 'chunked' }))).status).toBe(200);
    expect(bodies).toEqual([body, body]);
  });

  it('and tells callers all that is wrong, as a problem; nothing goes upstream, and the record has the cause', async () => {
    const { gate, upstream } = await gateOf('{}');
    const badly = await callOnce(gate.port, { path: '/v1/users/7?%zz=a' });
    expect(JSON.parse(badly.body).errors).toEqual([{ in: 'query', path: '', message: 'is not encoded well' }]);
    const wrong = await callOnce(gate.port, { ...put('{"nick":1}'), path: '/v1/users/x' });
    expect(wrong.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(wrong.body)).toMatchObject({
      type: 'urn:gatehouse:error:request.invalid',
      status: 400,
      detail: 'path /userId must be integer',
      errors: [
        { in: 'path', path: '/userId', message: 'must be integer' },
        { in: 'body', path: '/name', message: 'is missing' },
        { in: 'body', path: '/nick', message: 'is not allowed here' },
      ],
    });
    expect(upstream.seen).toEqual([]);
    const records = (await gate.records()).toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(records).toMatchObject([
      { status: 400, code: 'request.invalid' },
      { status: 400, code: 'request.invalid', policies: 'validate: request: 3 violations, first in path' },
    ]);
  });

  it('CVE-2022-25757: a name that stands twice is read by nobody', async () => {
    const { gate, upstream } = await gateOf('{}');
    const { status, body } = await callOnce(gate.port, put('{"name":"a","na\\u006de":{"$ne":1}}'));
    expect([status, JSON.parse(body).code]).toEqual([400, 'request.invalid']);
    expect(upstream.seen).toEqual([]);
  });

  it.each([
    ['a body in a coding', put('{}', { 'content-encoding': 'gzip' })],
    ['a type of its own making', put('name=a', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['a type that hides JSON', put('{"nick":1}', { 'content-type': 'text/plain' })],
    ['two types', put('{"nick":1}', { 'content-type': 'text/plain, application/json' })],
    ['no type', { method: 'PUT', path: '/v1/users/7', body: '{"nick":1}' }],
    ['a deep body', put('['.repeat(100_000))],
  ])('%s does not get around it', async (_name, sent) => {
    const { gate, upstream } = await gateOf('{}');
    const { status, body } = await callOnce(gate.port, sent);
    expect([status, JSON.parse(body).code]).toEqual([400, 'request.invalid']);
    expect(upstream.seen).toEqual([]);
  });

  it('a body that is too long is refused before it is read', async () => {
    const { gate } = await gateOf('{ bodyMax: 1KB }');
    expect((await callOnce(gate.port, put(`{"name":"${'x'.repeat(5000)}"}`))).status).toBe(413);
  });
});

describe('the gate holds replies against the document', () => {
  it('and gives nothing of one that does not fit where that is enforced', async () => {
    const { gate } = await gateOf('{ responses: enforce }', '{"secret":"x"}');
    const { status, body } = await callOnce(gate.port, { path: '/v1/users/7' });
    expect([status, JSON.parse(body).code, body.includes('secret')]).toEqual([502, 'upstream.invalid_reply', false]);
    expect(await gate.records()).toMatchObject([{ status: 502, code: 'upstream.invalid_reply' }]);
  });

  it('and lets it through where it is only told of', async () => {
    const { gate } = await gateOf('{ responses: report }', '{"name":"x"}');
    const { status, body } = await callOnce(gate.port, { path: '/v1/users/7' });
    expect([status, body]).toEqual([200, '{"name":"x"}']);
    expect(await gate.records()).toMatchObject([
      { status: 200, policies: 'validate: reply: 1 violation, first in body' },
    ]);
  });

  it('and gives on what fits, whole', async () => {
    const large = JSON.stringify({ id: 1, text: 'x'.repeat(300_000) });
    const { gate } = await gateOf('{ responses: enforce }', large);
    expect((await callOnce(gate.port, { path: '/v1/users/7', headers: { 'accept-encoding': 'gzip' } })).body).toBe(
      large,
    );
  });
});
