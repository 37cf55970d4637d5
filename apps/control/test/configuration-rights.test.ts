import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, problemsOf, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

const APPLY = ['configuration:export', 'configuration:apply'];
let people = 0;

/** Of somebody with these rights in all of the workspace, and no others. */
async function tokenFor(permissions: readonly string[]): Promise<string> {
  const name = `role-${++people}`;
  await house.make('/roles', { name, permissions });
  const grants = [{ role: name, workspace: 'default' }];
  const user = await house.make('/users', { name: `${name}@example.com`, grants });
  return (await house.make('/tokens', { name: 'main', user: user.id })).token;
}

const EMPTY = { gatehouse: 1 };
const UPSTREAM = { ...EMPTY, upstreams: { users: { targets: [{ url: 'http://h' }] } } };
const API = { ...EMPTY, apis: { users: { basePath: '/v1', upstream: 'http://h' } } };
const APIS = { ...API, plans: { gold: { apis: ['users'], approval: 'manual' } } };
const CALLER = { ...APIS, applications: { mobile: {} } };
const KEY = { ...APIS, applications: { mobile: { keys: [{ name: 'ci', sha256: sha256('a') }] } } };
const OTHER_KEY = { ...APIS, applications: { mobile: { keys: [{ name: 'ci', sha256: sha256('b') }] } } };
const SUBSCRIBED = { ...APIS, applications: { mobile: { subscriptions: [{ api: 'users', plan: 'gold' }] } } };
const GIVEN = { ...EMPTY, ai: { providers: { vendor: { kind: 'openai', apiKey: 'sk-vendor' } } } };

describe('an apply asks for each entity what it takes to do the same by hand', () => {
  const cases: readonly (readonly [string, File, File, readonly string[]])[] = [
    ['making an upstream', EMPTY, UPSTREAM, ['upstreams:create']],
    ['changing an upstream', UPSTREAM, { ...UPSTREAM, upstreams: { users: { targets: [] } } }, ['upstreams:update']],
    ['taking an upstream away', UPSTREAM, EMPTY, ['upstreams:delete']],
    ['giving a provider', EMPTY, GIVEN, ['providers:create']],
    ['publishing a version', EMPTY, API, ['apis:create', 'versions:create', 'versions:publish']],
    ['a plan', API, APIS, ['plans:create', 'plans:publish']],
    ['taking a version away', API, EMPTY, ['versions:publish']],
    ['an application', APIS, CALLER, ['applications:create']],
    ['a key', CALLER, KEY, ['credentials:create']],
    ['another key', KEY, OTHER_KEY, ['credentials:update']],
    ['taking a key away', KEY, CALLER, ['credentials:revoke']],
    [
      'a subscription that somebody has to agree to',
      CALLER,
      SUBSCRIBED,
      ['subscriptions:create', 'subscriptions:approve'],
    ],
    ['ending a subscription', SUBSCRIBED, CALLER, ['subscriptions:update']],
  ];
  it.each(cases)('%s', async (_, before, after, needed) => {
    await house.applied(before);
    for (const missing of needed) {
      const token = await tokenFor([...APPLY, ...needed.filter((right) => right !== missing)]);
      const planned = await house.plan(after, {}, token);
      expect(problemsOf(planned), missing).toContain(`none of your roles allows ${missing} here`);
      const refused = await house.apply(after, {}, token);
      expect([refused.status, refused.body.code, refused.body['problems'][0].facts], missing).toEqual([
        403,
        'admin.forbidden',
        { permission: missing },
      ]);
    }
    const before2 = await house.exported();
    expect(told(await house.plan(before))).toEqual([]);
    expect(await house.exported()).toEqual(before2);
    const applied = await house.apply(after, {}, await tokenFor([...APPLY, ...needed]));
    expect(applied.status, JSON.stringify(applied.body)).toBe(200);
  });
});

it('taking what people have made asks for the right to change it', async () => {
  await house.make(`${W}/upstreams`, { name: 'users', spec: UPSTREAM.upstreams.users });
  const refused = await house.apply(UPSTREAM, {}, await tokenFor(APPLY));
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    expect.stringContaining('none of your roles allows upstreams:update here'),
  ]);
});

it('what changes nothing asks for nothing more', async () => {
  await house.applied(SUBSCRIBED);
  const reply = await house.apply(SUBSCRIBED, {}, await tokenFor(APPLY));
  expect([reply.status, told(reply)]).toEqual([200, []]);
});

it('whoever may only look at plans is shown all of one', async () => {
  const planned = await house.plan(SUBSCRIBED, {}, await tokenFor(['configuration:export']));
  expect([told(planned).length, problemsOf(planned)]).toEqual([5, '']);
  await house.applied(SUBSCRIBED);
  const away = await house.plan(EMPTY, {}, await tokenFor(['configuration:export']));
  expect([told(away).length, problemsOf(away)]).toEqual([5, '']);
});

it('a token that is narrowed to applies does not make what it is not for', async () => {
  const admin = await house.make('/users', { name: 'root@example.com', grants: [{ role: 'admin' }] });
  const { token } = await house.make('/tokens', { name: 'pipeline', user: admin.id, scopes: APPLY });
  const refused = await house.apply(UPSTREAM, {}, token);
  expect([refused.status, refused.body.detail]).toEqual([
    403,
    expect.stringContaining('the token is not for upstreams:create'),
  ]);
});
