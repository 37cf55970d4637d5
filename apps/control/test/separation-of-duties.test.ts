import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ROUTES } from '../src/routes/routes.ts';
import { invitedBrowser } from './browser.ts';
import type { Json, Reply } from './house.ts';
import { openLifecycleHouse, W, type LifecycleHouse, type Person } from './lifecycle-house.ts';

/* What docs/people.md says of what takes more than one person, row by row. */

let house: LifecycleHouse;
beforeEach(async () => {
  house = await openLifecycleHouse();
  onTestFinished(async () => house.test.close());
});

/** What an author has written, and its revision that waits for a review. */
async function sealed(author: Person): Promise<{ readonly version: string; readonly revision: string }> {
  const [api] = (await house.get(`${W}/apis`)).items;
  const spec = { basePath: '/v2', upstream: 'users', routes: [{ method: 'GET', path: '/users' }] };
  const version = (await house.post(`${W}/versions`, { name: '2.0.0', api: api?.id, spec }, author)).id;
  return { version, revision: (await house.post(`${W}/revisions`, { version }, author)).id };
}

async function change(path: string, body: object): Promise<Reply> {
  const { revision } = await house.get(path);
  return house.test.call('PATCH', path, { body, headers: { 'if-match': `"${revision}"` } });
}

/** As single sign-on and SCIM do it. */
async function join(user: string, group: string): Promise<void> {
  const headers = { 'content-type': 'application/scim+json' };
  const reply = await house.test.app.inject({
    method: 'PATCH',
    url: `/scim/v2/Groups/${group}`,
    headers: { ...headers, authorization: 'Bearer an-administrator-for-tests' },
    payload: JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value: [{ value: user }] }],
    }),
  });
  expect(reply.statusCode, reply.body).toBeLessThan(300);
}

describe('publishing takes a second person', () => {
  const OWN = '403 admin.forbidden this is your own work';
  let author: Person;
  let waiting: { readonly version: string; readonly revision: string };
  beforeEach(async () => {
    author = await house.person('writer', 'admin');
    waiting = await sealed(author);
  });
  const approve = async (by: Person): Promise<string> =>
    house.refused(`${W}/revisions/${waiting.revision}/approve`, {}, by);

  it('who is not the author, whatever the author may', async () => {
    expect(await approve(author)).toContain(OWN);
    expect(await house.refused(`${W}/versions/${waiting.version}/publish`, {}, author)).toContain('409');
  });

  it('and does not by a group that the author is in', async () => {
    const group = await house.post('/groups', { name: 'reviewers', grants: [{ role: 'reviewer' }] });
    await join(author.id, group.id);
    expect((await house.get(`/users/${author.id}`))['groups']).toEqual([group.id]);
    expect(await approve(author)).toContain(OWN);
  });

  it('and does not by a second token, nor by a program of whoever', async () => {
    const { token } = await house.post('/tokens', { name: 'second', user: author.id });
    expect(await approve({ ...author, token })).toContain(OWN);
    const grants = [{ role: 'admin' }];
    const bot = await house.post('/users', { name: 'bot@example.com', bot: true, grants });
    const ofBot = (await house.post('/tokens', { name: 'bot', user: bot.id })).token;
    expect(await approve({ id: bot.id, token: ofBot })).toContain('a program cannot decide');
  });

  it('and does not by who has edited it since', async () => {
    const editor = await house.person('editor', 'publisher');
    const path = `${W}/versions/${waiting.version}`;
    const { revision } = await house.get(path);
    await house.test.call('PATCH', path, {
      token: editor.token,
      body: { title: 'Mine as well' },
      headers: { 'if-match': `"${revision}"` },
    });
    const again = await house.test.call('POST', `${W}/revisions`, {
      token: author.token,
      body: { version: waiting.version },
    });
    if (again.status < 300) waiting = { ...waiting, revision: again.body.id };
    expect(await approve(editor)).toContain(OWN);
  });

  it('and does not by a delegation to the author, nor by rights for emergencies', async () => {
    const [workspace] = (await house.get('/workspaces')).items;
    const process = [{ kind: 'person', user: author.id, escalateTo: [author.id] }];
    const changed = await change(`/workspaces/${workspace?.id}`, { processes: { 'revision.review': process } });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    const second = {
      name: 'writer2@example.com',
      grants: [{ role: 'reviewer', emergency: true }, { role: 'publisher' }],
    };
    const { browser } = await invitedBrowser(house.test, second);
    const { items } = await house.get(`${W}/apis`);
    const spec = { basePath: '/v3', upstream: 'users', routes: [{ method: 'GET', path: '/users' }] };
    const version = (await browser.post(`${W}/versions`, { name: '3.0.0', api: items[0]?.id, spec })).body.id;
    const revision = (await browser.post(`${W}/revisions`, { version })).body.id;
    const taken = { role: 'reviewer', reason: 'nobody else is awake', minutes: 5 };
    expect((await browser.post('/me/emergencies', taken)).status).toBe(201);
    const own = await browser.post(`${W}/revisions/${revision}/approve`);
    expect(own).toMatchObject({ status: 403, body: { code: 'admin.forbidden' } });
    expect(own.body.detail).toContain('your own work');
    expect(await approve(author)).toContain(OWN);
  });

  it('and is what that person has seen: what is changed afterwards is not published', async () => {
    await house.post(`${W}/revisions/${waiting.revision}/approve`, {}, await house.person('second', 'reviewer'));
    const { spec } = await house.get(`${W}/versions/${waiting.version}`);
    await change(`${W}/versions/${waiting.version}`, { spec: { ...spec, basePath: '/swapped' } });
    await house.test.call('POST', `${W}/versions/${waiting.version}/publish`, { token: author.token, body: {} });
    expect(JSON.stringify(house.test.gate.enforced)).not.toContain('/swapped');
  });
});

it('a waiver takes two other people, and neither of them twice', async () => {
  const requester = await house.person('requester', 'admin');
  const [first, second] = [await house.person('first', 'reviewer'), await house.person('second', 'reviewer')];
  const asked = {
    version: house.version.id,
    rule: 'x',
    path: '/',
    reason: 'a test of waivers',
    expiresAt: '2027-01-01T00:00:00Z',
  };
  const { id } = await house.post(`${W}/waivers`, asked, requester);
  const path = `${W}/waivers/${id}`;
  const [approval] = (await house.get(`${W}/approvals?state=waiting`)).items;
  const approve = async (by: Person): Promise<string> =>
    house.refused(`${W}/approvals/${approval?.id}/approve`, {}, by);
  expect(await approve(requester)).toContain('your own work');
  expect(await approve(first)).toContain('200');
  expect(await approve(first)).toContain('403');
  expect((await house.get(path)).state).toBe('requested');
  expect(await approve(second)).toContain('200');
  expect((await house.get(path)).state).toBe('approved');
});

describe('nobody does alone, because nobody can', () => {
  it('what takes a key out of the house: it is shown once, to whoever makes it', async () => {
    const application = (await house.post(`${W}/applications`, { name: 'mobile' })).id;
    const { id, key } = await house.post(`${W}/credentials`, { name: 'ci', application });
    expect(key).toMatch(/^gh_/);
    const seen: Json[] = [await house.get(`${W}/credentials/${id}`), await house.get(`${W}/credentials`)];
    const rows = await house.test.house.database.read(async (sql) => sql.all('SELECT * FROM entities'));
    expect(JSON.stringify([seen, rows])).not.toContain(key);
    // Of calls and what they cost, too: those name keys, and have none.
    const exports = ROUTES.filter(
      ({ path }) => /export|backup|dump/.test(path) && !/\/(?:audit|records|ledger)\//.test(path),
    );
    expect(exports.map(({ path }) => path)).toEqual([]);
  });

  it('what forgets the audit: nothing changes or shortens it', () => {
    const writes = ROUTES.filter(({ path, method }) => path.includes('audit') && method !== 'GET');
    expect(writes.map(({ path }) => path)).toEqual([]);
  });
});

describe('a role is given', () => {
  it('by nobody to themselves, nor by a group or a role that is theirs to change', async () => {
    await house.post('/roles', { name: 'clerk', permissions: ['users:*', 'groups:*', 'roles:*', 'apis:read'] });
    const group = await house.post('/groups', { name: 'clerks', grants: [{ role: 'clerk' }] });
    const clerk = await house.post('/users', { name: 'clerk@example.com', grants: [] });
    await join(clerk.id, group.id);
    const { token } = await house.post('/tokens', { name: 'x', user: clerk.id });
    const [role] = (await house.get('/roles')).items;
    const tries: readonly (readonly [string, object])[] = [
      [`/users/${clerk.id}`, { grants: [{ role: 'publisher' }] }],
      [`/groups/${group.id}`, { grants: [{ role: 'clerk' }, { role: 'publisher' }] }],
      [`/roles/${role?.id}`, { permissions: ['users:*', 'groups:*', 'roles:*', 'apis:*'] }],
    ];
    for (const [path, body] of tries) {
      const { revision } = await house.get(path);
      const reply = await house.test.call('PATCH', path, { token, body, headers: { 'if-match': `"${revision}"` } });
      expect([path, reply.status]).toEqual([path, 403]);
    }
  });
});
