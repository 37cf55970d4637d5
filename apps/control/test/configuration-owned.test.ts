import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSourceHouse, told, W, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

const file = (upstream: string): Readonly<Record<string, unknown>> => ({
  gatehouse: 1,
  apis: { users: { basePath: '/v1', access: 'subscribed', upstream } },
  plans: { gold: { apis: ['users'] } },
  applications: { mobile: { subscriptions: [{ api: 'users', plan: 'gold' }] } },
});
const served = (): unknown => JSON.parse(house.test.gate.enforced?.text ?? '{}').apis['users-1.0.0'].upstream;

describe('which revision of an owned version is served', () => {
  let version = '';
  let old = '';
  beforeEach(async () => {
    await house.applied(file('http://old'));
    await house.applied(file('http://new'));
    version = (await house.one('versions', '1.0.0')).id;
    old = (await house.test.call('GET', `${W}/revisions?version=${version}`)).body.items[0]?.id ?? '';
  });

  it.each([0, 50, 100])('is said by its file, and not by a deployment of %s percent', async (weight) => {
    const body = { version, revision: old, weight };
    const reply = await house.test.call('POST', `${W}/deployments`, { body });
    expect([reply.status, reply.body.code]).toEqual([409, 'admin.managed']);
    expect(served()).toBe('http://new');
  });

  it('is said by its file, and not by what somebody had begun before', async () => {
    const source = await house.one('sources', 'gate.yaml');
    await house.make(`${W}/sources/${source.id}/release`, {});
    const waiting = await house.make(`${W}/deployments`, { version, revision: old, weight: 0 });
    await house.applied(file('http://new'));
    for (const [event, body] of [
      ['roll', { weight: 5 }],
      ['promote', {}],
    ] as const) {
      const reply = await house.test.call('POST', `${W}/deployments/${waiting.id}/${event}`, { body });
      expect([event, reply.status, reply.body.code]).toEqual([event, 409, 'admin.managed']);
    }
    expect(served()).toBe('http://new');
    expect((await house.test.call('POST', `${W}/deployments/${waiting.id}/roll-back`, { body: {} })).status).toBe(200);
  });
});

it('nothing is asked of anybody any more about a subscription that a file takes away', async () => {
  await house.applied(file('http://h'));
  const source = await house.one('sources', 'gate.yaml');
  await house.make(`${W}/sources/${source.id}/release`, {});
  const silver = await house.make(`${W}/plans`, { name: 'silver', apis: ['users'], spec: {}, approval: 'manual' });
  await house.make(`${W}/plans/${silver.id}/publish`, {});
  const [subscription] = (await house.test.call('GET', `${W}/subscriptions`)).body.items;
  await house.make(`${W}/subscriptions/${subscription?.id}/change-plan`, { plan: 'silver' });
  const waiting = async () => (await house.test.call('GET', `${W}/approvals?state=waiting`)).body.items;
  expect(await waiting()).toHaveLength(1);
  await house.applied(file('http://h'));
  expect(told(await house.applied({ ...file('http://h'), applications: { mobile: {} } }))).toEqual([
    'delete subscription users',
  ]);
  expect(await waiting()).toEqual([]);
});
