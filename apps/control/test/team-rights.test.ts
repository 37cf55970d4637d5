import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../src/routes/routes.ts';
import type { Route } from '../src/routes/route.ts';
import { openTestHouse, withoutStandards, type Json, type Reply, type TestHouse } from './house.ts';

const W = '/workspaces/default';
const ROLES = ['viewer', 'developer', 'publisher', 'reviewer', 'auditor', 'admin'] as const;
type Side = 'own' | 'foreign' | 'nobody';
const SIDES: readonly Side[] = ['own', 'foreign', 'nobody'];

let test: TestHouse;
let somebody = '';
/** Of each side, by the name of the kind in addresses. */
const ids: Record<Side, Map<string, string>> = { own: new Map(), foreign: new Map(), nobody: new Map() };
const tokens = { everywhere: new Map<string, string>(), team: new Map<string, string>() };

async function post(path: string, body: unknown, token?: string): Promise<Json> {
  const reply = await test.call('POST', path, { body, token });
  expect(reply.status, `${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
  return reply.body;
}

async function tokenOf(grants: unknown): Promise<string> {
  const { id } = await post('/users', { name: `${crypto.randomUUID()}@example.com`, grants });
  return (await post('/tokens', { name: 'test', user: id })).token;
}

const idOf = (side: Side, plural: string): string => ids[side].get(plural) ?? '';

/** One of everything, which belongs to a team or to nobody. */
async function furnish(side: Side, author: string, reviewer: string): Promise<void> {
  const keep = (plural: string, { id }: Json): string => {
    ids[side].set(plural, id);
    return id;
  };
  const make = async (plural: string, body: object): Promise<string> =>
    keep(plural, await post(`${W}/${plural}`, { name: side, ...body }, author));
  const team = side === 'nobody' ? {} : { team: await make('teams', {}) };
  await make('upstreams', { spec: { targets: ['http://127.0.0.1:4001'] } });
  const api = await make('apis', team);
  const spec = { basePath: `/${side}`, upstream: side, routes: [{ method: 'GET', path: '/x' }] };
  const version = await make('versions', { api, spec });
  const revision = keep('revisions', await post(`${W}/revisions`, { version }, author));
  await post(`${W}/revisions/${revision}/approve`, {}, reviewer);
  await post(`${W}/versions/${version}/publish`, {}, author);
  keep('deployments', (await test.call('GET', `${W}/deployments?version=${version}`)).body.items[0] ?? fail());
  const waiver = { version, rule: 'x', path: '/', reason: 'because of a test', expiresAt: '2027-01-01T00:00:00Z' };
  keep('waivers', await post(`${W}/waivers`, waiver, author));
  const plan = await make('plans', { apis: [side], spec: {}, approval: 'manual' });
  await post(`${W}/plans/${plan}/publish`, {}, author);
  const application = await make('applications', team);
  await make('credentials', { application });
  const asked = { application, api: side, plan: side };
  const subscription = keep('subscriptions', await post(`${W}/subscriptions`, asked, author));
  await make('contacts', { emails: ['ops@example.com'], ...team });
  await make('alerts', { api: side, condition: { absence: { windowSeconds: 60 } } });
  await make('objectives', { api: side, target: 99 });
  await make('silences', { rules: [side], reason: 'a test', until: '2027-01-01T00:00:00Z' });
  const { items } = (await test.call('GET', `${W}/approvals?state=waiting`)).body;
  keep('approvals', items.find((each) => each['subject'].id === subscription) ?? fail());
}

function fail(): never {
  throw new Error('it is not there');
}

beforeAll(async () => {
  test = await withoutStandards(await openTestHouse());
  const [author, reviewer] = [await tokenOf([{ role: 'admin' }]), await tokenOf([{ role: 'admin' }])];
  somebody = (await post('/users', { name: 'somebody@example.com', grants: [] })).id;
  for (const side of SIDES) await furnish(side, author, reviewer);
  const team = idOf('own', 'teams');
  for (const role of ROLES) {
    tokens.everywhere.set(role, await tokenOf([{ role, workspace: 'default' }]));
    tokens.team.set(role, await tokenOf([{ role, workspace: 'default', team }]));
  }
});
afterAll(async () => test.close());

/** As little as a schema asks for. */
function least(schema: unknown): unknown {
  const of: { type?: unknown; enum?: unknown[]; format?: unknown; required?: string[]; properties?: object } =
    typeof schema === 'object' && schema !== null ? schema : {};
  if (of.enum !== undefined) return of.enum[0];
  if (of.type === 'string') return of.format === 'date-time' ? '2027-06-01T00:00:00Z' : 'x';
  if (of.type === 'integer' || of.type === 'number') return 1;
  if (of.type === 'array') return [];
  const members = new Map<string, unknown>(Object.entries(of.properties ?? {}));
  return Object.fromEntries((of.required ?? []).map((name) => [name, least(members.get(name))]));
}

/** Asks for something without doing it: under a revision that nothing has. */
async function ask(route: Route, side: Side, token = ''): Promise<Reply> {
  const [, plural = ''] = /\{workspace\}\/(\w+)/.exec(route.path) ?? [];
  const path = route.path.replace('{workspace}', 'default').replace('{id}', idOf(side, plural));
  const body = route.method === 'GET' ? undefined : least(route.body);
  return test.call(route.method, path, { token, body, headers: { 'if-match': '"999"' } });
}

/** Whether it is for want of a right that it does not work. */
const isRefused = ({ status, body }: Reply): boolean => status === 403 && body['permission'] !== undefined;

const ofOne = ROUTES.filter(
  ({ path, signed }) => path.includes('{workspace}') && path.includes('{id}') && signed !== true,
);
const known = (route: Route, side: Side): boolean => {
  const [, plural = ''] = /\{workspace\}\/(\w+)/.exec(route.path) ?? [];
  return ids[side].has(plural);
};
/** They belong to all of the workspace. */
const SHARED = new Set(['upstreams', 'plans']);
/** It is the receiver's to accept, and nobody has offered anything. */
const ACCEPT = '/workspaces/{workspace}/subscriptions/{id}/accept-transfer';

describe.each(ROLES)('a %s of one team', (role) => {
  const of = (who: keyof typeof tokens): string => tokens[who].get(role) ?? fail();

  it.each(ofOne.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'may do with what is the team’s what one of all may, and nothing with anything else: %s',
    async (_, route) => {
      const [, plural = ''] = /\{workspace\}\/(\w+)/.exec(route.path) ?? [];
      for (const side of SIDES.filter((each) => known(route, each))) {
        const [one, all] = [await ask(route, side, of('team')), await ask(route, side, of('everywhere'))];
        const isOwn = side === 'own' && !SHARED.has(plural) && route.path !== ACCEPT;
        const expected = isOwn ? isRefused(all) : true;
        expect([side, isRefused(one)]).toEqual([side, expected]);
        if (!expected && !isRefused(one)) expect(one.status, JSON.stringify(one.body)).toBe(all.status);
      }
    },
  );

  // What is offered is shown to others as well: catalog.test.ts. Calls are no things of the store: calls.test.ts.
  const lists = ROUTES.filter(
    ({ method, path, tag }) =>
      method === 'GET' && !['catalog', 'calls'].includes(tag) && /\{workspace\}\/\w+$/.test(path),
  );
  it.each(lists.map((route) => [route.path, route] as const))(
    'sees what is the team’s alone in %s',
    async (_, route) => {
      const [, plural = ''] = /\{workspace\}\/(\w+)/.exec(route.path) ?? [];
      const [one, all] = [await ask(route, 'own', of('team')), await ask(route, 'own', of('everywhere'))];
      if (isRefused(all) || SHARED.has(plural) || !ids.own.has(plural)) return expect(isRefused(one)).toBe(true);
      const shown = one.body.items.map(({ id }) => id);
      expect(shown).toContain(idOf('own', plural));
      for (const side of ['foreign', 'nobody'] as const) expect(shown).not.toContain(idOf(side, plural));
      expect(all.body.items.map(({ id }) => id)).toContain(idOf('foreign', plural));
    },
  );

  const above = ROUTES.filter(({ path, permission }) => !path.includes('{workspace}') && permission.includes(':'));
  it.each(above.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'has no rights above workspaces: %s',
    async (_, route) => {
      const path = route.path.replace('{id}', somebody);
      const body = route.method === 'GET' ? undefined : least(route.body);
      const reply = await test.call(route.method, path, { token: of('team'), body, headers: { 'if-match': '"999"' } });
      expect([403, 422]).toContain(reply.status);
      if (reply.status === 422) expect(reply.body.code).toBe('admin.invalid');
    },
  );
});

describe('what is made', () => {
  const asked = (side: Side) => ({
    apis: { name: `new-${side}`, ...(side !== 'nobody' && { team: idOf(side, 'teams') }) },
    applications: { name: `new-${side}`, ...(side !== 'nobody' && { team: idOf(side, 'teams') }) },
    versions: { name: `2-${side}`, api: idOf(side, 'apis'), spec: { upstream: side } },
    revisions: { version: idOf(side, 'versions') },
    deployments: { version: idOf(side, 'versions'), revision: idOf(side, 'revisions') },
    waivers: {
      version: idOf(side, 'versions'),
      rule: 'y',
      path: '/',
      reason: 'because of a test',
      expiresAt: '2027-01-01T00:00:00Z',
    },
    credentials: { name: `new-${side}`, application: idOf(side, 'applications') },
    subscriptions: { application: idOf(side, 'applications'), api: side, plan: side },
    alerts: { name: `new-${side}`, api: side, condition: { absence: { windowSeconds: 60 } } },
    objectives: { name: `new-${side}`, api: side, target: 99 },
    silences: { name: `new-${side}`, rules: [side], reason: 'a test', until: '2027-01-01T00:00:00Z' },
    contacts: {
      name: `new-${side}`,
      emails: ['ops@example.com'],
      ...(side !== 'nobody' && { team: idOf(side, 'teams') }),
    },
    teams: { name: `new-${side}` },
    plans: { name: `new-${side}`, apis: [side], spec: {} },
    upstreams: { name: `new-${side}`, spec: { targets: ['http://127.0.0.1:1'] } },
  });
  const OF_NO_TEAM = new Set(['teams', 'plans', 'upstreams']);

  it.each(Object.keys(asked('own')))('belongs to the team, or is not made: %s', async (plural) => {
    const token = tokens.team.get('admin');
    for (const side of SIDES) {
      const body = new Map<string, object>(Object.entries(asked(side))).get(plural);
      const reply = await test.call('POST', `${W}/${plural}`, { token, body });
      const expected = side !== 'own' || OF_NO_TEAM.has(plural);
      expect([side, isRefused(reply), JSON.stringify(reply.body)]).toEqual([side, expected, expect.any(String)]);
    }
  });

  it('is not handed to another team, nor taken from one, nor to all', async () => {
    const token = tokens.team.get('admin');
    const patch = async (side: Side, team: string | null): Promise<Reply> => {
      const path = `${W}/apis/${idOf(side, 'apis')}`;
      const { revision } = (await test.call('GET', path)).body;
      return test.call('PATCH', path, { token, body: { team }, headers: { 'if-match': `"${revision}"` } });
    };
    const own = idOf('own', 'teams');
    expect(isRefused(await patch('own', idOf('foreign', 'teams')))).toBe(true);
    expect(isRefused(await patch('own', null))).toBe(true);
    expect(isRefused(await patch('foreign', own))).toBe(true);
    expect(isRefused(await patch('nobody', own))).toBe(true);
    expect((await patch('own', own)).status).toBe(200);
  });
});

describe('a subscription between two teams', () => {
  let subscription = '';
  beforeAll(async () => {
    const application = (await post(`${W}/applications`, { name: 'between', team: idOf('own', 'teams') })).id;
    subscription = (await post(`${W}/subscriptions`, { application, api: 'foreign', plan: 'foreign' })).id;
  });
  const as = async (role: string, side: Side): Promise<string> =>
    tokenOf([{ role, workspace: 'default', team: idOf(side, 'teams') }]);

  it.each([
    ['read', 'GET', '', [true, true]],
    ['cancelled', 'POST', '/cancel', [true, false]],
    ['approved', 'POST', '/approve', [false, true]],
    ['paused', 'POST', '/pause', [false, true]],
    ['revoked', 'POST', '/revoke', [false, true]],
  ] as const)('is %s by whose matter that is: the subscriber’s, the provider’s', async (_, method, event, expected) => {
    const may: boolean[] = [];
    for (const side of ['own', 'foreign'] as const) {
      const path = `${W}/subscriptions/${subscription}${event}`;
      const body = method === 'POST' ? { reason: 'x' } : undefined;
      const reply = await test.call(method, path, {
        token: await as('admin', side),
        body,
        headers: { 'if-match': '"999"' },
      });
      may.push(!isRefused(reply));
    }
    expect(may).toEqual(expected);
  });

  it('is offered by its team, and accepted by members of the other, who can do nothing else with it', async () => {
    const person = async (side: Side): Promise<{ readonly id: string; readonly token: string }> => {
      const team = idOf(side, 'teams');
      const grants = [{ role: 'developer', workspace: 'default', team }];
      const { id } = await post('/users', { name: `${crypto.randomUUID()}@example.com`, grants });
      const { revision } = (await test.call('GET', `${W}/teams/${team}`)).body;
      const headers = { 'if-match': `"${revision}"` };
      await test.call('PATCH', `${W}/teams/${team}`, { body: { members: [id] }, headers });
      return { id, token: (await post('/tokens', { name: 'test', user: id })).token };
    };
    const plan = (await post(`${W}/plans`, { name: 'free', apis: ['nobody'], spec: {} })).id;
    await post(`${W}/plans/${plan}/publish`, {});
    const application = idOf('own', 'applications');
    const { id } = await post(`${W}/subscriptions`, { application, api: 'nobody', plan: 'free' });
    const [giver, taker] = [await person('own'), await person('foreign')];
    const path = `${W}/subscriptions/${id}`;
    const move = async (event: string, token: string, body: object = {}): Promise<Reply> =>
      test.call('POST', `${path}/${event}`, { token, body });
    expect(isRefused(await move('accept-transfer', taker.token))).toBe(true);
    const to = { application: idOf('foreign', 'applications') };
    expect(isRefused(await move('offer-transfer', taker.token, to))).toBe(true);
    expect((await move('offer-transfer', giver.token, to)).status).toBe(200);
    expect(isRefused(await move('cancel', taker.token))).toBe(true);
    expect(isRefused(await move('accept-transfer', giver.token))).toBe(true);
    expect((await test.call('GET', path, { token: taker.token })).status).toBe(200);
    expect((await move('accept-transfer', taker.token)).status).toBe(200);
    expect((await test.call('GET', path, { token: giver.token })).status).toBe(403);
    expect((await move('cancel', taker.token)).status).toBe(200);
  });

  it('waits for the provider’s people, and for nobody of the subscriber', async () => {
    const waiting = async (token: string): Promise<readonly string[]> =>
      (await test.call('GET', '/approvals', { token })).body.items.map((each) => String(each['subject'].id));
    expect(await waiting(await as('publisher', 'foreign'))).toContain(subscription);
    expect(await waiting(await as('publisher', 'own'))).not.toContain(subscription);
    expect(await waiting(await as('developer', 'foreign'))).not.toContain(subscription);
  });
});

describe('a grant for a team', () => {
  const grants = (grant: object): object => ({ name: `${crypto.randomUUID()}@example.com`, grants: [grant] });

  it.each([
    ['without its workspace', () => ({ role: 'viewer', team: idOf('own', 'teams') })],
    ['of a team that is not there', () => ({ role: 'viewer', workspace: 'default', team: 'team_none' })],
    ['of a team by its name', () => ({ role: 'viewer', workspace: 'default', team: 'own' })],
    ['of a team of another workspace', () => ({ role: 'viewer', workspace: 'other', team: idOf('own', 'teams') })],
    ['of no role', () => ({ role: 'none', workspace: 'default', team: idOf('own', 'teams') })],
  ])('is refused %s', async (_, grant) => {
    await test.call('POST', '/workspaces', { body: { name: 'other' } });
    expect((await test.call('POST', '/users', { body: grants(grant()) })).status).toBe(422);
  });

  it('comes with a group as well', async () => {
    const grant = { role: 'viewer', workspace: 'default', team: idOf('own', 'teams') };
    const group = await post('/groups', { name: 'staff', grants: [grant] });
    const user = await post('/users', { name: 'of-group@example.com', grants: [] });
    await test.house.database.write('house', async (sql) =>
      sql.run('UPDATE entities SET data = ? WHERE id = ?', [
        JSON.stringify({ grants: [], groups: [group.id] }),
        user.id,
      ]),
    );
    const { token } = await post('/tokens', { name: 'test', user: user.id });
    expect((await test.call('GET', `${W}/apis/${idOf('own', 'apis')}`, { token })).status).toBe(200);
    expect((await test.call('GET', `${W}/apis/${idOf('foreign', 'apis')}`, { token })).status).toBe(403);
  });

  it('is narrowed by the scopes of a token', async () => {
    const grant = { role: 'admin', workspace: 'default', team: idOf('own', 'teams') };
    const { id: user } = await post('/users', grants(grant));
    const { token } = await post('/tokens', { name: 'test', user, scopes: ['apis:read'] });
    expect((await test.call('GET', `${W}/apis/${idOf('own', 'apis')}`, { token })).status).toBe(200);
    expect((await test.call('GET', `${W}/applications/${idOf('own', 'applications')}`, { token })).status).toBe(403);
  });

  it('is no grant that its holder gives away for more', async () => {
    const team = idOf('own', 'teams');
    const local = { role: 'viewer', workspace: 'default', team };
    await post('/roles', { name: 'clerk', permissions: ['users:*', 'tokens:*'] });
    const token = await tokenOf([{ role: 'clerk' }, local]);
    const give = async (grant: object): Promise<number> =>
      (await test.call('POST', '/users', { token, body: grants(grant) })).status;
    expect(await give({ role: 'viewer', workspace: 'default' })).toBe(403);
    expect(await give({ role: 'viewer', workspace: 'default', team: idOf('foreign', 'teams') })).toBe(403);
    expect(await give({ role: 'developer', workspace: 'default', team })).toBe(403);
    expect(await give(local)).toBe(201);
  });

  it('is no administration, however great the role', async () => {
    const token = tokens.team.get('admin');
    expect((await test.call('GET', `${W}/audit`, { token })).status).toBe(403);
    expect((await test.call('GET', `/users/${somebody}`, { token })).status).toBe(403);
    expect((await test.call('POST', `${W}/imports`, { token, body: { text: '{}' } })).status).toBe(403);
  });
});
