import { deliver, mintSetupToken, tick, type Mail } from '@gatehouse/services';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Browser, invitedBrowser, setUpHouse } from './browser.ts';
import { openTestHouse, type Reply, type TestHouse } from './house.ts';

const VIEWER = [{ role: 'viewer' }];
const PUBLISHER = { role: 'publisher' };

let test: TestHouse;
let root: Browser;
let second: Browser;
let secondId: string;
let zoe: { readonly id: string; readonly browser: Browser };

async function open(grantsTakeTwo: boolean): Promise<void> {
  test = await openTestHouse(':memory:', { grantsTakeTwo });
  onTestFinished(async () => test.close());
  root = await setUpHouse(test, (await mintSetupToken(test.house)) ?? '');
  ({ id: secondId, browser: second } = await invitedBrowser(test, {
    name: 's@example.com',
    grants: [{ role: 'admin' }],
  }));
  zoe = await invitedBrowser(test, { name: 'zoe@example.com', grants: VIEWER });
}

async function patch(browser: Browser, path: string, body: object): Promise<Reply> {
  const { revision } = (await test.call('GET', path)).body;
  return browser.call('PATCH', path, { body, headers: { 'if-match': `"${revision}"` } });
}

const ask = async (browser: Browser, fields: object = {}): Promise<Reply> =>
  browser.post('/petitions', { user: zoe.id, grants: [PUBLISHER], reason: 'she joins the team', ...fields });
const grantsOf = async (path: string): Promise<unknown> => (await test.call('GET', path)).body['grants'];

describe('where it takes two people to give rights', () => {
  beforeEach(async () => open(true));

  it.each<[string, () => Promise<Reply>]>([
    ['a grant to a user', async () => patch(root, `/users/${zoe.id}`, { grants: [...VIEWER, PUBLISHER] })],
    [
      'a grant for emergencies',
      async () => patch(root, `/users/${zoe.id}`, { grants: [{ ...PUBLISHER, emergency: true }] }),
    ],
    ['a user with grants', async () => root.post('/users', { name: 'x@example.com', grants: VIEWER })],
    ['a group with grants', async () => root.post('/groups', { name: 'x', grants: VIEWER })],
    ['a role with permissions', async () => root.post('/roles', { name: 'x', permissions: ['apis:read'] })],
  ])('one of them does not give %s', async (_, give) => {
    expect((await give()).body).toMatchObject({ code: 'admin.forbidden', needs: 'petition' });
    expect(await grantsOf(`/users/${zoe.id}`)).toEqual(VIEWER);
  });

  it('one of them takes rights away, and makes users without any', async () => {
    expect((await patch(root, `/users/${zoe.id}`, { grants: [] })).status).toBe(200);
    expect((await root.post('/users', { name: 'x@example.com' })).status).toBe(201);
    expect((await root.post('/groups', { name: 'x' })).status).toBe(201);
  });

  it('the second agrees, and the rights are there at once', async () => {
    const asked = await ask(root);
    expect(asked).toMatchObject({ status: 201, body: { state: 'waiting', user: zoe.id } });
    expect(await grantsOf(`/users/${zoe.id}`)).toEqual(VIEWER);
    const approved = await second.post(`/petitions/${asked.body.id}/approve`);
    expect(approved.body).toMatchObject({ state: 'approved', decidedBy: secondId });
    expect(await grantsOf(`/users/${zoe.id}`)).toEqual([...VIEWER, PUBLISHER]);
    expect((await zoe.browser.call('GET', '/me')).status).toBe(401);
    expect((await second.post(`/petitions/${asked.body.id}/approve`)).status).toBe(409);
  });

  it('the same holds for groups and for roles', async () => {
    const group = (await root.post('/groups', { name: 'staff' })).body.id;
    const role = (await root.post('/roles', { name: 'ops', permissions: [] })).body.id;
    const both = [
      await ask(root, { user: undefined, group, grants: VIEWER }),
      await ask(root, { user: undefined, grants: undefined, role, permissions: ['apis:read'] }),
    ];
    for (const { status, body } of both) {
      expect([status, JSON.stringify(body)]).toEqual([201, expect.any(String)]);
      expect((await second.post(`/petitions/${body.id}/approve`)).status).toBe(200);
    }
    expect(await grantsOf(`/groups/${group}`)).toEqual(VIEWER);
    expect((await test.call('GET', `/roles/${role}`)).body['permissions']).toEqual(['apis:read']);
  });

  it('neither who asks, nor who gains, nor who lacks the rights, nor a program is the second', async () => {
    const { id } = (await ask(root)).body;
    const approve = async (browser: Browser, petition = id): Promise<number> =>
      (await browser.post(`/petitions/${petition}/approve`)).status;
    expect(await approve(root)).toBe(403);
    expect(await approve(zoe.browser)).toBe(403);
    expect((await test.call('POST', `/petitions/${id}/approve`, { body: {} })).status).toBe(403);
    const own = (await ask(root, { user: secondId, grants: [PUBLISHER] })).body.id;
    expect(await approve(second, own)).toBe(403);
    const fields = { name: 'c@example.com', grants: [{ role: 'clerk' }] };
    await test.call('POST', '/roles', { body: { name: 'clerk', permissions: ['users:*', 'petitions:*', '*:read'] } });
    const { browser: clerk } = await invitedBrowser(test, fields);
    expect(await approve(clerk)).toBe(403);
    expect((await ask(clerk)).status).toBe(403);
    expect(await grantsOf(`/users/${zoe.id}`)).toEqual(VIEWER);
    expect(await grantsOf(`/users/${secondId}`)).toEqual([{ role: 'admin' }]);
  });

  it('what has changed since stays: only what was asked for is added', async () => {
    const { id } = (await ask(root)).body;
    await patch(root, `/users/${zoe.id}`, { title: 'Zoe', grants: [] });
    await second.post(`/petitions/${id}/approve`);
    expect((await test.call('GET', `/users/${zoe.id}`)).body).toMatchObject({ title: 'Zoe', grants: [PUBLISHER] });
  });

  it('is rejected with a reason, withdrawn by whoever asked, or lapses after a week', async () => {
    const ids = [(await ask(root)).body.id, (await ask(root)).body.id, (await ask(root)).body.id];
    expect((await second.post(`/petitions/${ids[0]}/reject`)).status).toBe(422);
    expect((await second.post(`/petitions/${ids[0]}/reject`, { reason: 'not yet' })).body.state).toBe('rejected');
    expect((await second.post(`/petitions/${ids[1]}/withdraw`)).status).toBe(403);
    expect((await root.post(`/petitions/${ids[1]}/withdraw`)).body.state).toBe('withdrawn');
    test.clock.nowMs += 7 * 86_400_000;
    await tick(test.house);
    expect((await test.call('GET', `/petitions/${ids[2]}`)).body.state).toBe('lapsed');
    expect(await grantsOf(`/users/${zoe.id}`)).toEqual(VIEWER);
  });

  it.each<[string, object]>([
    ['for nobody', { user: undefined }],
    ['for a user and a group', { group: 'group_x' }],
    ['of nothing', { grants: [] }],
    ['of permissions to a user', { grants: undefined, permissions: ['apis:read'] }],
    ['of a role that is not there', { grants: [{ role: 'none' }] }],
    ['of grants and permissions', { permissions: ['apis:read'] }],
    ['without a reason', { reason: '' }],
  ])('nobody asks %s', async (_, fields) => {
    expect((await ask(root, fields)).status).toBe(422);
  });

  it('no way round is open to one: by a directory, by an address, by a link', async () => {
    const spec = { issuer: 'https://own.example', clientId: 'x', clientSecret: 'x', linkByEmail: true };
    expect((await root.post('/directories', { name: 'own', spec })).status).toBe(403);
    expect((await patch(root, `/users/${secondId}`, { name: 'mine@example.com' })).status).toBe(403);
    expect((await root.post(`/users/${secondId}/invitation`)).body).toEqual({ expiresAt: expect.any(String) });
    const { body } = await test.call('POST', '/directories', { body: { name: 'work', spec } });
    expect(body.name).toBe('work');
    expect((await patch(root, `/directories/${body.id}`, { title: 'x' })).status).toBe(403);
    expect(
      (await patch(root, `/users/${(await root.call('GET', '/me')).body.id}`, { name: 'r@example.com' })).status,
    ).toBe(200);
  });

  it('tells administrators, and whoever has asked', async () => {
    const mails: Mail[] = [];
    const senders = {
      mailer: { send: async (mail: Mail) => Promise.resolve(void mails.push(mail)) },
      fetcher: { post: async () => Promise.resolve(204) },
    };
    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) await deliver(test.house, senders);
      return mails.splice(0);
    };
    await settle();
    const { id } = (await ask(root)).body;
    expect((await settle()).map(({ to }) => to)).toContain('s@example.com');
    await second.post(`/petitions/${id}/approve`);
    expect((await settle()).map(({ to, subject }) => [to, subject])).toContainEqual([
      'root@example.com',
      'A second person has agreed: the rights are given',
    ]);
  });
});

it('where it takes one, one gives them, and may still ask', async () => {
  await open(false);
  expect((await patch(root, `/users/${zoe.id}`, { grants: [...VIEWER, PUBLISHER] })).status).toBe(200);
  const { id } = (await ask(root, { grants: [{ role: 'reviewer' }] })).body;
  const seen = await zoe.browser.signIn('zoe@example.com', 'seven wet badgers');
  expect(seen.status).toBe(200);
  expect((await second.post(`/petitions/${id}/approve`)).status).toBe(200);
  expect(await grantsOf(`/users/${zoe.id}`)).toEqual([...VIEWER, PUBLISHER, { role: 'reviewer' }]);
});
