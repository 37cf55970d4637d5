import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

const spec = { targets: [{ url: 'http://h' }] };
const API = { basePath: '/v1', access: 'subscribed', upstream: 'users' };
const FILE = {
  gatehouse: 1,
  upstreams: { users: spec },
  apis: { users: API },
  plans: { gold: { apis: ['users'] } },
  applications: {
    mobile: { keys: [{ name: 'ci', sha256: sha256('a') }], subscriptions: [{ api: 'users', plan: 'gold' }] },
  },
};
const MORE = { ...FILE, upstreams: { users: spec, more: spec } };

async function patch(plural: string, name: string, body: object): Promise<void> {
  const { id, revision } = await house.one(plural, name);
  const headers = { 'if-match': `"${revision}"` };
  const reply = await house.test.call('PATCH', `${W}/${plural}/${id}`, { body, headers });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
}

describe('an apply does what its plan has shown, or nothing', () => {
  /** `before`: what is there when it is planned; `meanwhile`: what somebody does before it is applied. */
  const cases: readonly (readonly [string, File, () => Promise<void>, File, () => Promise<unknown>])[] = [
    [
      'when what it changes is changed in a way that the plan shows alike',
      { gatehouse: 1 },
      async () => void (await house.make(`${W}/upstreams`, { name: 'users', spec: { note: 'a'.repeat(300) } })),
      FILE,
      async () => patch('upstreams', 'users', { spec: { note: 'b'.repeat(300) } }),
    ],
    [
      'when what it takes away has drifted further',
      FILE,
      async () => {
        const { id } = await house.one('versions', '1.0.0');
        await house.make(`${W}/versions/${id}/suspend`, {});
      },
      { gatehouse: 1 },
      async () => {
        const mobile = await house.one('applications', 'mobile');
        await house.make(`${W}/applications/${mobile.id}/suspend`, {});
      },
    ],
    [
      'when somebody makes use of what it changes',
      FILE,
      async () => Promise.resolve(),
      MORE,
      async () => house.make(`${W}/policies`, { name: 'limit', spec: { 'rate-limit': { limit: 1, window: '1s' } } }),
    ],
    [
      'when its source is released',
      FILE,
      async () => Promise.resolve(),
      MORE,
      async () => {
        const { id } = await house.one('sources', 'gate.yaml');
        await house.make(`${W}/sources/${id}/release`, {});
      },
    ],
    [
      'when another source has been applied',
      FILE,
      async () => Promise.resolve(),
      MORE,
      async () => house.applied({ gatehouse: 1, upstreams: { other: spec } }, { name: 'other.yaml' }),
    ],
    [
      'when a key has been revoked that it takes away',
      FILE,
      async () => Promise.resolve(),
      { ...FILE, applications: { mobile: { subscriptions: FILE.applications.mobile.subscriptions } } },
      async () => {
        const { id } = await house.one('credentials', 'ci');
        await house.make(`${W}/credentials/${id}/revoke`, {});
      },
    ],
  ];
  it.each(cases)('%s', async (_, before, prepare, source, meanwhile) => {
    await house.applied(before);
    await prepare();
    const { body } = await house.plan(source);
    expect(body['problems']).toEqual([]);
    expect(body['plan']).toBe((await house.plan(source)).body['plan']);
    await meanwhile();
    const stale = await house.apply(source, { plan: body['plan'] });
    expect([stale.status, stale.body.code], JSON.stringify(stale.body)).toEqual([412, 'admin.stale']);
    const next = await house.plan(source);
    expect((await house.apply(source, { plan: next.body['plan'] })).status).toBe(200);
  });

  it('once, of two at the same time', async () => {
    const { body } = await house.plan(FILE);
    const replies = await Promise.all([1, 2, 3].map(async () => house.apply(FILE, { plan: body['plan'] })));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
    expect((await house.test.call('GET', `${W}/upstreams`)).body.items).toHaveLength(1);
  });

  it('of two sources that want the same, one', async () => {
    const names = ['one.yaml', 'two.yaml'];
    const replies = await Promise.all(names.map(async (name) => house.apply(FILE, { name })));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
    const loser = replies.findIndex(({ status }) => status === 422);
    expect(replies[loser]?.body['problems']).toHaveLength(7);
    expect((await house.test.call('GET', `${W}/sources`)).body.items.map(({ name }) => name)).toEqual([
      names[1 - loser],
    ]);
  });

  it('though people call, subscribe and are given keys in the meantime', async () => {
    await house.applied(FILE);
    const { body } = await house.plan(MORE);
    const other = await house.make(`${W}/applications`, { name: 'other' });
    await house.make(`${W}/credentials`, { name: 'main', application: other.id });
    await house.make(`${W}/subscriptions`, { application: other.id, api: 'users', plan: 'gold' });
    expect((await house.apply(MORE, { plan: body['plan'] })).status).toBe(200);
  });
});

it('a source that was released takes all of it again, and then owns it', async () => {
  await house.applied(FILE);
  const { id } = await house.one('sources', 'gate.yaml');
  await house.make(`${W}/sources/${id}/release`, {});
  const kinds = ['upstream', 'api', 'version', 'plan', 'application', 'credential', 'subscription'];
  const taken = await house.applied(FILE);
  expect(told(taken).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(kinds.map((kind) => `own ${kind}`));
  expect(told(await house.applied(FILE))).toEqual([]);
  const source = await house.one('sources', 'gate.yaml');
  expect((await house.test.call('GET', `${W}/sources/${source.id}/drift`)).body['drift']).toEqual([]);
  expect(told(await house.applied({ gatehouse: 1 }))).toHaveLength(kinds.length);
});

it('what another source has taken over is no drift of the first one', async () => {
  await house.applied(FILE);
  const other = { gatehouse: 1, upstreams: { users: { targets: [{ url: 'http://two' }] } } };
  await house.applied(other, { name: 'other.yaml', takeOver: true });
  const { id } = await house.one('sources', 'gate.yaml');
  expect((await house.test.call('GET', `${W}/sources/${id}/drift`)).body['drift']).toEqual([]);
});
