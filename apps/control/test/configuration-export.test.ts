import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, problemsOf, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

const DOCUMENT = (version: string): string =>
  `openapi: 3.1.0\ninfo: { title: Users, version: ${version} }\npaths: { /users: { get: { responses: { "200": { description: ok } } } } }\n`;
const api = (more: object = {}): File => ({ basePath: '/v1', access: 'subscribed', upstream: 'users', ...more });

/** With everything that a file can say. */
const FULL = {
  gatehouse: 1,
  upstreams: { users: { targets: [{ url: 'http://h' }] }, constructor: { targets: [{ url: 'http://h/${x}' }] } },
  apis: {
    'users-1': api({ product: 'users', version: '1', openapi: './1.yaml', title: 'Users' }),
    'users-2': api({ product: 'users', version: '2', openapi: './2.yaml', basePath: '/v2' }),
    pay: api({ basePath: '/pay', title: 'Zahlung für ${alle} 💶' }),
  },
  plans: {
    silver: { apis: ['users-1', 'pay'], approval: 'manual', quota: { calls: 5, per: 'day' } },
    gold: { apis: ['users-2', 'pay'], ai: { models: ['${fast}'], limits: [{ tokens: 5, window: '1m' }] } },
  },
  applications: {
    zebra: {
      team: '${TEAM}',
      keys: [
        { name: 'b', sha256: sha256('b'), expires: '2030-01-01' },
        { name: 'a', sha256: sha256('a') },
      ],
      subscriptions: [
        { api: 'users-1', plan: 'silver' },
        { api: 'users-1', plan: 'gold' },
        { api: 'users-2', plan: 'gold' },
        { api: 'pay' },
      ],
    },
    alpha: {},
  },
  ai: {
    basePath: '/ai',
    providers: {
      'a-b': { kind: 'openai', apiKey: 'sk-first' },
      a_b: { kind: 'openai', apiKey: 'sk-second' },
      many: {
        kind: 'openai',
        apiKeys: [
          { name: 'one', key: 'sk-third' },
          { name: 'two', key: 'sk-fourth' },
        ],
      },
    },
    models: { '${fast}': { targets: [{ provider: 'a-b', model: 'm' }] }, constructor: { targets: [] } },
    prompts: { hello: { model: '${fast}', text: 'Say ${name}' } },
    budgets: [
      { of: 'all', usd: 2, per: 'day' },
      { of: 'all', usd: 1, per: 'day', mode: 'warning' },
    ],
    access: [
      { application: 'alpha', models: ['${fast}'] },
      { application: 'zebra', models: ['*'] },
      { application: 'zebra', models: [] },
    ],
  },
};
const DOCUMENTS = { './1.yaml': DOCUMENT('1'), './2.yaml': DOCUMENT('2') };

/** As a command puts variables in. */
function filled(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    const [, name] = /^\$\{(\w+)\}$/.exec(value) ?? [];
    return name === undefined ? value.replaceAll('$${', '${') : (variables[name] ?? '***');
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, variables)]));
}

function variablesIn(value: unknown): readonly string[] {
  return [...JSON.stringify(value).matchAll(/"\$\{(\w+)\}"(?!:)/g)].map(([, name]) => String(name));
}

const fileOf = (source: unknown, variables: Readonly<Record<string, string>> = {}): File =>
  Object(filled(source, variables));

it('an export makes the same house out of an empty one, and is the same there', async () => {
  await house.applied(FULL, { documents: DOCUMENTS });
  const exported = await house.exported();
  expect(JSON.stringify(exported)).not.toContain('sk-');
  const variables = variablesIn(exported['source']);
  expect(variables.toSorted()).toEqual([
    'AI_PROVIDERS_A_B_API_KEY',
    'AI_PROVIDERS_A_B_API_KEY_2',
    'AI_PROVIDERS_MANY_API_KEYS_0_KEY',
    'AI_PROVIDERS_MANY_API_KEYS_1_KEY',
  ]);
  const secrets = Object.fromEntries(variables.map((name, index) => [name, `sk-${index}`]));
  const other = await openSourceHouse();
  await other.applied(fileOf(exported['source'], secrets), { documents: exported['documents'] });
  expect(JSON.stringify(await other.exported())).toBe(JSON.stringify(exported));
  const served = ({ test }: SourceHouse): unknown =>
    JSON.parse(
      String(test.gate.enforced?.text)
        .replaceAll(/sk-\w+/g, 'sk')
        .replaceAll(/store\/\w+\.yaml/g, 'document'),
    );
  expect(served(other)).toEqual(served(house));
  await other.test.close();
});

it('an apply of an export changes nothing where it comes from', async () => {
  await house.applied(FULL, { documents: DOCUMENTS });
  const { source, documents } = await house.exported();
  const planned = await house.plan(fileOf(source), { documents });
  expect([told(planned), problemsOf(planned)]).toEqual([[], '']);
});

describe('what people have made comes out so that an apply of it changes nothing', () => {
  const upstream = { name: 'users', spec: FULL.upstreams.users };

  /** By a source that lets go of it. */
  async function published(product: string, version: string): Promise<void> {
    const apis = { entry: api({ product, version, basePath: `/${product}-${version}` }) };
    await house.applied({ gatehouse: 1, apis }, { name: 'other.yaml' });
    const { id } = await house.one('sources', 'other.yaml');
    await house.make(`${W}/sources/${id}/release`, {});
  }
  async function plan(name: string, body: object): Promise<void> {
    const { id } = await house.make(`${W}/plans`, { name, spec: {}, ...body });
    await house.make(`${W}/plans/${id}/publish`, {});
  }
  async function checkUnchanged(): Promise<void> {
    const { source, documents } = await house.exported();
    const planned = await house.plan(fileOf(source), { documents });
    expect(problemsOf(planned)).toBe('');
    const changed = planned.body['changes'].filter(({ action }: { readonly action: string }) => action !== 'own');
    expect(changed).toEqual([]);
  }
  const subscribed = async (application: string, body: object): Promise<string> => {
    const { id } = await house.make(`${W}/subscriptions`, { application, ...body });
    return id;
  };

  it('budgets under names of their own', async () => {
    await house.make(`${W}/budgets`, { name: 'mine', spec: { of: 'all', usd: 1, per: 'day' } });
    await house.make(`${W}/budgets`, { name: 'all-day', spec: { of: 'all', usd: 2, per: 'day' } });
    await checkUnchanged();
    await house.make(`${W}/budgets`, { name: 'team-day-2', spec: { of: 'team', usd: 2, per: 'day' } });
    await checkUnchanged();
    const { source } = await house.exported();
    const budgets = [...source.ai.budgets, { of: 'team', usd: 3, per: 'day' }];
    const file = { gatehouse: 1, ai: { budgets } };
    await house.applied(file);
    expect((await house.exported())['source'].ai.budgets).toEqual(budgets);
    expect(told(await house.plan(file))).toEqual([]);
  });

  it('an api that is called as a version of another', async () => {
    await house.make(`${W}/upstreams`, upstream);
    await published('users', '1');
    await published('users', '2');
    await published('users-1', '7');
    expect(Object.values(Object((await house.exported())['source'].apis))).toHaveLength(3);
    await checkUnchanged();
  });

  it('names that are as long as they may be', async () => {
    await house.make(`${W}/upstreams`, upstream);
    await published('u'.repeat(64), '1');
    await published('u'.repeat(64), '2');
    const entries = Object.keys((await house.exported())['source'].apis);
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(entry.length).toBeLessThanOrEqual(64);
    await checkUnchanged();
  });

  it('a subscription to all versions', async () => {
    await house.make(`${W}/upstreams`, upstream);
    await published('users', '1');
    await published('users', '2');
    await plan('gold', { apis: ['users'] });
    const { id } = await house.make(`${W}/applications`, { name: 'mobile' });
    await subscribed(id, { api: 'users', plan: 'gold' });
    expect((await house.exported())['source'].applications.mobile.subscriptions).toHaveLength(2);
    await checkUnchanged();
  });

  it('a plan that only has the name of one that limits nothing', async () => {
    await house.make(`${W}/upstreams`, upstream);
    await published('users', '1');
    await plan('users-unlimited', { apis: ['users'], spec: { limits: [{ limit: 1, window: '1m' }] } });
    const { id } = await house.make(`${W}/applications`, { name: 'mobile' });
    await subscribed(id, { api: 'users', plan: 'users-unlimited' });
    const { source } = await house.exported();
    expect(source.applications.mobile.subscriptions).toEqual([{ api: 'users', plan: 'users-unlimited' }]);
    await checkUnchanged();
  });

  it('a plan for models that is another application’s, several’s, or nobody’s', async () => {
    await house.make(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai' } });
    const access = { models: ['*'] };
    for (const name of ['mobile-models', 'other-models', 'idle-models'])
      await plan(name, { apis: [], access, approval: 'auto' });
    const applications = new Map<string, string>();
    for (const name of ['mobile', 'other', 'idle'])
      applications.set(name, (await house.make(`${W}/applications`, { name })).id);
    await subscribed(applications.get('mobile') ?? '', { plan: 'mobile-models' });
    await subscribed(applications.get('other') ?? '', { plan: 'mobile-models' });
    await subscribed(applications.get('other') ?? '', { plan: 'other-models' });
    for (const name of ['mobile-models', 'other-models', 'idle-models']) {
      const found = await house.one('plans', name);
      const headers = { 'if-match': `"${found.revision}"` };
      await house.test.call('PATCH', `${W}/plans/${found.id}`, { body: { approval: 'manual' }, headers });
    }
    await checkUnchanged();
  });

  it('an application that is suspended', async () => {
    await house.applied({ gatehouse: 1, applications: { mobile: { keys: [{ name: 'a', sha256: sha256('a') }] } } });
    const { id } = await house.one('applications', 'mobile');
    await house.make(`${W}/applications/${id}/suspend`, {});
    const { source } = await house.exported();
    expect(source.applications).toEqual({ mobile: { keys: [{ name: 'a', sha256: sha256('a') }], subscriptions: [] } });
    await checkUnchanged();
  });
});

it('says of everything that a file has no words for that it is left out', async () => {
  await house.make(`${W}/teams`, { name: 'payments' });
  await house.applied(
    {
      gatehouse: 1,
      upstreams: { users: FULL.upstreams.users },
      apis: { users: api() },
      plans: { gold: { apis: ['users'] } },
      applications: {
        mobile: { subscriptions: [{ api: 'users', plan: 'gold' }] },
        phone: { subscriptions: [{ api: 'users', plan: 'gold' }] },
      },
    },
    {},
  );
  const release = await house.one('sources', 'gate.yaml');
  await house.make(`${W}/sources/${release.id}/release`, {});
  const patch = async (plural: string, name: string, body: object): Promise<void> => {
    const { id, revision } = await house.one(plural, name);
    const headers = { 'if-match': `"${revision}"` };
    expect((await house.test.call('PATCH', `${W}/${plural}/${id}`, { body, headers })).status).toBe(200);
  };
  await patch('apis', 'users', { title: 'Users', labels: { a: 'b' } });
  await patch('plans', 'gold', { terms: 'Be nice.', description: 'All of it.' });
  await patch('applications', 'mobile', { description: 'The app' });
  const move = async (plural: string, name: string, event: string): Promise<void> =>
    void (await house.make(`${W}/${plural}/${(await house.one(plural, name)).id}/${event}`, {}));
  await move('versions', '1.0.0', 'suspend');
  await move('applications', 'phone', 'suspend');
  const [subscription] = (await house.test.call('GET', `${W}/subscriptions`)).body.items;
  await house.make(`${W}/subscriptions/${subscription?.id}/pause`, {});
  await house.make(`${W}/apis`, { name: 'draft' });
  expect((await house.exported())['left']).toEqual([
    'the api draft, of which nothing is served: kept in the store',
    'that the version 1.0.0 of the api users is suspended: kept in the store',
    'of the api users title, labels: kept in the store',
    'of the application mobile description: kept in the store',
    'that the subscription of mobile to users is paused: kept in the store',
    'that the application phone is suspended: kept in the store',
    'of the plan gold description, terms: kept in the store',
  ]);
});

describe('a secret that is a number', () => {
  const numeric = (apiKey: unknown): File => ({
    gatehouse: 1,
    ai: { providers: { vendor: { kind: 'openai', apiKey } } },
  });

  it('is as secret as a text', async () => {
    const replies = [await house.plan(numeric(31_337_001)), await house.applied(numeric(31_337_001))];
    replies.push(await house.plan(numeric(31_337_002)), await house.applied(numeric(31_337_003)));
    expect(JSON.stringify([replies, await house.exported()])).not.toContain('31337');
    expect(replies.map(told).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(told(await house.plan(numeric(31_337_003)))).toEqual([]);
    expect(JSON.parse(house.test.gate.enforced?.text ?? '').ai.providers.vendor.apiKey).toBe(31_337_003);
    expect(told(await house.plan(numeric('***')))).toEqual([]);
    const { body } = await house.test.call('GET', `${W}/providers`);
    expect(JSON.stringify(body)).not.toContain('31337');
  });

  it('is not kept as it stands by anybody', async () => {
    await house.make(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai', apiKey: 31_337_001 } });
    const { body } = await house.test.call('GET', `${W}/providers`);
    expect(JSON.stringify([body, await house.exported()])).not.toContain('31337');
  });
});
