import { expect, it, onTestFinished } from 'vitest';
import { startGate } from '../harness.ts';
import { callOnce } from './admit-gate.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users/{id}:
    get:
      parameters: [ { name: id, in: path, required: true, schema: { type: integer } } ]
      responses: { "200": { content: { application/json: { example: { name: "Zoë" } } } } }
`;

it('an API of a document answers before there is an upstream, and holds requests against the document', async () => {
  const policies = '[ { validate: {} }, { compress: { minBytes: 1B } }, { mock: {} } ]';
  const text = `apis: { users: { basePath: /v1, access: open, upstream: "http://127.0.0.1:1", openapi: ./users.yaml, policies: ${policies} } }\n`;
  const gate = await startGate(text, { workers: 1, files: { 'users.yaml': DOCUMENT } });
  onTestFinished(async () => gate.stop());
  const { status, headers, body } = await callOnce(gate.port, { path: '/v1/users/7' });
  expect([status, headers['content-type'], body]).toEqual([200, 'application/json', '{"name":"Zoë"}']);
  expect((await callOnce(gate.port, { path: '/v1/users/7', method: 'HEAD' })).headers['content-length']).toBe('15');
  expect((await fetch(`${gate.url}/v1/users/7`)).headers.get('content-encoding')).toBe('gzip');
  expect((await callOnce(gate.port, { path: '/v1/users/x' })).status).toBe(400);
  const [record] = await gate.records();
  expect(record).toMatchObject({ status: 200, policies: expect.stringContaining('mock: 200') });
  expect(record).not.toHaveProperty('upstream');
});

it('callers choose among the answers of a document, and learn what they got', async () => {
  const document = `
openapi: 3.1.0
paths:
  /nodes:
    get:
      responses:
        "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Node" } } } }
        "404": { content: { application/problem+json: { examples: { gone: { value: { title: gone } } } } } }
components:
  schemas:
    Node: { type: object, properties: { id: { type: integer }, left: { $ref: "#/components/schemas/Node" }, right: { $ref: "#/components/schemas/Node" } } }
`;
  const text =
    'apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:1", openapi: ./nodes.yaml, policies: [ { mock: { delay: 20ms } } ] } }\n';
  const gate = await startGate(text, { workers: 1, files: { 'nodes.yaml': document } });
  onTestFinished(async () => gate.stop());
  const get = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const reply = await callOnce(gate.port, { path: '/nodes', headers });
    return [reply.status, reply.headers['preference-applied'], reply.body.slice(0, 100)];
  };
  expect(await get({})).toEqual([200, undefined, '{"id":0}']);
  expect(await get({ prefer: 'code=404, example=gone' })).toEqual([404, 'code=404, example=gone', '{"title":"gone"}']);
  expect(await get({ prefer: 'code=500' })).toEqual([400, undefined, expect.stringContaining('request.malformed')]);
  expect(await get({ accept: 'image/png' })).toEqual([406, undefined, expect.stringContaining('Not Acceptable')]);
});
