import { describe, expect, it } from 'vitest';
import { createTestService, idOf, itemsOf } from './testkit/test-service.ts';

const ADA = { email: 'ada@people.example', name: 'Ada Lovelace' };
const UNKNOWN = '/users/usr_01k0f3x9v2m8r5t7w1y4z6b3cd';

describe('createUser', () => {
  it('answers 201 with the user, its address and its first revision', async () => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users', body: ADA });
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^usr_[0-9a-z]{26}$/),
      ...ADA,
      created_at: '2026-01-05T09:30:00.000Z',
      updated_at: '2026-01-05T09:30:00.000Z',
    });
    expect(reply.headers).toMatchObject({ etag: '"1"', location: `users/${idOf(reply)}` });
  });

  it('refuses an email that another user has, whatever its letter case', async () => {
    const { client } = createTestService();
    await client.send({ method: 'POST', url: '/users', body: ADA });
    const reply = await client.send({ method: 'POST', url: '/users', body: { ...ADA, email: 'ADA@People.example' } });
    expect(reply).toMatchObject({ status: 409, body: { code: 'user.email_taken' } });
    expect(reply.headers).not.toHaveProperty('retry-after');
  });

  it.each([
    ['a missing property', { email: ADA.email }, '/name'],
    ['an unknown property', { ...ADA, nickname: 'Countess' }, '/nickname'],
    ['a property that the service decides', { ...ADA, id: 'usr_1' }, '/id'],
    ['a property whose name needs escaping', { ...ADA, 'a/b~c': 1 }, '/a~1b~0c'],
    ['a property of the wrong type', { ...ADA, name: 7 }, '/name'],
    ['an email that is none', { ...ADA, email: 'ada' }, '/email'],
    ['an email that is too long', { ...ADA, email: `${'a'.repeat(250)}@b.example` }, '/email'],
    ['an empty name', { ...ADA, name: '' }, '/name'],
    ['a name that starts with a blank', { ...ADA, name: ' Ada' }, '/name'],
    ['a name with a control character', { ...ADA, name: 'Ada\u0000' }, '/name'],
    ['a name with half a surrogate pair', '{"email":"ada@people.example","name":"Ada\\ud83d"}', '/name'],
    ['a name that is too long', { ...ADA, name: 'a'.repeat(201) }, '/name'],
    ['a list', [ADA], ''],
    ['null', 'null', ''],
  ])('points at %s', async (_what, body, pointer) => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users', body });
    expect(reply).toMatchObject({ status: 422, body: { code: 'request.invalid_body' } });
    expect(reply.body['errors']).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it('names at most twenty faults', async () => {
    const { client } = createTestService();
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, 1]));
    const reply = await client.send({ method: 'POST', url: '/users', body });
    expect(reply.body['errors']).toHaveLength(20);
  });

  it('refuses a request without a body', async () => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'POST', url: '/users' });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '' }] } });
  });

  it('keeps a name with characters outside of the basic plane as it is', async () => {
    const { client } = createTestService();
    const body = { ...ADA, name: 'Ада 👩🏽‍💻' };
    const created = await client.send({ method: 'POST', url: '/users', body });
    const read = await client.send({ url: `/users/${idOf(created)}` });
    expect(read.body['name']).toBe(body.name);
  });
});

describe('getUser', () => {
  it('answers with the user and its revision', async () => {
    const { client, createUser } = createTestService();
    const created = await createUser('ada');
    const reply = await client.send({ url: `/users/${idOf(created)}` });
    expect(reply).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: created.body });
  });

  it.each(['"1"', 'W/"1"', '"0", "1"', '*'])('answers 304 without a body to If-None-Match: %s', async (tag) => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ url, headers: { 'if-none-match': tag } });
    expect(reply).toMatchObject({ status: 304, headers: { etag: '"1"' }, body: {} });
  });

  it('answers with the user when the caller holds another revision', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    expect(await client.send({ url, headers: { 'if-none-match': '"2"' } })).toMatchObject({ status: 200 });
  });

  it('refuses an entity tag without quotes', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ url, headers: { 'if-none-match': '1' } });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ parameter: 'if-none-match' }] } });
  });

  it.each([
    ['an unknown id', UNKNOWN],
    ['an id that no user can have', '/users/42'],
    ['a very long id', `/users/${'a'.repeat(3000)}`],
    ['an escaped id', '/users/%2e%2e%2fusers'],
  ])('answers 404 to %s', async (_what, url) => {
    const { client } = createTestService();
    expect(await client.send({ url })).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
  });

  it('refuses a query parameter that the document does not know', async () => {
    const { client, createUser } = createTestService();
    const reply = await client.send({ url: `/users/${idOf(await createUser('ada'))}?verbose=1` });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ parameter: 'verbose', detail: 'is not known' }] } });
  });
});

describe('replaceUser', () => {
  it('replaces the revision that the caller names', async () => {
    const { client, clock, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    clock.nowMs += 60_000;
    const reply = await client.send({ method: 'PUT', url, headers: { 'if-match': '"1"' }, body: ADA });
    expect(reply).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(reply.body).toMatchObject({
      ...ADA,
      created_at: '2026-01-05T09:30:00.000Z',
      updated_at: '2026-01-05T09:31:00.000Z',
    });
    expect((await client.send({ url })).body).toEqual(reply.body);
  });

  it.each(['*', '"7", "1"'])('takes If-Match: %s', async (tag) => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ method: 'PUT', url, headers: { 'if-match': tag }, body: ADA });
    expect(reply.status).toBe(200);
  });

  it.each(['"2"', 'W/"1"', '"11"'])('answers 412 to If-Match: %s and changes nothing', async (tag) => {
    const { client, createUser } = createTestService();
    const created = await createUser('grace');
    const url = `/users/${idOf(created)}`;
    const reply = await client.send({ method: 'PUT', url, headers: { 'if-match': tag }, body: ADA });
    expect(reply).toMatchObject({ status: 412, body: { code: 'request.precondition_failed' } });
    expect((await client.send({ url })).body).toEqual(created.body);
  });

  it('lets one of two replacements of the same revision win', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const replace = (name: string) =>
      client.send({ method: 'PUT', url, headers: { 'if-match': '"1"' }, body: { ...ADA, name } });
    const replies = await Promise.all([replace('one'), replace('two')]);
    expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  it('answers 428 when If-Match is missing', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ method: 'PUT', url, body: ADA });
    expect(reply).toMatchObject({ status: 428, body: { code: 'request.precondition_required' } });
  });

  it('does not create a user', async () => {
    const { client } = createTestService();
    const reply = await client.send({ method: 'PUT', url: UNKNOWN, headers: { 'if-match': '*' }, body: ADA });
    expect(reply).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
  });

  it('refuses the email of another user, and takes its own in another letter case', async () => {
    const { client, createUser } = createTestService();
    await createUser('grace');
    const url = `/users/${idOf(await createUser('ada'))}`;
    const rename = (email: string) =>
      client.send({ method: 'PUT', url, headers: { 'if-match': '"1"' }, body: { ...ADA, email } });
    expect(await rename('GRACE@people.example')).toMatchObject({ status: 409, body: { code: 'user.email_taken' } });
    expect(await rename('Ada@people.example')).toMatchObject({ status: 200 });
  });

  it('points at what is wrong with the body', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ method: 'PUT', url, headers: { 'if-match': '*' }, body: { email: 'x' } });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/name' }, { pointer: '/email' }] } });
  });
});

describe('deleteUser', () => {
  it('answers 204 and then 404', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    expect(await client.send({ method: 'DELETE', url })).toMatchObject({ status: 204, body: {} });
    expect(await client.send({ method: 'DELETE', url })).toMatchObject({ status: 404 });
    expect(await client.send({ url })).toMatchObject({ status: 404 });
  });

  it('answers 412 when the user has changed, and deletes the revision that the caller names', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const remove = (tag: string) => client.send({ method: 'DELETE', url, headers: { 'if-match': tag } });
    expect(await remove('"9"')).toMatchObject({ status: 412 });
    expect(await remove('"1"')).toMatchObject({ status: 204 });
  });

  it('frees the email', async () => {
    const { client, createUser } = createTestService();
    await client.send({ method: 'DELETE', url: `/users/${idOf(await createUser('ada'))}` });
    expect(await createUser('ada')).toMatchObject({ status: 201 });
  });

  it('takes an empty body that claims to be JSON', async () => {
    const { client, createUser } = createTestService();
    const url = `/users/${idOf(await createUser('ada'))}`;
    const reply = await client.send({ method: 'DELETE', url, headers: { 'content-type': 'application/json' } });
    expect(reply.status).toBe(204);
  });
});

describe('listUsers', () => {
  it('answers with an empty page when there is nobody', async () => {
    const { client } = createTestService();
    expect((await client.send({ url: '/users' })).body).toEqual({ items: [], next_cursor: null });
  });

  it('shows twenty users unless asked otherwise', async () => {
    const { client, createUser } = createTestService();
    for (let i = 0; i < 21; i++) await createUser(`user${i}`);
    expect(itemsOf(await client.send({ url: '/users' }))).toHaveLength(20);
    expect(itemsOf(await client.send({ url: '/users?limit=100' }))).toHaveLength(21);
  });

  it('has no next page when the last one is exactly full', async () => {
    const { client, createUser } = createTestService();
    for (let i = 0; i < 4; i++) await createUser(`user${i}`);
    const first = await client.send({ url: '/users?limit=2' });
    const second = await client.send({ url: `/users?limit=2&cursor=${String(first.body['next_cursor'])}` });
    expect(itemsOf(second)).toHaveLength(2);
    expect(second.body['next_cursor']).toBeNull();
  });

  it('finds a user by email, whatever its letter case', async () => {
    const { client, createUser } = createTestService();
    const ada = await createUser('ada');
    await createUser('grace');
    expect(itemsOf(await client.send({ url: '/users?email=ADA@people.example' }))).toEqual([ada.body]);
    expect(itemsOf(await client.send({ url: '/users?email=alan@people.example' }))).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=1.5',
    'limit=1e1',
    'limit=0x10',
    'limit=%205',
    'limit=-1',
    'limit=',
    'limit=1&limit=2',
    'email=ada',
    'offset=3',
  ])('refuses ?%s', async (query) => {
    const { client } = createTestService();
    const reply = await client.send({ url: `/users?${query}` });
    const [parameter] = query.split('=');
    expect(reply).toMatchObject({
      status: 400,
      body: { code: 'request.invalid_parameter', errors: [{ parameter }] },
    });
  });

  it('refuses a cursor that was made for another filter', async () => {
    const { client, createUser } = createTestService();
    await createUser('ada');
    await createUser('grace');
    const page = await client.send({ url: '/users?limit=1' });
    const cursor = String(page.body['next_cursor']);
    const reply = await client.send({ url: `/users?cursor=${cursor}&email=ada@people.example` });
    expect(reply).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });

  it('refuses a cursor that it did not make', async () => {
    const { client } = createTestService();
    const reply = await client.send({ url: '/users?cursor=AAAA' });
    expect(reply).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });

  it('shows the people who remain when the one that the cursor names is deleted', async () => {
    const { client, createUser } = createTestService();
    const first = await createUser('ada');
    const second = await createUser('grace');
    const page = await client.send({ url: '/users?limit=1' });
    await client.send({ method: 'DELETE', url: `/users/${idOf(first)}` });
    const next = await client.send({ url: `/users?cursor=${String(page.body['next_cursor'])}` });
    expect(itemsOf(next)).toEqual([second.body]);
  });
});
