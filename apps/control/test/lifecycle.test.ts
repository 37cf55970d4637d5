import { tick } from '@gatehouse/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from './house.ts';
import { openLifecycleHouse, W, type LifecycleHouse, type Person } from './lifecycle-house.ts';

const DAY_MS = 86_400_000;

let house: LifecycleHouse;
let developer: Person;
let publisher: Person;
beforeEach(async () => {
  house = await openLifecycleHouse();
  developer = await house.person('developer', 'developer');
  publisher = await house.person('publisher', 'publisher');
});
afterEach(async () => house.test.close());

const after = (days: number): string => new Date(house.test.clock.nowMs + days * DAY_MS).toISOString();
async function pass(days: number): Promise<void> {
  house.test.clock.nowMs += days * DAY_MS;
  expect((await tick(house.test.house)).failed).toBe(0);
}
const stateOf = async (kind: string, id: string): Promise<string> => (await house.get(`${W}/${kind}/${id}`)).state;
const application = async (name = 'mobile', fields = {}): Promise<Json> =>
  house.post(`${W}/applications`, { name, ...fields }, developer);

async function subscription(fields: object = {}, plan: object = {}): Promise<Json> {
  await house.plan('gold', plan);
  const { id } = await application();
  return house.post(`${W}/subscriptions`, { application: id, api: 'users', plan: 'gold', ...fields }, developer);
}

const move = async (path: string, body: object = {}, by = publisher): Promise<Json> =>
  house.post(`${W}/${path}`, body, by);

describe('a subscription', () => {
  it('begins on its day', async () => {
    const { id, state } = await subscription({ startsAt: after(2) });
    expect(state).toBe('scheduled');
    await pass(1);
    expect(await stateOf('subscriptions', id)).toBe('scheduled');
    await pass(1);
    expect(await stateOf('subscriptions', id)).toBe('active');
  });

  it('is told of its end at 30, 14, 7 and 1 days, once each, and ends', async () => {
    const { id } = await subscription({ expiresAt: after(40) });
    const noticed: unknown[] = [];
    for (let day = 0; day < 40; day += 1) {
      await pass(1);
      await pass(0);
      noticed.push((await house.get(`${W}/subscriptions/${id}`))['noticed']);
    }
    expect([...new Set(noticed)]).toEqual([undefined, 30, 14, 7, 1]);
    const { items } = await house.get(`${W}/audit?limit=200&entity=${encodeURIComponent(`subscription ${id}`)}`);
    expect(items.map((entry): unknown => entry['action'])).toEqual([
      'subscription.request',
      ...Array.from({ length: 4 }, () => 'subscription.expiring'),
      'subscription.expire',
    ]);
  });

  it.each([
    ['renewed within the grace', 20, 'renew', { expiresAt: true }, 'active'],
    ['restored with a new end', 20, 'restore', { expiresAt: true }, 'active'],
    ['not restored without one', 20, 'restore', {}, 'say until when'],
    ['not renewed behind the grace', 31, 'renew', { expiresAt: true }, 'ended more than 30 days ago'],
  ])('that has expired is %s', async (_, days, event, body, expected) => {
    const { id } = await subscription({ expiresAt: after(1) });
    await pass(1);
    expect(await stateOf('subscriptions', id)).toBe('expired');
    await pass(days);
    const asked = 'expiresAt' in body ? { expiresAt: after(10) } : {};
    const reply = await house.test.call('POST', `${W}/subscriptions/${id}/${event}`, {
      body: asked,
      token: publisher.token,
    });
    expect(reply.body.state ?? reply.body.detail).toContain(expected);
    expect(await stateOf('subscriptions', id)).toBe(expected === 'active' ? 'active' : 'expired');
  });

  it('that was cancelled is restored with its flags, unless another one has its place', async () => {
    const { id, ...rest } = await subscription();
    await move(`subscriptions/${id}/pause`);
    await move(`subscriptions/${id}/cancel`, {}, developer);
    expect(await move(`subscriptions/${id}/restore`)).toMatchObject({ state: 'active', paused: true });
    await move(`subscriptions/${id}/cancel`, {}, developer);
    const again = { application: rest['application'], api: 'users', plan: 'gold' };
    await house.post(`${W}/subscriptions`, again, developer);
    expect(await house.refused(`${W}/subscriptions/${id}/restore`, {}, publisher)).toContain('409 admin.conflict');
  });

  it('keeps its plan until another one is approved', async () => {
    const { id } = await subscription();
    await house.plan('silver', { approval: 'manual' });
    const asked = await move(`subscriptions/${id}/change-plan`, { plan: 'silver' }, developer);
    expect(asked).toMatchObject({ plan: 'gold', changing: 'silver', state: 'active' });
    const [waiting] = (await house.get('/approvals', publisher)).items;
    await move(`approvals/${waiting?.id}/approve`);
    expect(await house.get(`${W}/subscriptions/${id}`)).toMatchObject({ plan: 'silver', state: 'active' });
  });

  it('keeps its plan when another one is rejected, and may ask again', async () => {
    const { id } = await subscription();
    await house.plan('silver', { approval: 'manual' });
    await move(`subscriptions/${id}/change-plan`, { plan: 'silver' }, developer);
    const [waiting] = (await house.get('/approvals', publisher)).items;
    await move(`approvals/${waiting?.id}/reject`, { reason: 'no' });
    expect(await house.get(`${W}/subscriptions/${id}`)).toMatchObject({ plan: 'gold', state: 'active' });
    await move(`subscriptions/${id}/change-plan`, { plan: 'silver' }, developer);
  });

  it('is handed over when both sides agree', async () => {
    const { id } = await subscription();
    const other = await house.person('other', 'developer');
    const team = await house.post(`${W}/teams`, { name: 'web', members: [other.id] });
    const web = await application('web', { team: team.id });
    await move(`subscriptions/${id}/offer-transfer`, { application: web.id }, developer);
    expect(await house.refused(`${W}/subscriptions/${id}/accept-transfer`, {}, developer)).toContain('the other side');
    const taken = await move(`subscriptions/${id}/accept-transfer`, {}, other);
    expect(taken).toMatchObject({ application: web.id, state: 'active' });
    expect(taken['transfer']).toBeUndefined();
  });

  it('lapses when nobody decides, after others were asked', async () => {
    const process = [{ kind: 'group', needs: 1, deadlineSeconds: 86_400, escalateTo: [developer.id] }];
    const { id } = await subscription({}, { approval: 'manual', process });
    await pass(1);
    expect(await stateOf('subscriptions', id)).toBe('pending');
    await pass(1);
    expect(await stateOf('subscriptions', id)).toBe('lapsed');
  });

  it('is revoked for good', async () => {
    const { id } = await subscription();
    await move(`subscriptions/${id}/revoke`, { reason: 'abuse' });
    for (const [event, body] of Object.entries({
      restore: {},
      renew: { expiresAt: after(9) },
      cancel: {},
      approve: {},
    }))
      expect(await house.refused(`${W}/subscriptions/${id}/${event}`, body)).toContain('409 admin.illegal');
  });
});

describe('a credential', () => {
  const issue = async (fields = {}): Promise<Json> => {
    const { id } = await application();
    return house.post(`${W}/credentials`, { name: 'ci', application: id, ...fields }, developer);
  };

  it('rotates out when its overlap has passed, and the next one stays', async () => {
    const { id } = await issue();
    const rotated: Json = await move(`credentials/${id}/rotate`, { overlapSeconds: 3600 }, developer);
    expect(rotated.state).toBe('rotating');
    await pass(1);
    const { items } = await house.get(`${W}/credentials`);
    expect(items.map(({ state }) => state).toSorted()).toEqual(['active', 'retired']);
    expect(await stateOf('credentials', id)).toBe('retired');
  });

  it('expires', async () => {
    const { id } = await issue({ expiresAt: after(1) });
    await pass(1);
    expect(await stateOf('credentials', id)).toBe('expired');
  });

  it('that has leaked ends for good', async () => {
    const { id } = await issue();
    expect((await move(`credentials/${id}/report-leak`, { reason: 'in a log' }, developer)).state).toBe('leaked');
    expect(await house.refused(`${W}/credentials/${id}/rotate`, {})).toContain('409 admin.illegal');
  });
});

describe('a version', () => {
  const path = (event: string): string => `versions/${house.version.id}/${event}`;
  const sunset = async (): Promise<void> => {
    await move(path('deprecate'), { sunset: after(31) });
    house.test.clock.nowMs += 32 * DAY_MS;
  };
  const state = async (): Promise<string> => stateOf('versions', house.version.id);

  it('resumes what it was when a second person agrees', async () => {
    await move(path('deprecate'), { sunset: after(60) });
    await move(path('suspend'));
    const asked = await move(path('resume'));
    expect(asked.state).toBe('suspended');
    const approve = `approvals/${String(asked['approval'])}/approve`;
    expect(await house.refused(`${W}/${approve}`, {}, publisher)).toContain('your own work');
    await move(approve, {}, await house.person('second', 'publisher'));
    expect(await state()).toBe('deprecated');
  });

  it('is not retired before its end, and while nobody counts calls only by two', async () => {
    await move(path('deprecate'), { sunset: after(31) });
    expect(await house.refused(`${W}/${path('retire')}`, { force: true })).toContain('not before');
    house.test.clock.nowMs += 32 * DAY_MS;
    expect(await house.refused(`${W}/${path('retire')}`, {})).toContain('nobody counts its calls');
    const asked = await move(path('retire'), { force: true });
    await move(`approvals/${String(asked['approval'])}/approve`, {}, await house.person('second', 'publisher'));
    expect(await state()).toBe('retired');
    expect((await move(path('archive'))).state).toBe('archived');
  });

  it('needs two people to retire where a program asks', async () => {
    await sunset();
    const asked = await house.post(`${W}/${path('retire')}`, { force: true });
    const approve = `approvals/${String(asked['approval'])}/approve`;
    await move(approve);
    expect(await state()).toBe('deprecated');
    await move(approve, {}, await house.person('second', 'publisher'));
    expect(await state()).toBe('retired');
  });

  it('is previewed as a beta, and taken away when that is over', async () => {
    const spec = { basePath: '/v2', upstream: 'users', routes: [{ method: 'GET', path: '/users' }] };
    const api: unknown = house.version['api'];
    const next = await house.post(`${W}/versions`, { name: '2.0.0', api, spec, stability: 'beta' });
    const revision = await house.post(`${W}/revisions`, { version: next.id });
    await move(`revisions/${revision.id}/approve`);
    const preview = `versions/${next.id}/preview`;
    expect(await house.refused(`${W}/${preview}`, {})).toContain('no plan holds the api');
    await house.plan('gold');
    expect((await move(preview, { until: after(3) })).state).toBe('preview');
    expect(house.test.gate.enforced?.text).toContain('users-2.0.0');
    await pass(3);
    expect(await stateOf('versions', next.id)).toBe('approved');
    expect(house.test.gate.enforced?.text).not.toContain('users-2.0.0');
  });

  it('has brownouts inside of its deprecation only, and is not deprecated any more if that is taken back', async () => {
    await move(path('deprecate'), { sunset: after(60) });
    const window = (from: number, to: number): object => ({ windows: [{ from: after(from), to: after(to) }] });
    await move(path('brownout'), window(40, 41));
    expect(await house.refused(`${W}/${path('brownout')}`, window(41, 40))).toContain('closes before it opens');
    expect(await house.refused(`${W}/${path('brownout')}`, window(59, 61))).toContain('outside');
    expect((await move(path('undeprecate'))).state).toBe('published');
  });
});

describe('a deployment', () => {
  const next = async (spec: object): Promise<Json> => {
    const before = await house.get(`${W}/versions/${house.version.id}`);
    const change = { body: { spec }, headers: { 'if-match': `"${before.revision}"` } };
    expect((await house.test.call('PATCH', `${W}/versions/${before.id}`, change)).status).toBe(200);
    const revision = await house.post(`${W}/revisions`, { version: before.id });
    return move(`revisions/${revision.id}/approve`);
  };
  const served = (): unknown => {
    const all: Json = JSON.parse(house.test.gate.enforced?.text ?? '{}');
    return all['apis']['users-1.0.0'];
  };
  beforeEach(async () => {
    await house.post(`${W}/upstreams`, { name: 'users-next', spec: { targets: ['http://127.0.0.1:4002'] } });
  });

  it('rolls by its weight, is promoted, and goes back bit by bit', async () => {
    const first: unknown = (await house.get(`${W}/versions/${house.version.id}`))['deployed'];
    const before = JSON.stringify(served());
    const revision = await next({ upstream: 'users-next' });
    const asked = { version: house.version.id, revision: revision.id, weight: 5 };
    const rolling = await house.post(`${W}/deployments`, asked, publisher);
    expect(rolling.state).toBe('rolling');
    expect(served()).toMatchObject({
      upstream: 'users',
      policies: [{ canary: { upstream: 'users-next', weight: '5%' } }],
    });
    await move(`deployments/${rolling.id}/roll`, { weight: 50 });
    expect(served()).toMatchObject({ policies: [{ canary: { weight: '50%' } }] });
    await move(`deployments/${rolling.id}/promote`);
    expect(served()).toMatchObject({ upstream: 'users-next', policies: [] });
    await move(`versions/${house.version.id}/publish`, { revision: first });
    expect(JSON.stringify(served())).toBe(before);
    await pass(1);
    const { items } = await house.get(`${W}/deployments`);
    expect(items.map(({ state }) => state).toSorted()).toEqual(['active', 'removed', 'removed']);
  });

  it('is taken back', async () => {
    const revision = await next({ upstream: 'users-next' });
    const asked = { version: house.version.id, revision: revision.id, weight: 5 };
    const rolling = await house.post(`${W}/deployments`, asked, publisher);
    await move(`deployments/${rolling.id}/roll-back`);
    expect(served()).toMatchObject({ upstream: 'users', policies: [] });
  });

  it('takes no share with other routes than the rest', async () => {
    const revision = await next({ upstream: 'users-next', routes: [{ method: 'GET', path: '/other' }] });
    const asked = { version: house.version.id, revision: revision.id, weight: 5 };
    expect(await house.refused(`${W}/deployments`, asked, publisher)).toContain('differ in its upstream only');
    expect((await house.post(`${W}/deployments`, { ...asked, weight: 100 }, publisher)).state).toBe('active');
  });
});

describe('an application', () => {
  it('that is archived leaves nothing alive', async () => {
    const { id, ...rest } = await subscription({}, { approval: 'manual' });
    const key = await house.post(`${W}/credentials`, { name: 'ci', application: rest['application'] }, developer);
    await move(`applications/${String(rest['application'])}/archive`, {}, developer);
    expect(await stateOf('subscriptions', id)).toBe('cancelled');
    expect(await stateOf('credentials', key.id)).toBe('revoked');
    expect((await house.get('/approvals', publisher)).items).toEqual([]);
  });

  it('that is suspended and resumed has what it had', async () => {
    const { id, ...rest } = await subscription();
    await move(`subscriptions/${id}/pause`);
    const before = await house.get(`${W}/subscriptions/${id}`);
    await move(`applications/${String(rest['application'])}/suspend`, {}, developer);
    await move(`applications/${String(rest['application'])}/resume`, {}, developer);
    expect(await house.get(`${W}/subscriptions/${id}`)).toEqual(before);
  });
});

it.each([
  ['a team that owns an application', 'teams'],
  ['a plan that is subscribed to', 'plans'],
])('%s is not deleted', async (_, kind) => {
  const team = await house.post(`${W}/teams`, { name: 'web' });
  await application('web', { team: team.id });
  await subscription();
  const [one] = (await house.get(`${W}/${kind}`)).items;
  const headers = { 'if-match': `"${one?.revision}"` };
  const gone = await house.test.call('DELETE', `${W}/${kind}/${one?.id}`, { headers });
  expect(gone).toMatchObject({ status: 409, body: { code: 'admin.conflict' } });
});
