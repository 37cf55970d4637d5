import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf, openTestHouse, withoutStandards, type Json, type Reply, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await withoutStandards(await openTestHouse());
});
afterEach(async () => test.close());

const W = '/workspaces/default';
const KEY = 'gh_0123456789abcdefghijkl_000000';
const SHA256 = createHash('sha256').update(KEY).digest('hex');
const DOCUMENT =
  'openapi: 3.1.0\ninfo: { title: Users, version: 1.2.0 }\npaths: { /users: { get: { responses: { "200": { description: ok } } } } }\n';

const FILE = {
  gatehouse: 1,
  upstreams: { users: { targets: [{ url: 'http://127.0.0.1:4001' }] } },
  apis: { users: { basePath: '/v1', access: 'subscribed', upstream: 'users', openapi: './users.yaml' } },
  plans: { gold: { apis: ['users'], limits: [{ limit: 10, window: '1m' }], approval: 'auto' } },
  applications: {
    mobile: { team: 'apps', keys: [{ name: 'ci', sha256: SHA256 }], subscriptions: [{ api: 'users', plan: 'gold' }] },
  },
  ai: {
    providers: { openai: { kind: 'openai', apiKey: 'sk-openai' } },
    models: { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } },
    access: [{ application: 'mobile', models: ['fast'], budget: { usd: 5, per: 'month' } }],
    timeouts: { connect: '1s' },
  },
};
type File = Readonly<Record<string, unknown>>;

const asked = (source: File, more: object = {}) => ({
  name: 'gate.yaml',
  source,
  documents: { './users.yaml': DOCUMENT },
  ...more,
});
const plan = async (source: File, more: object = {}): Promise<Reply> =>
  test.call('POST', `${W}/configuration/plan`, { body: asked(source, more) });
const apply = async (source: File, more: object = {}): Promise<Reply> =>
  test.call('POST', `${W}/configuration/apply`, { body: asked(source, more) });
const told = ({ body }: Reply): string[] =>
  body['changes'].map(({ action, kind, name, parent, drift }: Json) =>
    [action, kind, ...(parent === undefined ? [] : [parent]), name, ...(drift === undefined ? [] : ['(drift)'])].join(
      ' ',
    ),
  );
const problems = ({ body }: Reply): string[] => body['problems'].map(({ at, message }: Json) => `${at}: ${message}`);
const one = async (kind: string, name: string): Promise<Json> => {
  const { body } = await test.call('GET', `${W}/${kind}?name=${name}`);
  const [found] = body.items;
  if (found === undefined) throw new Error(`there is no ${name} among ${kind}`);
  return found;
};
const served = () => JSON.parse(test.gate.enforced?.text ?? '{}');

async function applied(source: File = FILE, more: object = {}): Promise<Json> {
  const reply = await apply(source, more);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
}

describe('what a file says', () => {
  it('becomes entities, in one step, and gates get it', async () => {
    const reply = await apply(FILE);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(reply.body.enforcement).toEqual({ snapshot: 'test', workers: { enforcing: 2, of: 2 } });
    expect(told(reply)).toEqual([
      'create upstream users',
      'create api users',
      'create version users 1.2.0',
      'create provider openai',
      'create model fast',
      'create setting ai',
      'create plan mobile-models',
      'create plan gold',
      'create application mobile',
      'create credential mobile ci',
      'create subscription mobile users/gold',
      'create subscription mobile mobile-models',
    ]);
    expect(served().apis['users-1.2.0']).toMatchObject({ product: 'users', basePath: '/v1', upstream: 'users' });
    expect(Object.values(test.gate.enforced?.documents ?? {})).toEqual([DOCUMENT]);
    expect(served().ai.providers.openai.apiKey).toBe('sk-openai');
    expect(served().ai.timeouts).toEqual({ connect: '1s' });
    expect(served().plans['mobile-models'].ai).toEqual({ models: ['fast'], budget: { usd: 5, per: 'month' } });
    expect(callerOf(test.gate, KEY)).toEqual({
      name: 'mobile',
      team: 'apps',
      subscriptions: [
        { product: 'users', plan: 'gold' },
        { product: '', plan: 'mobile-models' },
      ],
    });
    expect((await one('versions', '1.2.0')).state).toBe('published');
  });

  it('changes nothing a second time, and nothing by a plan', async () => {
    const first = await plan(FILE);
    expect(told(first)).toHaveLength(12);
    expect((await test.call('GET', `${W}/upstreams`)).body.items).toEqual([]);
    await applied();
    expect(told(await plan(FILE))).toEqual([]);
    const before = await test.call('GET', `${W}/revisions`);
    expect(told(await apply(FILE))).toEqual([]);
    expect((await test.call('GET', `${W}/revisions`)).body).toEqual(before.body);
  });

  it('is what comes out again', async () => {
    await applied();
    const { body } = await test.call('GET', `${W}/configuration`);
    expect(body['source']).toEqual({
      ...FILE,
      apis: { users: { ...FILE.apis.users, version: '1.2.0', openapi: './users.openapi.yaml' } },
      ai: { ...FILE.ai, providers: { openai: { kind: 'openai', apiKey: '${AI_PROVIDERS_OPENAI_API_KEY}' } } },
    });
    expect(body['documents']).toEqual({ './users.openapi.yaml': DOCUMENT });
    expect([body['left'], body['ofFile']]).toEqual([[], []]);
    const again = JSON.parse(JSON.stringify(body['source']).replace('${AI_PROVIDERS_OPENAI_API_KEY}', '***'));
    const reply = await plan(again, { documents: body['documents'] });
    expect(told(reply)).toEqual([]);
    expect(problems(reply)).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('sk-openai');
  });

  it('is applied as planned, or not at all', async () => {
    const { body } = await plan(FILE);
    await test.call('POST', `${W}/upstreams`, {
      body: { name: 'users', spec: { targets: [{ url: 'http://other' }] } },
    });
    const stale = await apply(FILE, { plan: body['plan'] });
    expect([stale.status, stale.body.code]).toEqual([412, 'admin.stale']);
    const next = await plan(FILE);
    expect((await apply(FILE, { plan: next.body['plan'] })).status).toBe(200);
  });

  it('shows what differs, and no secret', async () => {
    await applied();
    const changed = structuredClone(FILE);
    changed.upstreams.users.targets = [{ url: 'http://127.0.0.1:4002' }];
    changed.ai.providers.openai.apiKey = 'sk-another';
    const reply = await plan(changed);
    expect(reply.body['changes']).toEqual([
      {
        action: 'update',
        kind: 'upstream',
        name: 'users',
        fields: [{ path: 'spec.targets[0].url', before: 'http://127.0.0.1:4001', after: 'http://127.0.0.1:4002' }],
      },
      {
        action: 'update',
        kind: 'provider',
        name: 'openai',
        fields: [{ path: 'spec.apiKey', before: '***', after: '***' }],
      },
    ]);
    expect(JSON.stringify(reply.body)).not.toMatch(/sk-(?:openai|another)/);
    await applied(changed);
    expect(served().ai.providers.openai.apiKey).toBe('sk-another');
  });

  it('keeps a secret that it does not know', async () => {
    await applied();
    const changed = structuredClone(FILE);
    changed.ai.providers.openai = Object.assign(changed.ai.providers.openai, {
      apiKey: '***',
      baseUrl: 'https://eu.example.com/v1',
    });
    await applied(changed);
    expect(served().ai.providers.openai).toEqual({
      kind: 'openai',
      apiKey: 'sk-openai',
      baseUrl: 'https://eu.example.com/v1',
    });
  });
});

describe('what stands in the way', () => {
  const wrong: readonly (readonly [string, object, string])[] = [
    [
      'what belongs to the machine',
      { gateway: { trustedProxies: [] } },
      'gateway: `gateway` belongs to the machine, keep it in the file that it starts with',
    ],
    [
      'another kind of credential',
      { applications: { x: { basic: [] } } },
      'applications.x.basic: an application of the store has keys only',
    ],
    [
      'a plan that is not there',
      { applications: { x: { subscriptions: [{ api: 'users', plan: 'none' }] } } },
      'applications.x.subscriptions[0]: there is no plan none',
    ],
    [
      'a document that is not there',
      { apis: { x: { upstream: 'http://h', openapi: './other.yaml' } } },
      'apis.x.openapi: the document "./other.yaml" was not sent along',
    ],
    ['a name that is none', { upstreams: { 'a b': { targets: [] } } }, 'upstreams.a b: /name'],
    ['a list for a map', { upstreams: [1] }, 'upstreams: this is no map of names'],
    [
      'a secret that nobody has kept',
      { ai: { providers: { x: { kind: 'openai', apiKey: '***' } } } },
      'ai.providers.x: /spec/apiKey: *** stands for what is kept',
    ],
    [
      'a value that is missing',
      { upstreams: { x: { targets: [{ url: '***' }] } } },
      'upstreams.x: url: a value is missing',
    ],
    [
      'a key that is none',
      { applications: { x: { keys: [{ name: 'a', sha256: 'zz' }] } } },
      'applications.x.keys[0]: a key has a `secret`',
    ],
    [
      'an end that is no time',
      { applications: { x: { keys: [{ name: 'a', sha256: SHA256, expires: 'soon' }] } } },
      'applications.x.keys[0]: /expiresAt',
    ],
  ];
  it.each(wrong)('is told with its place: %s', async (_, source, problem) => {
    const reply = await plan({ gatehouse: 1, ...source });
    expect(problems(reply).join('\n')).toContain(problem);
    const refused = await apply({ gatehouse: 1, ...source });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain(problem.split(': ')[0]);
    for (const kind of ['upstreams', 'applications', 'providers', 'sources'])
      expect((await test.call('GET', `${W}/${kind}`)).body.items).toEqual([]);
  });

  it('leaves all as it was, when only one part is wrong', async () => {
    await applied();
    const changed = {
      ...FILE,
      upstreams: { users: { targets: [{ url: 'http://new' }] } },
      plans: { gold: { apis: 7 } },
    };
    expect((await apply(changed)).status).toBe(422);
    expect((await one('upstreams', 'users'))['spec']).toEqual(FILE.upstreams.users);
    expect(told(await plan(FILE))).toEqual([]);
  });

  it('is said by the gate, too', async () => {
    test.gate.problems = ['store:1:20: apis.users.upstream: unknown upstream `x`'];
    expect(problems(await plan(FILE))).toEqual([': apis.users.upstream: unknown upstream `x`']);
    expect((await apply(FILE)).body.detail).toContain('unknown upstream');
    test.gate.problems = [];
    expect((await test.call('GET', `${W}/upstreams`)).body.items).toEqual([]);
  });

  it('holds what standards ask: nothing is published past them', async () => {
    const [workspace] = (await test.call('GET', '/workspaces')).body.items;
    const headers = { 'if-match': `"${workspace?.revision}"` };
    await test.call('PATCH', `/workspaces/${workspace?.id}`, { body: { standards: { pack: 'recommended' } }, headers });
    const reply = await apply(FILE);
    expect([reply.status, reply.body.code]).toEqual([422, 'admin.standards']);
    expect(reply.body['problems'][0].facts.findings.length).toBeGreaterThan(0);
    expect((await test.call('GET', `${W}/apis`)).body.items).toEqual([]);
  });

  it('holds what would break callers', async () => {
    await applied();
    const documents = { './users.yaml': DOCUMENT.replace('/users:', '/people:') };
    const reply = await apply(FILE, { documents });
    expect([reply.status, reply.body.code]).toEqual([422, 'admin.standards']);
    expect(reply.body['problems'][0].facts.impact.subscribers).toEqual(['mobile']);
    const next = { './users.yaml': documents['./users.yaml'].replace('1.2.0', '2.0.0') };
    expect(told(await apply(FILE, { documents: next }))).toEqual([
      'create version users 2.0.0',
      'release version 1.2.0',
    ]);
    expect(Object.keys(served().apis)).toEqual(['users-2.0.0']);
  });
});

describe('a subscription without a plan', () => {
  it('is under one that limits nothing, and comes out without it', async () => {
    const applications = { mobile: { keys: [{ name: 'ci', sha256: SHA256 }], subscriptions: [{ api: 'users' }] } };
    const { plans: _plans, ai: _ai, ...rest } = FILE;
    expect(told(await apply({ ...rest, applications }))).toContain('create plan users-unlimited');
    expect(served().plans['users-unlimited']).toEqual({ apis: ['users-1.2.0'] });
    const { body } = await test.call('GET', `${W}/configuration`);
    expect([body['source'].plans, body['source'].applications]).toEqual([undefined, applications]);
    expect(told(await plan({ ...rest, applications }))).toEqual([]);
  });
});

describe('what a file owns', () => {
  it('says so, and is changed there only', async () => {
    await applied();
    for (const [kind, name, patch] of [
      ['upstreams', 'users', { spec: {} }],
      ['plans', 'gold', { title: 'Gold' }],
      ['versions', '1.2.0', { title: 'x' }],
      ['applications', 'mobile', { title: 'x' }],
    ] as const) {
      const entity = await one(kind, name);
      expect(entity['managedBy']).toBe('gate.yaml');
      const headers = { 'if-match': `"${entity.revision}"` };
      const reply = await test.call('PATCH', `${W}/${kind}/${entity.id}`, { body: patch, headers });
      expect([reply.status, reply.body.code]).toEqual([409, 'admin.managed']);
      expect(reply.body.detail).toContain('gate.yaml owns it');
      const removal = await test.call('DELETE', `${W}/${kind}/${entity.id}`, { headers });
      expect([removal.status, removal.body.code]).toEqual([409, 'admin.managed']);
    }
    const version = await one('versions', '1.2.0');
    expect((await test.call('POST', `${W}/revisions`, { body: { version: version.id } })).body.code).toBe(
      'admin.managed',
    );
    const sunset = '2030-01-01T00:00:00Z';
    expect((await test.call('POST', `${W}/versions/${version.id}/deprecate`, { body: { sunset } })).body.code).toBe(
      'admin.managed',
    );
    const gold = await one('plans', 'gold');
    expect((await test.call('POST', `${W}/plans/${gold.id}/close`)).body.code).toBe('admin.managed');
  });

  it('can be stopped in an emergency, and no apply starts it again', async () => {
    await applied();
    const version = await one('versions', '1.2.0');
    const mobile = await one('applications', 'mobile');
    const [ci] = (await test.call('GET', `${W}/credentials?application=${mobile.id}`)).body.items;
    const subscriptions = (await test.call('GET', `${W}/subscriptions?application=${mobile.id}`)).body.items;
    const subscription = subscriptions.find((each) => each['plan'] === 'gold');
    expect(
      (await test.call('POST', `${W}/versions/${version.id}/suspend`, { body: { reason: 'leaks data' } })).status,
    ).toBe(200);
    expect((await test.call('POST', `${W}/applications/${mobile.id}/suspend`)).status).toBe(200);
    expect((await test.call('POST', `${W}/subscriptions/${subscription?.id}/pause`)).status).toBe(200);
    const reply = await apply(FILE);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(reply.body['changes'].map(({ action, kind, note }: Json) => `${action} ${kind}: ${note}`)).toEqual([
      'own version: suspended by hand, and stays so',
      'own application: suspended by hand, and stays so',
      'own subscription: paused by hand, and stays so',
    ]);
    expect((await one('versions', '1.2.0')).state).toBe('suspended');
    expect((await test.call('POST', `${W}/credentials/${ci?.id}/revoke`)).status).toBe(200);
    const refused = await apply(FILE);
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain('the key ci is revoked for good');
    const without = structuredClone(FILE);
    without.applications.mobile.keys = [{ name: 'ci-2', sha256: 'a'.repeat(64) }];
    expect(told(await apply(without))).toContain('release credential ci (drift)');
    const back = await apply(FILE);
    expect(back.body.detail).toContain('the key ci is revoked for good');
  });

  it('goes when the file does not name it any more; what it never named stays', async () => {
    await test.call('POST', `${W}/upstreams`, { body: { name: 'mine', spec: { targets: [{ url: 'http://mine' }] } } });
    await applied();
    const reply = await apply({ gatehouse: 1 });
    expect(told(reply)).toEqual([
      'delete subscription users',
      'delete subscription ',
      'delete credential ci',
      'delete application mobile',
      'delete plan mobile-models',
      'delete plan gold',
      'release version 1.2.0',
      'release api users',
      'delete setting ai',
      'delete model fast',
      'delete provider openai',
      'delete upstream users',
    ]);
    expect(served()).toMatchObject({ apis: {}, plans: {}, upstreams: { mine: {} } });
    expect(callerOf(test.gate, KEY)).toBeUndefined();
    expect(told(await apply(FILE))).toContain('update version users 1.2.0');
    expect(Object.keys(served().apis)).toEqual(['users-1.2.0']);
  });

  it('does not go while somebody else needs it', async () => {
    await applied();
    const other = (await test.call('POST', `${W}/applications`, { body: { name: 'other' } })).body;
    const subscribed = await test.call('POST', `${W}/subscriptions`, {
      body: { application: other.id, api: 'users', plan: 'gold' },
    });
    expect(subscribed.status).toBe(201);
    const reply = await apply({ gatehouse: 1 });
    expect(reply.status).toBe(422);
    expect(reply.body.detail).toContain('applications are subscribed under the plan gold');
    expect(Object.keys(served().apis)).toEqual(['users-1.2.0']);
  });

  it('belongs to one source at a time', async () => {
    await applied();
    const other = { gatehouse: 1, upstreams: { users: { targets: [{ url: 'http://two' }] } } };
    const refused = await apply(other, { name: 'other.yaml' });
    expect(refused.body.detail).toContain('gate.yaml owns the upstream users');
    expect((await apply(other, { name: 'other.yaml', takeOver: true })).status).toBe(200);
    expect((await one('upstreams', 'users'))['managedBy']).toBe('other.yaml');
    const { upstreams: _upstreams, ...rest } = FILE;
    expect(told(await apply({ ...rest, apis: { users: { ...FILE.apis.users } } }))).toEqual([]);
    expect((await one('upstreams', 'users'))['managedBy']).toBe('other.yaml');
  });

  it('is taken from people only where it is named, and given back by a release', async () => {
    await test.call('POST', `${W}/upstreams`, { body: { name: 'users', spec: FILE.upstreams.users } });
    const reply = await plan(FILE);
    expect(reply.body['changes'][0]).toEqual({
      action: 'own',
      kind: 'upstream',
      name: 'users',
      note: 'owned by nobody so far',
    });
    await applied();
    const source = await one('sources', 'gate.yaml');
    const released = await test.call('POST', `${W}/sources/${source.id}/release`);
    expect([released.status, released.body['released']]).toEqual([200, 12]);
    const users = await one('upstreams', 'users');
    expect(users['managedBy']).toBeUndefined();
    const headers = { 'if-match': `"${users.revision}"` };
    expect((await test.call('PATCH', `${W}/upstreams/${users.id}`, { body: { title: 'x' }, headers })).status).toBe(
      200,
    );
  });
});

describe('drift', () => {
  it('is shown, and mended by the next apply', async () => {
    await applied();
    const source = await one('sources', 'gate.yaml');
    const drift = async () => (await test.call('GET', `${W}/sources/${source.id}/drift`)).body['drift'];
    expect(await drift()).toEqual([]);
    const mobile = await one('applications', 'mobile');
    const subscriptions = (await test.call('GET', `${W}/subscriptions?application=${mobile.id}`)).body.items;
    const subscription = subscriptions.find((each) => each['plan'] === 'gold');
    expect((await test.call('POST', `${W}/subscriptions/${subscription?.id}/cancel`)).status).toBe(200);
    expect(await drift()).toEqual([
      { kind: 'subscription', id: subscription?.id, name: subscription?.name, drift: 'changed' },
    ]);
    expect(told(await apply(FILE))).toEqual([
      'create subscription mobile users/gold',
      'release subscription users (drift)',
    ]);
    expect(await drift()).toEqual([]);
  });
});

describe('who may', () => {
  it.each([
    ['viewer', [403, 403, 403]],
    ['publisher', [403, 403, 403]],
    ['developer', [403, 403, 403]],
    ['admin', [200, 200, 200]],
  ])('%s', async (role, expected) => {
    const user = (
      await test.call('POST', '/users', { body: { name: 'x@example.com', grants: [{ role, workspace: 'default' }] } })
    ).body;
    const { token } = (await test.call('POST', '/tokens', { body: { name: 'x', user: user.id } })).body;
    const body = asked({ gatehouse: 1 });
    const replies = [
      await test.call('GET', `${W}/configuration`, { token }),
      await test.call('POST', `${W}/configuration/plan`, { token, body }),
      await test.call('POST', `${W}/configuration/apply`, { token, body }),
    ];
    expect(replies.map(({ status }) => status)).toEqual(expected);
  });
});

describe('another workspace', () => {
  it('has names of its own, and models and guards that are nobody else’s', async () => {
    await applied();
    expect(
      (await test.call('POST', '/workspaces', { body: { name: 'acme', standards: { pack: 'none' } } })).status,
    ).toBe(201);
    const source = structuredClone(FILE);
    source.applications.mobile.keys = [{ name: 'ci', sha256: 'b'.repeat(64) }];
    const { timeouts: _timeouts, ...ofTenant } = source.ai;
    const guarded = { ...source, ai: { ...ofTenant, guards: { pii: { kind: 'pii', action: 'mask' } } } };
    const reply = await test.call('POST', '/workspaces/acme/configuration/apply', { body: asked(guarded) });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const { ai, apis, plans, upstreams } = served();
    expect(Object.keys(upstreams)).toEqual(['users', 'acme.users']);
    expect(apis['acme.users-1.2.0']).toMatchObject({ product: 'acme.users', upstream: 'acme.users' });
    expect(ai.models['acme.fast'].targets).toEqual([{ provider: 'acme.openai', model: 'gpt-5-mini' }]);
    expect(ai.models.fast.targets).toEqual([{ provider: 'openai', model: 'gpt-5-mini' }]);
    expect(plans['acme.mobile-models'].ai.models).toEqual(['acme.fast']);
    expect(ai.guards['acme.pii'].models).toEqual(['acme.fast']);
    const tenant = '/workspaces/acme';
    const budget = { name: 'mine', spec: { of: 'all', usd: 1, per: 'day' } };
    expect((await test.call('POST', `${tenant}/budgets`, { body: budget })).body.detail).toContain('name whose it is');
    const named = { name: 'mine', spec: { of: 'model', name: 'fast', usd: 1, per: 'day' } };
    expect((await test.call('POST', `${tenant}/budgets`, { body: named })).status).toBe(201);
    const all = { name: 'all', apis: [], access: { models: ['*', 'openai/gpt-5'] }, spec: {} };
    const made = (await test.call('POST', `${tenant}/plans`, { body: all })).body;
    await test.call('POST', `${tenant}/plans/${made.id}/publish`);
    expect(served().ai.budgets).toEqual([{ of: 'model', name: 'acme.fast', usd: 1, per: 'day' }]);
    expect(served().plans['acme.all'].ai.models).toEqual(['acme.fast', 'acme.openai/gpt-5']);
    const exported = await test.call('GET', '/workspaces/acme/configuration');
    expect(exported.body['source'].upstreams).toEqual(FILE.upstreams);
  });
});

describe('what is shared', () => {
  it('holds for all apis of a workspace, or for some, in front of their own', async () => {
    await applied({
      ...FILE,
      apis: { ...FILE.apis, other: { basePath: '/o', upstream: 'users', policies: [{ cors: {} }] } },
    });
    const policy = async (body: object): Promise<Json> => (await test.call('POST', `${W}/policies`, { body })).body;
    await policy({ name: 'limit', spec: { 'rate-limit': { limit: 5, window: '1s' } } });
    const cors = await policy({ name: 'ips', spec: { 'ip-access': { allow: ['10.0.0.0/8'] } }, apis: ['other'] });
    expect(served().apis['users-1.2.0'].policies).toEqual([{ 'rate-limit': { limit: 5, window: '1s' } }]);
    expect(served().apis['other-1.0.0'].policies).toEqual([
      { 'rate-limit': { limit: 5, window: '1s' } },
      { 'ip-access': { allow: ['10.0.0.0/8'] } },
      { cors: {} },
    ]);
    const headers = { 'if-match': `"${cors.revision}"` };
    await test.call('PATCH', `${W}/policies/${cors.id}`, { body: { disabled: true }, headers });
    expect(served().apis['other-1.0.0'].policies).toHaveLength(2);
    for (const spec of [{}, { a: {}, b: {} }])
      expect((await policy({ name: 'x', spec })).detail).toContain('/spec is one policy');
  });

  it('is said once of all model calls', async () => {
    const settings = async (body: object, at = W): Promise<Reply> => test.call('POST', `${at}/settings`, { body });
    expect((await settings({ name: 'gateway', spec: {} })).status).toBe(422);
    expect((await settings({ name: 'ai', spec: { models: {} } })).body.detail).toBe(
      '/spec/models are entities of their own',
    );
    expect((await settings({ name: 'ai', spec: { basePath: '/ai' } })).status).toBe(201);
    expect((await settings({ name: 'ai', spec: {} })).status).toBe(409);
    await test.call('POST', '/workspaces', { body: { name: 'acme' } });
    expect((await settings({ name: 'ai', spec: {} }, '/workspaces/acme')).body.detail).toContain(
      'belong into the workspace default',
    );
  });
});

it('nothing that looks sealed is taken from anybody', async () => {
  for (const spec of [
    { targets: [{ $sealed: 'junk' }] },
    { apiKey: { $sealed: 'junk' } },
    { a: { b: { $sealed: '' } } },
  ]) {
    const reply = await test.call('POST', `${W}/upstreams`, { body: { name: 'x', spec } });
    expect([reply.status, reply.body.detail]).toEqual([422, expect.stringContaining('`$sealed` is a name')]);
  }
  await applied();
  const provider = await one('providers', 'openai');
  expect(
    (
      await test.call('POST', `${W}/configuration/plan`, {
        body: asked({ ...FILE, ai: { providers: { openai: { kind: 'openai', apiKey: { $sealed: 'x' } } } } }),
      })
    ).status,
  ).toBe(200);
  const people = { name: 'second', spec: { kind: 'openai', apiKey: 'sk-second' } };
  const second = (await test.call('POST', `${W}/providers`, { body: people })).body;
  const headers = { 'if-match': `"${second.revision}"` };
  const body = { spec: { region: 'eu' } };
  expect((await test.call('PATCH', `${W}/providers/${second.id}`, { body, headers })).status).toBe(200);
  expect(served().ai.providers.second).toEqual({ kind: 'openai', apiKey: 'sk-second', region: 'eu' });
  expect(provider['spec'].apiKey).toBe('***');
});
