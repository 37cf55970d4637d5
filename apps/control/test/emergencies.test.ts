import { deliver, mintSetupToken, tick, type Mail } from '@gatehouse/services';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Browser, invitedBrowser, setUpHouse } from './browser.ts';
import { openTestHouse, type Reply, type TestHouse } from './house.ts';

const W = '/workspaces/default';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const REASON = 'the gate refuses all callers';

let test: TestHouse;
let root: Browser;
let zoe: Browser;
let id: string;

beforeEach(async () => {
  test = await openTestHouse();
  onTestFinished(async () => test.close());
  root = await setUpHouse(test, (await mintSetupToken(test.house)) ?? '');
  const grants = [{ role: 'viewer' }, { role: 'publisher', workspace: 'default', emergency: true }];
  ({ id, browser: zoe } = await invitedBrowser(test, { name: 'zoe@example.com', grants }));
});

const take = async (browser: Browser, fields: object = {}): Promise<Reply> =>
  browser.post('/me/emergencies', { role: 'publisher', workspace: 'default', reason: REASON, minutes: 30, ...fields });
let names = 0;
/** Whether rights of a publisher count. */
const makes = async (browser: Browser): Promise<number> =>
  (await browser.post(`${W}/apis`, { name: `api-${++names}` })).status;
const stateOf = async (emergency: string): Promise<string> =>
  (await test.call('GET', `/emergencies/${emergency}`)).body.state;
const review = async (browser: Browser, emergency: string): Promise<Reply> =>
  browser.post(`/emergencies/${emergency}/review`, { verdict: 'justified', note: 'it was on fire' });

describe('a grant for emergencies', () => {
  it('counts for nothing until it is taken, then for its time, and no longer', async () => {
    expect(await makes(zoe)).toBe(403);
    const taken = await take(zoe);
    expect(taken).toMatchObject({
      status: 201,
      body: { role: 'publisher', state: 'open', reason: REASON, until: '2026-11-26T12:30:00.000Z' },
    });
    expect(await makes(zoe)).toBe(201);
    test.clock.nowMs += 30 * MINUTE_MS - 1;
    expect(await makes(zoe)).toBe(201);
    test.clock.nowMs += 1;
    expect(await makes(zoe)).toBe(403);
  });

  it('counts where it was granted, and in sessions alone', async () => {
    await test.call('POST', '/workspaces', { body: { name: 'other' } });
    const { token } = (await zoe.post('/tokens', { name: 'mine', user: id })).body;
    await take(zoe);
    expect((await zoe.post('/workspaces/other/apis', { name: 'x' })).status).toBe(403);
    expect((await test.call('POST', `${W}/apis`, { token, body: { name: 'x' } })).status).toBe(403);
    expect((await test.call('POST', '/me/emergencies', { token, body: {} })).status).toBe(403);
  });

  it('is given back before its time, or taken away', async () => {
    const [own, other] = [(await take(zoe)).body.id, (await take(zoe)).status];
    expect(other).toBe(409);
    expect((await root.post(`/me/emergencies/${own}/end`)).status).toBe(404);
    expect((await zoe.post(`/me/emergencies/${own}/end`)).status).toBe(200);
    expect((await zoe.post(`/me/emergencies/${own}/end`)).status).toBe(409);
    expect(await makes(zoe)).toBe(403);
    test.clock.nowMs += 1;
    const second = (await take(zoe)).body.id;
    expect(await makes(zoe)).toBe(201);
    expect((await root.post(`/emergencies/${second}/end`)).body).toMatchObject({ state: 'ended' });
    expect(await makes(zoe)).toBe(403);
  });

  it('ends with the grant itself', async () => {
    await take(zoe);
    const { revision } = (await test.call('GET', `/users/${id}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    await test.call('PATCH', `/users/${id}`, { body: { grants: [{ role: 'viewer' }] }, headers });
    await zoe.signIn('zoe@example.com', 'seven wet badgers');
    expect(await makes(zoe)).toBe(403);
    expect((await zoe.call('GET', '/me/emergencies')).body).toMatchObject({ grants: [], items: [{ state: 'open' }] });
  });

  it.each([
    ['without a reason', { reason: 'because' }, 422],
    ['for a day', { minutes: 1440 }, 422],
    ['for no time', { minutes: 0 }, 422],
    ['of another role', { role: 'admin' }, 403],
    ['of a role that is held for good', { role: 'viewer' }, 403],
    ['everywhere, where it is for one place', { workspace: undefined }, 403],
    ['for a team, where it is for all', { team: 'team_x' }, 403],
    ['of __proto__', { role: '__proto__' }, 403],
  ])('is not taken %s', async (_, fields, status) => {
    expect((await take(zoe, fields)).status).toBe(status);
    expect(await makes(zoe)).toBe(403);
  });

  it('is taken by who has just shown who they are', async () => {
    test.clock.nowMs += 16 * MINUTE_MS;
    expect((await take(zoe)).body).toMatchObject({ needs: 'fresh' });
  });

  it('is given by those alone who have its rights, and guards how its holder gets in', async () => {
    await test.call('POST', '/roles', { body: { name: 'clerk', permissions: ['users:*', '*:read'] } });
    const { browser: clerk } = await invitedBrowser(test, { name: 'c@example.com', grants: [{ role: 'clerk' }] });
    const reserve = { role: 'publisher', workspace: 'default', emergency: true };
    expect((await clerk.post('/users', { name: 'x@example.com', grants: [reserve] })).status).toBe(403);
    expect((await clerk.post(`/users/${id}/invitation`)).status).toBe(403);
    const { revision } = (await test.call('GET', `/users/${id}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    const body = { name: 'mine@example.com' };
    expect((await clerk.call('PATCH', `/users/${id}`, { body, headers })).status).toBe(403);
  });

  it('does not make its holder the last administrator', async () => {
    const spare = { name: 'a@example.com', grants: [{ role: 'admin', emergency: true }] };
    await invitedBrowser(test, spare);
    const me = (await root.call('GET', '/me')).body.id;
    const { revision } = (await test.call('GET', `/users/${me}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    expect((await test.call('DELETE', `/users/${me}`, { headers })).body).toMatchObject({ code: 'admin.illegal' });
  });
});

describe('whoever has taken all rights for an emergency', () => {
  let eve: Browser;
  let own: string;
  beforeEach(async () => {
    const fields = { name: 'eve@example.com', grants: [{ role: 'admin', emergency: true }] };
    ({ id: own, browser: eve } = await invitedBrowser(test, fields));
    expect((await take(eve, { role: 'admin', workspace: undefined })).status).toBe(201);
    expect(await makes(eve)).toBe(201);
  });

  it.each<[string, Parameters<Browser['call']>[0], () => string, object]>([
    ['gives nobody a role', 'POST', () => '/users', { name: 'x@example.com', grants: [{ role: 'admin' }] }],
    ['makes no role', 'POST', () => '/roles', { name: 'x', permissions: ['apis:*'] }],
    ['makes no group', 'POST', () => '/groups', { name: 'x', grants: [] }],
    ['makes no directory', 'POST', () => '/directories', { name: 'x', spec: {} }],
    ['changes no user, not even themselves', 'PATCH', () => `/users/${own}`, { grants: [{ role: 'admin' }] }],
    ['changes nothing of who decides', 'PATCH', () => '/workspaces/{id}', { processes: {} }],
    ['invites nobody', 'POST', () => `/users/${id}/invitation`, {}],
    ['ends no sessions of others', 'DELETE', () => `/users/${id}/sessions`, {}],
  ])('%s', async (_, method, path, body) => {
    const [workspace] = (await test.call('GET', '/workspaces')).body.items;
    const reply = await eve.call(method, path().replace('{id}', workspace?.id ?? ''), {
      body,
      headers: { 'if-match': `"${workspace?.revision}"` },
    });
    expect([403, 412]).toContain(reply.status);
    if (reply.status === 412) expect(reply.body.code).toBe('admin.stale');
    expect(reply.body['permission']).toBeDefined();
  });

  it('sees all, and does not approve what is their own', async () => {
    expect((await eve.call('GET', '/users')).status).toBe(200);
    const taken = (await eve.call('GET', '/me/emergencies')).body.items[0]?.id ?? '';
    expect((await eve.post(`/me/emergencies/${taken}/end`)).status).toBe(200);
    expect((await review(eve, taken)).status).toBe(403);
    test.clock.nowMs += 1;
    await take(eve, { role: 'admin', workspace: undefined });
    expect((await review(eve, taken)).status).toBe(403);
    expect(await stateOf(taken)).toBe('ended');
  });

  it('does not give it away by a right over users that is theirs for good', async () => {
    const permissions = ['users:*', 'roles:*', 'groups:*'];
    await test.call('POST', '/roles', { body: { name: 'clerk', permissions } });
    const grants = [{ role: 'clerk' }, { role: 'admin', emergency: true }];
    const { id: clerkId, browser: clerk } = await invitedBrowser(test, { name: 'clerk@example.com', grants });
    expect((await take(clerk, { role: 'admin', workspace: undefined })).status).toBe(201);
    expect(await makes(clerk)).toBe(201);
    const give = [
      await clerk.post('/users', { name: 'x@example.com', grants: [{ role: 'admin' }] }),
      await clerk.post('/users', { name: 'x@example.com', grants: [{ role: 'viewer' }] }),
      await clerk.post('/roles', { name: 'x', permissions: ['apis:update'] }),
      await clerk.post('/groups', { name: 'x', grants: [{ role: 'publisher' }] }),
      await clerk.post(`/users/${(await root.call('GET', '/me')).body.id}/invitation`),
    ];
    const { revision } = (await test.call('GET', `/users/${clerkId}`)).body;
    const headers = { 'if-match': `"${revision}"` };
    give.push(await clerk.call('PATCH', `/users/${clerkId}`, { body: { grants: [{ role: 'admin' }] }, headers }));
    expect(give.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    expect((await clerk.post('/users', { name: 'x@example.com', grants: [{ role: 'clerk' }] })).status).toBe(201);
  });

  it('has nothing left of it for a token', async () => {
    const made = await eve.post('/tokens', { name: 'x', user: own });
    expect(made.status).toBe(201);
    expect((await test.call('GET', `${W}/apis`, { token: made.body.token })).status).toBe(403);
  });
});

describe('an emergency', () => {
  it('is told to all administrators at once, at its end, and daily until it is reviewed', async () => {
    const mails: Mail[] = [];
    const mailer = { send: async (mail: Mail) => Promise.resolve(void mails.push(mail)) };
    const senders = { mailer, fetcher: { post: async () => Promise.resolve(204) } };
    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) await deliver(test.house, senders);
      return mails.splice(0).filter(({ subject }) => subject.startsWith('Emergency'));
    };
    await settle();
    const emergency = (await take(zoe)).body.id;
    const first = await settle();
    expect(first.map(({ to }) => to)).toEqual(['root@example.com']);
    expect(first[0]?.subject).toContain('zoe@example.com as publisher');
    test.clock.nowMs += 30 * MINUTE_MS;
    await tick(test.house);
    expect(await stateOf(emergency)).toBe('ended');
    expect((await settle())[0]?.subject).toContain('wait for their review');
    for (let day = 0; day < 2; day++) {
      test.clock.nowMs += DAY_MS;
      await tick(test.house);
      await tick(test.house);
      expect((await settle()).map(({ subject }) => subject.includes('still wait'))).toEqual([true]);
    }
    await root.signIn('root@example.com', 'seven wet badgers');
    expect((await review(root, emergency)).body).toMatchObject({ state: 'reviewed', review: { verdict: 'justified' } });
    expect((await review(root, emergency)).status).toBe(409);
    test.clock.nowMs += DAY_MS;
    await tick(test.house);
    expect(await settle()).toEqual([]);
    const audit = await test.house.database.read(async (sql) => sql.all('SELECT * FROM audit_entries'));
    for (const action of ['take', 'end', 'review']) expect(JSON.stringify(audit)).toContain(`emergency.${action}`);
    expect(JSON.stringify(audit)).toContain(REASON);
  });

  it('is reviewed by a person, who has the right, after its end', async () => {
    const emergency = (await take(zoe)).body.id;
    expect((await review(root, emergency)).status).toBe(409);
    await zoe.post(`/me/emergencies/${emergency}/end`);
    const { browser: other } = await invitedBrowser(test, { name: 'o@example.com', grants: [{ role: 'publisher' }] });
    expect((await review(other, emergency)).status).toBe(403);
    const body = { verdict: 'justified', note: 'x' };
    expect((await test.call('POST', `/emergencies/${emergency}/review`, { body })).status).toBe(403);
    expect((await root.post(`/emergencies/${emergency}/review`, { verdict: 'fine' })).status).toBe(422);
    expect((await review(root, emergency)).status).toBe(200);
  });

  it('that nobody has reviewed for three days keeps its user from the next', async () => {
    const emergency = (await take(zoe)).body.id;
    await zoe.post(`/me/emergencies/${emergency}/end`);
    test.clock.nowMs += 3 * DAY_MS;
    await zoe.signIn('zoe@example.com', 'seven wet badgers');
    expect((await take(zoe)).status).toBe(201);
    test.clock.nowMs += 1;
    const open = (await zoe.call('GET', '/me/emergencies')).body.items.find(({ state }) => state === 'open');
    await zoe.post(`/me/emergencies/${open?.id}/end`);
    expect((await take(zoe)).body).toMatchObject({ code: 'admin.illegal' });
    await root.signIn('root@example.com', 'seven wet badgers');
    await review(root, emergency);
    expect((await take(zoe)).status).toBe(201);
  });
});
