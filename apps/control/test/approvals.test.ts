import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLifecycleHouse, W, type LifecycleHouse, type Person } from './lifecycle-house.ts';

let house: LifecycleHouse;
let developer: Person;
let first: Person;
let second: Person;
beforeEach(async () => {
  house = await openLifecycleHouse();
  developer = await house.person('developer', 'developer');
  first = await house.person('first', 'publisher');
  second = await house.person('second', 'publisher');
});
afterEach(async () => house.test.close());

async function request(process: readonly object[], fields: object = {}): Promise<{ id: string; approval: string }> {
  await house.plan('gold', { approval: 'manual', process });
  const application = await house.post(`${W}/applications`, { name: 'mobile' }, developer);
  const asked = { application: application.id, api: 'users', plan: 'gold', ...fields };
  const { id } = await house.post(`${W}/subscriptions`, asked, developer);
  const { items } = await house.get(`${W}/approvals`);
  return { id, approval: items.find((each) => each['subject']?.id === id)?.id ?? '' };
}

const stateOf = async (id: string): Promise<string> => (await house.get(`${W}/subscriptions/${id}`)).state;

describe('a rule', () => {
  const rule = { kind: 'rule', when: 'answers.calls < 1000', verdict: 'approve', otherwise: 'ask' };
  it.each([
    ['lets through what needs nobody', [rule], { calls: 5 }, 'active'],
    ['asks people where it says so', [rule], { calls: 5000 }, 'pending'],
    ['asks people where a fact is missing', [rule], {}, 'pending'],
    ['says no', [{ ...rule, verdict: 'reject' }], { calls: 5 }, 'rejected'],
    [
      'goes on to the next step',
      [
        { ...rule, verdict: 'ask' },
        { kind: 'group', needs: 1 },
      ],
      { calls: 5 },
      'pending',
    ],
  ])('%s', async (_, process, answers, state) => {
    expect(await stateOf((await request(process, { answers })).id)).toBe(state);
  });

  it('that cannot be read is refused with the step that it stands in', async () => {
    const plan = { name: 'bad', apis: ['users'], spec: {}, process: [{ ...rule, when: 'a ==' }] };
    expect(await house.refused(`${W}/plans`, plan)).toBe('422 admin.invalid step 1: the rule ends too soon');
  });
});

describe('a group', () => {
  const two = [{ kind: 'group', needs: 2 }];
  it('counts each person once', async () => {
    const { id } = await request(two);
    await house.post(`${W}/subscriptions/${id}/approve`, {}, first);
    expect(await stateOf(id)).toBe('pending');
    expect(await house.refused(`${W}/subscriptions/${id}/approve`, {}, first)).toContain('403 admin.forbidden');
    await house.post(`${W}/subscriptions/${id}/approve`, {}, second);
    expect(await stateOf(id)).toBe('active');
  });

  it('never counts whoever asks, nor a program', async () => {
    const admin = await house.person('admin', 'admin');
    await house.plan('gold', { approval: 'manual' });
    const application = await house.post(`${W}/applications`, { name: 'mobile' }, admin);
    const asked = { application: application.id, api: 'users', plan: 'gold' };
    const { id } = await house.post(`${W}/subscriptions`, asked, admin);
    expect(await house.refused(`${W}/subscriptions/${id}/approve`, {}, admin)).toContain('your own work');
    expect(await house.refused(`${W}/subscriptions/${id}/approve`, {})).toContain('a program cannot decide');
  });

  it('is the members of a team', async () => {
    const team = await house.post(`${W}/teams`, { name: 'security', members: [second.id] });
    const { id } = await request([{ kind: 'group', team: team.id, needs: 1 }]);
    expect(await house.refused(`${W}/subscriptions/${id}/approve`, {}, first)).toContain('asks somebody else');
    expect((await house.post(`${W}/subscriptions/${id}/approve`, {}, second)).state).toBe('active');
  });

  it('is whoever has a role', async () => {
    const { approval, id } = await request([{ kind: 'group', role: 'reviewer', needs: 1 }]);
    expect(await house.refused(`${W}/approvals/${approval}/approve`, {}, first)).toContain('asks somebody else');
    const reviewer = await house.person('third', 'reviewer');
    expect((await house.post(`${W}/approvals/${approval}/approve`, {}, reviewer)).state).toBe('approved');
    expect(await stateOf(id)).toBe('active');
  });
});

describe('questions', () => {
  it('go to the requester and come back answered', async () => {
    const { approval, id } = await request([{ kind: 'group', needs: 1 }]);
    await house.post(`${W}/approvals/${approval}/ask-info`, { question: 'What for?' }, first);
    expect(await stateOf(id)).toBe('info_required');
    expect((await house.get('/approvals', developer)).items).toMatchObject([{ id: approval, workspace: 'default' }]);
    expect(await house.refused(`${W}/approvals/${approval}/answer`, { answer: 'me' }, first)).toContain('403');
    await house.post(`${W}/approvals/${approval}/answer`, { answer: 'Tests' }, developer);
    expect(await stateOf(id)).toBe('pending');
    expect((await house.get(`${W}/approvals/${approval}`))['questions']).toMatchObject([{ answer: 'Tests' }]);
  });
});

it('shows to each what waits for them, and nothing else', async () => {
  const { approval } = await request([{ kind: 'person', user: second.id }]);
  expect((await house.get('/approvals', second)).items).toMatchObject([
    { id: approval, matter: 'subscription.request' },
  ]);
  expect((await house.get('/approvals', first)).items).toEqual([]);
  expect((await house.get('/approvals', developer)).items).toEqual([]);
});

it.each([
  [
    'withdrawn by the requester',
    'withdrawn',
    async (id: string) => house.post(`${W}/subscriptions/${id}/withdraw`, {}, developer),
  ],
  ['cancelled', 'cancelled', async (id: string) => house.post(`${W}/subscriptions/${id}/cancel`, {}, developer)],
  [
    'rejected with a reason',
    'rejected',
    async (id: string) => house.post(`${W}/subscriptions/${id}/reject`, { reason: 'no' }, first),
  ],
])('what is %s is over for both', async (_, state, end) => {
  const { approval, id } = await request([{ kind: 'group', needs: 1 }]);
  await end(id);
  expect(await stateOf(id)).toBe(state);
  expect(await house.refused(`${W}/approvals/${approval}/approve`, {}, first)).toContain('409 admin.illegal');
});

it('takes as many people for a review as the workspace says', async () => {
  const here = await house.test.call('GET', '/workspaces');
  const [workspace] = here.body.items;
  const processes = { 'revision.review': [{ kind: 'group', needs: 2, reasonNeeded: true }] };
  const changed = await house.test.call('PATCH', `/workspaces/${workspace?.id}`, {
    body: { processes },
    headers: { 'if-match': '"1"' },
  });
  expect(changed.status).toBe(200);
  const revision = await house.post(`${W}/revisions`, { version: house.version.id }, first);
  const path = `${W}/revisions/${revision.id}/approve`;
  expect(await house.refused(path, {}, second)).toContain('say why');
  expect((await house.post(path, { reason: 'good' }, second)).state).toBe('sealed');
  const third = await house.person('third', 'reviewer');
  expect((await house.post(path, { reason: 'good' }, third)).state).toBe('approved');
});

it('counts whoever has changed a version among its authors', async () => {
  const change = {
    body: { title: 'Better' },
    headers: { 'if-match': `"${house.version.revision}"` },
    token: first.token,
  };
  expect((await house.test.call('PATCH', `${W}/versions/${house.version.id}`, change)).status).toBe(200);
  const revision = await house.post(`${W}/revisions`, { version: house.version.id }, second);
  expect(await house.refused(`${W}/revisions/${revision.id}/approve`, {}, first)).toContain('your own work');
});
