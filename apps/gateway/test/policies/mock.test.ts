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
