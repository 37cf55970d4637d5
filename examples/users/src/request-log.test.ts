import { describe, expect, it } from 'vitest';
import { requestIdOf } from './request-log.ts';
import { createTestService, idOf } from './testkit/test-service.ts';

const random = (count: number) => new Uint8Array(count).fill(0xab);
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the log', () => {
  it('has one line for a request, with its id and its trace', async () => {
    const { client, lines } = createTestService();
    const headers = { 'x-request-id': 'r1', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
    await client.send({ url: '/users?limit=5', headers });
    expect(lines).toEqual([
      {
        time: '2026-01-05T09:30:00.000Z',
        level: 'info',
        message: 'request',
        instance: 'test',
        request_id: 'r1',
        trace_id: TRACE,
        method: 'GET',
        path: '/users',
        route: '/users',
        status: 200,
        duration_ms: expect.any(Number),
      },
    ]);
  });

  it('never holds a body, a query or a header', async () => {
    const { client, lines } = createTestService();
    const headers = { authorization: 'Bearer hush', 'idempotency-key': 'hush', cookie: 'hush' };
    await client.send({ method: 'POST', url: '/users', headers, body: { email: 'hush@b.example', name: 'hush' } });
    await client.send({ method: 'POST', url: '/users', headers, body: { email: 'hush', name: 'hush', hush: 1 } });
    await client.send({ url: '/users?email=hush@b.example&hush=1', headers });
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('hush');
  });

  it('cuts a long path', async () => {
    const { client, lines } = createTestService();
    await client.send({ url: `/${'a'.repeat(5000)}` });
    expect(String(lines[0]?.['path'])).toHaveLength(200);
  });

  it('names the route and not only the path', async () => {
    const { client, createUser, lines } = createTestService();
    await client.send({ url: `/users/${idOf(await createUser('ada'))}` });
    expect(lines.at(-1)).toMatchObject({ route: '/users/:id' });
  });

  it('shows probes at debug only, and failures louder than the rest', async () => {
    const { app, client, drain, lines } = createTestService();
    await app.inject('/livez');
    await app.inject('/readyz');
    await client.send({ url: '/people' });
    drain();
    await app.inject('/readyz');
    const levels = lines.filter((line) => line['message'] === 'request').map((line) => line['level']);
    expect(levels).toEqual(['debug', 'debug', 'info', 'warn']);
  });

  it('is silent when told so', async () => {
    const { client, lines } = createTestService({ logLevel: 'silent' });
    await client.send({ url: '/users' });
    expect(lines).toEqual([]);
  });
});

describe('requestIdOf', () => {
  it.each(['r1', '0f9d2c7b-e1a8', 'a'.repeat(128), 'A.b_c:d+e/f=g@h'])('keeps %s', (id) => {
    expect(requestIdOf(id, random)).toBe(id);
  });

  it.each([undefined, '', 'a b', 'a"b', 'ü', 'a'.repeat(129), 'a\nb', ['a', 'b']].map((id) => [id]))(
    'makes one instead of %j',
    (id) => expect(requestIdOf(id, random)).toBe('ab'.repeat(8)),
  );
});
