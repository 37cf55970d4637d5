import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, problemsOf, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

const api = (more: object = {}): File => ({ basePath: '/v1', access: 'subscribed', upstream: 'http://h', ...more });
const twoVersions = {
  a: api({ product: 'p', version: '1' }),
  b: api({ product: 'p', version: '2', basePath: '/v2' }),
};
const key = { name: 'ci', sha256: sha256('a key') };

async function check(source: File, problem: string): Promise<void> {
  const planned = await house.plan({ gatehouse: 1, ...source });
  expect([planned.status, problemsOf(planned)], JSON.stringify(planned.body)).toEqual([
    200,
    expect.stringContaining(problem),
  ]);
  expect((await house.apply({ gatehouse: 1, ...source })).status).toBe(422);
}

describe('what nobody would have noticed is a problem', () => {
  const wrong: readonly (readonly [string, File, string])[] = [
    ['a section with the name of what every object has', { constructor: { a: {} } }, 'constructor: `constructor`'],
    ['another version of the form', { gatehouse: 2 }, 'gatehouse: this is no gatehouse.yaml of version 1'],
    [
      'a member of an application that the store does not keep',
      { applications: { mobile: { subscribtions: [] } } },
      'applications.mobile.subscribtions: `subscribtions` is nothing that the store keeps',
    ],
    [
      'a member of a key that the store does not keep',
      { applications: { mobile: { keys: [{ ...key, expire: '2030-01-01' }] } } },
      'applications.mobile.keys[0].expire: ',
    ],
    ['a key without a name', { applications: { mobile: { keys: [{ sha256: key.sha256 }] } } }, 'a key has a `name`'],
    ['an empty key', { applications: { mobile: { keys: [{ name: 'ci', secret: '' }] } } }, 'a key has a `secret`'],
    [
      'an end that is only a number',
      { applications: { mobile: { keys: [{ ...key, expires: '5' }] } } },
      'applications.mobile.keys[0]: /expiresAt',
    ],
    [
      'a subscription to nothing',
      { applications: { mobile: { subscriptions: [{ plan: 'gold' }] } } },
      'applications.mobile.subscriptions[0]: `api` says what is subscribed to',
    ],
    ['a plan of something that is no name', { plans: { gold: { apis: [{}] } } }, 'plans.gold.apis[0]: this is no text'],
    ['a version that is no name', { apis: { a: api({ version: {} }) } }, 'apis.a.version: this is no text'],
    ['a product that is no name', { apis: { a: api({ product: [] }) } }, 'apis.a.product: this is no text'],
    [
      'one version under two names',
      { apis: { ...twoVersions, c: api({ product: 'p', version: '1', basePath: '/v3' }) } },
      'apis.c: it would be the version 1, which apis.a is already',
    ],
    [
      'a plan with the name of one that `ai.access` makes',
      {
        applications: { mobile: {} },
        ai: { access: [{ application: 'mobile', models: ['*'] }] },
        plans: { 'mobile-models': { apis: [] } },
      },
      'plans.mobile-models: it would be the plan mobile-models, which ai.access[0] is already',
    ],
    [
      'one subscription twice',
      {
        apis: { a: api() },
        plans: { gold: { apis: ['a'] } },
        applications: {
          mobile: {
            subscriptions: [
              { api: 'a', plan: 'gold' },
              { api: 'a', plan: 'gold' },
            ],
          },
        },
      },
      'applications.mobile.subscriptions[1]: it would be the subscription a/gold',
    ],
    [
      'some versions of an api, and not all of them',
      {
        apis: { ...twoVersions, c: api({ product: 'p', version: '3', basePath: '/v3' }) },
        plans: { gold: { apis: ['a'] } },
        applications: {
          mobile: {
            subscriptions: [
              { api: 'a', plan: 'gold' },
              { api: 'c', plan: 'gold' },
            ],
          },
        },
      },
      'applications.mobile.subscriptions[0]: the store keeps a subscription to one version of an api or to all',
    ],
  ];
  it.each(wrong)('%s', async (_, source, problem) => check(source, problem));
});

describe('what is there is held to the same rules as what is new', () => {
  const before = {
    gatehouse: 1,
    upstreams: { users: { targets: [] } },
    plans: { gold: { apis: [], approval: 'manual' } },
    applications: { mobile: { keys: [key] } },
  };
  it.each([
    ['a spec that is none', { upstreams: { users: 5 } }, 'upstreams.users: /spec'],
    ['an approval that is none', { plans: { gold: { apis: [], approval: 'Manual' } } }, 'plans.gold: /approval'],
    [
      'an end that is no time',
      { applications: { mobile: { keys: [{ ...key, expires: 'soon' }] } } },
      'applications.mobile.keys[0]: /expiresAt',
    ],
    ['a team that is none', { applications: { mobile: { team: 'x'.repeat(65) } } }, 'applications.mobile: /team'],
  ])('%s', async (_, changed, problem) => {
    await house.applied(before);
    await check({ ...before, ...changed }, problem);
    expect(told(await house.plan(before))).toEqual([]);
  });
});

it('takes both of two budgets whose names would be the same, and does not change them again', async () => {
  const budgets = [
    { of: 'model', name: 'a/b', usd: 1, per: 'day' },
    { of: 'model', name: 'a-b', usd: 2, per: 'day' },
    { of: 'all', usd: 1, per: 'day' },
    { of: 'all', usd: 2, per: 'day', mode: 'warning' },
  ];
  const source = { gatehouse: 1, ai: { budgets } };
  expect(told(await house.applied(source))).toEqual([
    'create budget model-a-b-day',
    'create budget model-a-b-day-2',
    'create budget all-day',
    'create budget all-day-2',
  ]);
  expect((await house.exported())['source'].ai.budgets).toEqual(budgets);
  expect(told(await house.applied(source))).toEqual([]);
});

it('keeps a subscription to all versions as one, and to one as that', async () => {
  const subscriptions = [
    { api: 'a', plan: 'gold' },
    { api: 'b', plan: 'gold' },
  ];
  const source = { gatehouse: 1, apis: twoVersions, plans: { gold: { apis: ['a', 'b'] } } };
  await house.applied({ ...source, applications: { mobile: { subscriptions } } });
  const kept = async () => (await house.test.call('GET', `${W}/subscriptions`)).body.items;
  expect((await kept()).map(({ version }) => version)).toEqual([undefined]);
  expect(told(await house.plan({ ...source, applications: { mobile: { subscriptions } } }))).toEqual([]);
  await house.applied({ ...source, applications: { mobile: { subscriptions: subscriptions.slice(1) } } });
  expect((await kept()).map(({ version }) => version)).toEqual(['2']);
});

it('says that the owner of a key is not kept', async () => {
  const keys = [{ ...key, owner: 'Zoë' }];
  const { body } = await house.applied({ gatehouse: 1, applications: { mobile: { keys } } });
  expect(body['changes'].at(-1)).toMatchObject({ kind: 'credential', note: 'its `owner` is not kept in the store' });
});

describe('what a subscription is under', () => {
  const source = {
    gatehouse: 1,
    apis: { users: api() },
    applications: { mobile: { subscriptions: [{ api: 'users', plan: 'old' }] } },
  };
  it.each([
    ['staging', []],
    ['deprecated', ['publish', 'deprecate']],
    ['closed', ['publish', 'close']],
  ] as const)('is no plan that is %s', async (state, moves) => {
    await house.applied({ gatehouse: 1, apis: source.apis });
    const { id } = await house.make(`${W}/plans`, { name: 'old', apis: ['users'], spec: {} });
    for (const move of moves) await house.make(`${W}/plans/${id}/${move}`, {});
    await check(source, `applications.mobile.subscriptions[0]: the plan old is ${state}, and takes no subscriptions`);
  });

  it('goes on under one that is deprecated', async () => {
    const { id } = await house.make(`${W}/plans`, { name: 'old', apis: ['users'], spec: {} });
    await house.make(`${W}/plans/${id}/publish`, {});
    await house.applied(source);
    await house.make(`${W}/plans/${id}/deprecate`, {});
    expect(told(await house.applied(source))).toEqual([]);
  });
});

describe('names and values that stand for something else inside', () => {
  const sealed = { $sealed: 'junk' };
  it.each([
    ['upstream', { upstreams: { x: sealed } }, 'upstreams.x: /spec: `$sealed` is a name'],
    ['model', { ai: { models: { x: { targets: [sealed] } } } }, 'ai.models.x: /spec/targets/0: `$sealed` is a name'],
    ['plan', { plans: { x: { apis: [], limits: sealed } } }, 'plans.x: /spec/limits: `$sealed` is a name'],
    ['guard', { ai: { guards: { x: { words: [[sealed]] } } } }, 'ai.guards.x: /spec/words/0/0: `$sealed` is a name'],
  ])('are refused in a new %s, and in one that is there', async (_, source, problem) => {
    await check(source, problem);
    await house.applied({
      gatehouse: 1,
      upstreams: { x: {} },
      plans: { x: { apis: [] } },
      ai: { models: { x: {} }, guards: { x: {} } },
    });
    await check(source, problem);
  });

  it('are refused by other verbs, too', async () => {
    const asked = { body: { name: 'x', spec: { a: sealed } } };
    expect((await house.test.call('POST', `${W}/models`, asked)).status).toBe(422);
    const { id } = await house.make(`${W}/models`, { name: 'x', spec: {} });
    const change = { body: { spec: { a: sealed } }, headers: { 'if-match': '"1"' } };
    expect((await house.test.call('PATCH', `${W}/models/${id}`, change)).status).toBe(422);
  });

  it('are names like others, where anything is one', async () => {
    await house.make(`${W}/providers`, { name: 'vendor', spec: { kind: 'openai' } });
    await house.make(`${W}/models`, { name: '__proto__', spec: { targets: [{ provider: 'vendor', model: 'm' }] } });
    expect(house.test.gate.enforced?.text).toContain('"models":{"__proto__":{"targets"');
  });
});

it.each(['', '\u0000', '[]', 'a', '{}', '{"openapi":"9.0"}', '['])(
  'a document that is none is told as such: %j',
  async (document) => {
    const source = { gatehouse: 1, apis: { users: api({ version: '1', openapi: './users.yaml' }) } };
    const more = { documents: { './users.yaml': document } };
    expect(problemsOf(await house.plan(source, more))).toMatch(/^apis\.users: the document cannot be read: \d+:\d+: /);
    expect((await house.apply(source, more)).status).toBe(422);
  },
);
