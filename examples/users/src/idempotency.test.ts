import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { fields } from './fields.ts';
import { fingerprintOf } from './idempotency-records.ts';
import { startSlowRequest } from './testkit/slow-request.ts';
import { type TestService, createTestService, idOf, itemsOf } from './testkit/test-service.ts';

const ADA = { email: 'ada@people.example', name: 'Ada Lovelace' };
const DAY_MS = 24 * 60 * 60 * 1000;

function create({ client }: TestService, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return client.send({ method: 'POST', url: '/users', headers: { 'idempotency-key': 'k1', ...headers }, body });
}

async function countUsers({ client }: TestService): Promise<number> {
  return itemsOf(await client.send({ url: '/users?limit=100' })).length;
}

describe('a create with an Idempotency-Key', () => {
  it('returns the first reply again and creates nobody', async () => {
    const service = createTestService();
    const first = await create(service, ADA);
    service.clock.nowMs += 1000;
    const second = await create(service, ADA);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers).toMatchObject({
      'idempotency-replayed': 'true',
      etag: '"1"',
      location: `users/${idOf(first)}`,
    });
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(await countUsers(service)).toBe(1);
  });

  it('knows the same body in another spelling', async () => {
    const service = createTestService();
    await create(service, ADA);
    const reply = await create(service, ` { "name": "Ada\\u0020Lovelace", "email": "${ADA.email}" } `);
    expect(reply).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
  });

  it('refuses the key with a different body', async () => {
    const service = createTestService();
    await create(service, ADA);
    const reply = await create(service, { ...ADA, name: 'Ada' });
    expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency.key_reused' } });
    expect(await countUsers(service)).toBe(1);
  });

  it('replays for 24 hours and not longer', async () => {
    const service = createTestService();
    await create(service, ADA);
    service.clock.nowMs += DAY_MS - 1;
    expect(await create(service, ADA)).toMatchObject({ status: 201 });
    service.clock.nowMs += 1;
    expect(await create(service, ADA)).toMatchObject({ status: 409, body: { code: 'user.email_taken' } });
  });

  it('lets an expired key be used for something else', async () => {
    const service = createTestService();
    await create(service, ADA);
    service.clock.nowMs += DAY_MS;
    const grace = { email: 'grace@people.example', name: 'Grace Hopper' };
    expect(await create(service, grace)).toMatchObject({ status: 201, body: grace });
    expect(await create(service, grace)).toMatchObject({ headers: { 'idempotency-replayed': 'true' } });
  });

  it('still replays after the user is gone', async () => {
    const service = createTestService();
    const first = await create(service, ADA);
    await service.client.send({ method: 'DELETE', url: `/users/${idOf(first)}` });
    expect((await create(service, ADA)).body).toEqual(first.body);
    expect(await countUsers(service)).toBe(0);
  });

  it('keeps no refusal, so that the caller may repair the request', async () => {
    const service = createTestService();
    const other = await service.createUser('ada');
    expect(await create(service, ADA)).toMatchObject({ status: 409 });
    expect(await create(service, { ...ADA, email: 'x' })).toMatchObject({ status: 422 });
    await service.client.send({ method: 'DELETE', url: `/users/${idOf(other)}` });
    const reply = await create(service, ADA);
    expect(reply.status).toBe(201);
    expect(reply.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('keeps the keys of one caller apart from those of another', async () => {
    const service = createTestService();
    await create(service, ADA, { 'x-gatehouse-application': 'mobile' });
    const reply = await create(service, ADA, { 'x-gatehouse-application': 'web' });
    expect(reply).toMatchObject({ status: 409, body: { code: 'user.email_taken' } });
  });

  it.each(['', 'with blank', 'ü', 'k'.repeat(256)])('refuses the key %j', async (key) => {
    const reply = await create(createTestService(), ADA, { 'idempotency-key': key });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ parameter: 'idempotency-key' }] } });
  });

  it('leaves no record when keeping the user fails', async () => {
    const service = createTestService();
    const scope = { caller: '', operation: 'createUser', key: 'k1' };
    const insertAndFail = () =>
      service.store.transaction(() => {
        service.store.users.insert(ADA);
        service.store.idempotency.keep(scope, { fingerprint: 'f', status: 201, headers: {}, body: {} });
        throw new Error('power cut');
      });
    expect(insertAndFail).toThrow('power cut');
    expect(service.store.idempotency.find(scope)).toBeUndefined();
    expect(await countUsers(service)).toBe(0);
  });
});

describe('a duplicate of a create that is in flight', () => {
  it('is told to come back later, and the first one completes', async () => {
    const service = createTestService();
    const port = await listen(service);
    const first = await startSlowRequest({ port, body: ADA, headers: ['idempotency-key: k1'] });
    const duplicate = await create(service, ADA);
    expect(duplicate).toMatchObject({ status: 409, headers: { 'retry-after': '1' } });
    expect(duplicate.body['code']).toBe('idempotency.in_progress');
    expect(await create(service, { ...ADA, email: 'b@b.example' }, { 'idempotency-key': 'k2' })).toMatchObject({
      status: 201,
    });
    expect(await first.finish()).toContain('HTTP/1.1 201 Created');
    expect(await create(service, ADA)).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
    await service.app.close();
  });

  it('may run once the first one has hung up', async () => {
    const service = createTestService();
    const port = await listen(service);
    const connected = once(service.app.server, 'connection');
    const first = await startSlowRequest({ port, body: ADA, headers: ['idempotency-key: k1'] });
    const [serverSide] = await connected;
    expect(await create(service, ADA)).toMatchObject({ status: 409 });
    first.socket.destroy();
    await once(serverSide, 'close');
    expect(await create(service, ADA)).toMatchObject({ status: 201 });
    await service.app.close();
  });
});

describe('fingerprintOf', () => {
  it('does not depend on the order of members', () => {
    expect(fingerprintOf({ a: 1, b: 2 })).toBe(fingerprintOf({ b: 2, a: 1 }));
  });

  it('depends on names and values', () => {
    const prints = [{ a: 1 }, { a: 2 }, { b: 1 }, { a: '1' }, {}].map((body) => fingerprintOf(fields(body)));
    expect(new Set(prints).size).toBe(prints.length);
  });
});

async function listen(service: TestService): Promise<number> {
  await service.app.listen({ port: 0, host: '127.0.0.1' });
  const address = service.app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
