import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, withoutStandards, type Json, type Reply, type TestHouse } from './house.ts';

const W = '/workspaces/default';
const DOCUMENT = 'openapi: 3.1.0\ninfo: {title: Users, version: 1.0.0}\npaths: {}\n';

let test: TestHouse;
beforeEach(async () => {
  test = await withoutStandards(await openTestHouse());
});
afterEach(async () => test.close());

async function done(path: string, body: unknown, token?: string): Promise<Json> {
  const reply = await test.call('POST', path, { body, token });
  expect(reply.status, `${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
  return reply.body;
}

async function person(name: string, grants: readonly object[]): Promise<string> {
  const user = await done('/users', { name: `${name}@example.com`, grants });
  return (await done('/tokens', { name: 'test', user: user.id })).token;
}

async function published(name: string, fields: object = {}, version: object = {}): Promise<Json> {
  const api = await done(`${W}/apis`, { name, ...fields });
  const spec = { basePath: `/${name}`, upstream: 'http://hidden.internal:4001', routes: [{ path: '/users' }] };
  const made = await done(`${W}/versions`, { name: '1', api: api.id, spec, ...version });
  const revision = await done(`${W}/revisions`, { version: made.id });
  const reviewer = await person(`reviewer-${name}`, [{ role: 'reviewer' }]);
  await done(`${W}/revisions/${revision.id}/approve`, {}, reviewer);
  return done(`${W}/versions/${made.id}/publish`, {});
}

async function plan(name: string, fields: object): Promise<Json> {
  const made = await done(`${W}/plans`, { name, apis: [], spec: {}, ...fields });
  return done(`${W}/plans/${made.id}/publish`, {});
}

const catalog = async (token: string, query = ''): Promise<Reply> =>
  test.call('GET', `${W}/catalog${query}`, { token });
const names = async (token: string, query = ''): Promise<readonly string[]> =>
  (await catalog(token, query)).body.items.map(({ name }) => name);

describe('the catalog', () => {
  it('shows by their visibility what is called, to each what is for them', async () => {
    const own = await done(`${W}/teams`, { name: 'own' });
    for (const visibility of ['public', 'partner', 'workspace', 'team', 'private'])
      await published(visibility, { visibility, team: own.id });
    await published('silent');
    await done(`${W}/apis`, { name: 'never-published', visibility: 'public' });
    const outside = await done(`${W}/teams`, { name: 'outside' });
    await done('/roles', { name: 'partners', permissions: ['catalog:partner'] });
    const there = { workspace: 'default' };
    const shown = async (name: string, grants: readonly object[]): Promise<string> =>
      (await names(await person(name, grants))).toSorted().join(' ');
    expect(await shown('consumer', [{ role: 'consumer', ...there, team: outside.id }])).toBe('public');
    expect(await shown('partner', [{ role: 'partners', ...there }])).toBe('partner public');
    expect(await shown('developer', [{ role: 'developer', ...there, team: outside.id }])).toBe(
      'partner public silent workspace',
    );
    expect(await shown('owner', [{ role: 'developer', ...there, team: own.id }])).toBe(
      'partner private public silent team workspace',
    );
    const nobody = await person('nobody', []);
    const elsewhere = await person('elsewhere', [{ role: 'auditor' }]);
    expect([(await catalog(nobody)).status, (await catalog(elsewhere)).status]).toEqual([403, 403]);
  });

  it('says what there is to call, under which plans, and nothing of what stands behind it', async () => {
    await published('users', { title: 'Users', visibility: 'public' }, { document: DOCUMENT, stability: 'stable' });
    await plan('gold', {
      apis: ['users'],
      approval: 'manual',
      terms: 'Be nice.',
      spec: { limits: [{ limit: 5, window: '1m' }] },
    });
    await done(`${W}/plans`, { name: 'drafted', apis: ['users'], spec: {} });
    const viewer = await person('viewer', [{ role: 'viewer' }]);
    const reply = await test.call('GET', `${W}/catalog/users`, { token: viewer });
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^api_/),
      name: 'users',
      title: 'Users',
      visibility: 'public',
      versions: [{ name: '1', state: 'published', stability: 'stable', basePath: '/users', hasDocument: true }],
      plans: [{ name: 'gold', approval: 'manual', terms: 'Be nice.', spec: { limits: [{ limit: 5, window: '1m' }] } }],
    });
    expect(JSON.stringify((await catalog(viewer)).body)).not.toContain('hidden.internal');
    const byId = await test.call('GET', `${W}/catalog/${reply.body.id}`, { token: viewer });
    expect(byId.body).toEqual(reply.body);
  });

  it('gives the document of what is called, not of what is being written', async () => {
    const version = await published('users', { visibility: 'public' }, { document: DOCUMENT });
    const headers = { 'if-match': `"${(await test.call('GET', `${W}/versions/${version.id}`)).body.revision}"` };
    const body = { document: DOCUMENT.replace('Users', 'Secret plans') };
    expect((await test.call('PATCH', `${W}/versions/${version.id}`, { body, headers })).status).toBe(200);
    const viewer = await person('viewer', [{ role: 'viewer' }]);
    const reply = await test.call('GET', `${W}/catalog/users/versions/1/document`, { token: viewer });
    expect(reply.body).toEqual({ api: 'users', version: '1', document: DOCUMENT });
    const none = await test.call('GET', `${W}/catalog/users/versions/2/document`, { token: viewer });
    expect([none.status, none.body.code]).toEqual([404, 'admin.not_found']);
  });

  it('is searched, and comes in pages that hold each api once', async () => {
    for (const name of ['alpha', 'beta', 'gamma', 'delta'])
      await published(name, { description: `about ${name} things` });
    const viewer = await person('viewer', [{ role: 'viewer' }]);
    expect(await names(viewer, '?q=BETA')).toEqual(['beta']);
    const found: string[] = [];
    let cursor: string | undefined = '';
    for (let page = 0; cursor !== undefined && page < 9; page++) {
      const { body } = await catalog(viewer, `?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...body.items.map(({ name }) => name));
      cursor = body.next;
    }
    expect(found).toEqual(['alpha', 'beta', 'gamma', 'delta']);
    expect((await catalog(viewer, '?limit=0')).status).toBe(422);
  });

  it('says which plans allow models, to those of the workspace alone', async () => {
    await plan('models', { access: { models: ['*'] } });
    const outside = await done(`${W}/teams`, { name: 'outside' });
    const consumer = await person('consumer', [{ role: 'consumer', workspace: 'default', team: outside.id }]);
    const developer = await person('developer', [{ role: 'developer', workspace: 'default' }]);
    expect((await catalog(developer)).body['modelPlans']).toMatchObject([{ name: 'models', approval: 'auto' }]);
    expect((await catalog(consumer)).body['modelPlans']).toEqual([]);
  });
});

describe('a subscription', () => {
  it('is for what whoever asks may see, and says of other apis what it says of none', async () => {
    for (const visibility of ['public', 'workspace']) await published(visibility, { visibility });
    await plan('gold', { apis: ['public', 'workspace'], access: { models: ['*'] } });
    const team = await done(`${W}/teams`, { name: 'outside' });
    const consumer = await person('consumer', [{ role: 'consumer', workspace: 'default', team: team.id }]);
    const application = await done(`${W}/applications`, { name: 'shop', team: team.id }, consumer);
    const request = async (api: string | undefined): Promise<readonly unknown[]> => {
      const body = { application: application.id, plan: 'gold', ...(api !== undefined && { api }) };
      const reply = await test.call('POST', `${W}/subscriptions`, { body, token: consumer });
      return [reply.status, reply.body.detail ?? reply.body.state];
    };
    expect(await request('public')).toEqual([201, 'active']);
    expect(await request('workspace')).toEqual([422, 'there is no api workspace']);
    expect(await request('nothing')).toEqual([422, 'there is no api nothing']);
    expect((await request(undefined))[0]).toBe(403);
  });
});
