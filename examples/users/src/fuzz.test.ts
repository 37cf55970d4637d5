import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestService, idOf } from './testkit/test-service.ts';

const RUNS = { numRuns: 300 };
const anyText = fc.string({ unit: 'binary' });
const nearlyRight = fc.record(
  {
    email: fc.oneof(fc.emailAddress(), anyText, fc.jsonValue()),
    name: fc.oneof(anyText, fc.constant('Ada'), fc.jsonValue()),
    extra: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.json(),
  anyText.map((value) => JSON.stringify({ email: 'a@b.example', name: value })),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{', '[[[[', '{"__proto__":{}}', '{"constructor":{"prototype":1}}', '"\\ud800"', '1e999'),
);
const headerText = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCodePoint(code)) });

/** The client itself fails on every reply that the document does not allow. */
describe('whatever a caller sends', () => {
  const { client, createUser, lines } = createTestService();

  it('as a body, the service does not fail', async () => {
    const url = `/users/${idOf(await createUser('ada'))}`;
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const headers = { 'if-match': '*', 'content-type': 'application/json' };
        const created = await client.send({ method: 'POST', url: '/users', headers, body: sent });
        const replaced = await client.send({ method: 'PUT', url, headers, body: sent });
        expect([201, 400, 409, 422]).toContain(created.status);
        expect([200, 400, 409, 422]).toContain(replaced.status);
      }),
      RUNS,
    );
  });

  it('as a query, the service does not fail', async () => {
    const name = fc.oneof(fc.constantFrom('limit', 'cursor', 'email', '__proto__', 'limit[]'), anyText);
    const value = fc.oneof(anyText, fc.integer().map(String), fc.constantFrom('', 'null', '1e1', 'AAAA', '-0'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (pairs) => {
        const query = pairs.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('='));
        const reply = await client.send({ url: `/users?${query.join('&')}` });
        expect([200, 400]).toContain(reply.status);
      }),
      RUNS,
    );
  });

  it('as headers, the service does not fail', async () => {
    const names = fc.constantFrom(
      'accept',
      'if-match',
      'if-none-match',
      'idempotency-key',
      'traceparent',
      'x-request-id',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, headerText), async (headers) => {
        const list = await client.send({ url: '/users', headers });
        const removed = await client.send({ method: 'DELETE', url: '/users/usr_01k0f3x9v2m8r5t7w1y4z6b3cd', headers });
        expect([200, 400, 406]).toContain(list.status);
        expect([400, 404]).toContain(removed.status);
      }),
      RUNS,
    );
  });

  it('as a path, the service does not fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), async (path) => {
        const reply = await client.send({ url: `/users${path === '' ? '' : path}` });
        expect([200, 400, 404]).toContain(reply.status);
      }),
      RUNS,
    );
  });

  it('nothing was logged as a failure', () => {
    expect(lines.filter((line) => line['level'] === 'error')).toEqual([]);
  });
});
