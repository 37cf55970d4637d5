import { evaluateAlerts } from '@gatehouse/services';
import { RecordedCalls } from '@gatehouse/services/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openAlertHouse, SECRET, W, type AlertHouse } from './alert-house.ts';
import type { Json } from './house.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let house: AlertHouse;
beforeEach(async () => {
  house = await openAlertHouse();
  await house.make('contacts', { name: 'ops', emails: ['ops@example.com'] });
});

const alert = async (condition: object, fields: object = {}): Promise<Json> =>
  house.make('alerts', { name: 'errors', condition, contacts: ['ops'], ...fields });
const threshold = { threshold: { metric: 'errorRate', above: 0.1, windowSeconds: 300 } };

/** From now on for a minute. */
const calls = (count: number, like: object): void =>
  house.calls.addMany(
    count,
    { fromMs: house.nowMs(), toMs: house.nowMs() + MINUTE_MS / 2 },
    { api: 'users-1', ...like },
  );
const status = async ({ id }: Json): Promise<Json> => house.get(`/alerts/${id}/status`);
const states = async (one: Json): Promise<readonly string[]> =>
  (await status(one))['keys'].map((key: Json) => `${Object.values(key['labels']).join(' ')} ${key.state}`);

describe('a threshold', () => {
  it('is told by mail once when it is passed, and once when that is over', async () => {
    const made = await alert(threshold, { severity: 'critical', runbook: 'https://example.com/errors' });
    expect(await status(made)).toMatchObject({ state: 'new', keys: [] });
    calls(100, { status: 503 });
    await house.pass(3);
    expect(house.subjects()).toEqual(['[Firing] errors: all calls (critical, default)']);
    expect(house.post.read.at(-1)).toContain('errorRate 1 (limit: above 0.1)');
    expect(house.post.read.at(-1)).toContain('What to do: https://example.com/errors');
    expect(await status(made)).toMatchObject({ state: 'firing', keys: [{ state: 'firing', value: 1 }] });
    expect((await house.get('/alerts/firing')).items).toMatchObject([{ rule: { kind: 'alert', name: 'errors' } }]);
    await house.pass(10);
    expect(house.subjects()).toEqual(['[Resolved] errors: all calls (critical, default)']);
    const { state, history } = await status(made);
    expect([state, ...history.map(({ what }: Json) => what)]).toEqual(['ok', 'resolved', 'firing']);
    expect((await house.get('/alerts/firing')).items).toEqual([]);
  });

  it('tells all keys that have changed in one message to each contact', async () => {
    await house.make('contacts', { name: 'hook', webhook: { url: `${house.hooks.url}/hook`, secret: SECRET } });
    await house.make('contacts', { name: 'chat', slackUrl: `${house.hooks.url}/services/T0/B0/x` });
    await alert(threshold, {
      by: ['application'],
      contacts: ['ops', 'hook', 'chat'],
      text: '{count} of <them>: {keys}',
    });
    for (const application of ['mobile', 'web', 'well'])
      calls(10, { application, status: application === 'well' ? 200 : 503 });
    await house.pass();
    expect(house.subjects()).toEqual(['[Firing] errors: 2 keys (warning, default)']);
    const [chat, hook] = house.received.toSorted((a, b) => (a.path < b.path ? 1 : -1));
    expect(chat?.body).toEqual({
      text: expect.stringContaining(
        '*[Firing] errors: 2 keys (warning, default)*\n2 of &lt;them&gt;: application mobile; application web',
      ),
    });
    expect(hook).toMatchObject({
      isSigned: true,
      body: {
        type: 'alert.firing',
        data: { state: 'firing', rule: { name: 'errors' }, keys: [{ labels: { application: 'mobile' } }, {}], more: 0 },
      },
    });
    expect(house.received).toHaveLength(2);
  });

  it('says nothing with too few calls, or without a number', async () => {
    const few = await alert({ threshold: { metric: 'errorRate', above: 0.1, windowSeconds: 300, leastCalls: 20 } });
    const slow = await alert({ threshold: { metric: 'duration.p95', below: 5, windowSeconds: 300 } }, { name: 'slow' });
    calls(19, { status: 503, durationMs: 10 });
    await house.pass();
    expect([await states(few), await states(slow)]).toEqual([[], []]);
  });

  it('is about the calls of its api and of its conditions, and of no other workspace', async () => {
    const api = await house.make('apis', { name: 'users' });
    await house.make('versions', { name: '1', api: api.id, spec: { upstream: 'http://h' } });
    const ofApi = await alert(threshold, { api: 'users', by: ['application'] });
    const where = [{ dimension: 'application', values: ['robot'], not: true }];
    const narrow = await alert(threshold, { name: 'narrow', where, by: ['application'] });
    await house.test.call('POST', '/workspaces', { body: { name: 'acme' } });
    calls(10, { application: 'mobile', status: 503 });
    calls(10, { application: 'robot', api: 'orders-1', status: 503 });
    calls(10, { application: 'acme.mobile', api: 'acme.users-1', status: 503 });
    await house.pass();
    expect([await states(ofApi), await states(narrow)]).toEqual([['mobile firing'], ['mobile firing']]);
  });

  it('keeps a bounded number of keys, and says that there are more', async () => {
    const made = await alert(threshold, { by: ['application'] });
    for (let index = 0; index < 150; index++) calls(1, { application: `app-${index}`, status: 503 });
    await house.pass();
    const { keys, isCut } = await status(made);
    expect([keys.length, isCut]).toEqual([100, true]);
    expect(house.subjects()).toEqual(['[Firing] errors: 100 keys (warning, default)']);
    expect(house.post.read.at(-1)).toContain('and 80 more');
  });

  it('looks at what has come until a little before now', async () => {
    const made = await alert({ threshold: { metric: 'calls', above: 0, windowSeconds: 60 } });
    house.calls.add({ time: house.nowMs() + MINUTE_MS - 14_000, api: 'users-1' });
    await house.pass();
    expect(await states(made)).toEqual([]);
    await house.pass();
    expect(await states(made)).toEqual([' firing']);
  });
});

describe('other conditions', () => {
  it('nobody calls any more', async () => {
    const all = await alert({ absence: { windowSeconds: 300 } }, { name: 'silent' });
    const each = await alert({ absence: { windowSeconds: 300 } }, { name: 'each', by: ['application'] });
    calls(10, { application: 'mobile' });
    await house.pass();
    expect([await states(all), await states(each)]).toEqual([[], []]);
    await house.pass(5);
    expect([await states(all), await states(each)]).toEqual([[' firing'], ['mobile firing']]);
  });

  it('a number is not what it was a day before', async () => {
    const made = await alert(
      {
        change: { metric: 'calls', windowSeconds: 300, against: 'day', percent: 50, direction: 'fall' },
      },
      { by: ['application'] },
    );
    const fromMs = house.nowMs() - DAY_MS;
    for (const application of ['mobile', 'web'])
      house.calls.addMany(100, { fromMs, toMs: fromMs + 30_000 }, { api: 'users-1', application });
    calls(51, { application: 'web' });
    await house.pass();
    expect(await states(made)).toEqual(['mobile firing']);
    expect((await status(made))['keys'][0].note).toBe('calls 0, was 100: -100 %');
  });

  it('a quota and a budget will be used up', async () => {
    await house.make('plans', { name: 'gold', apis: [], spec: { quota: { calls: 100, per: 'day' } } });
    const api = await house.make('apis', { name: 'users' });
    for (const name of ['1', '2']) await house.make('versions', { name, api: api.id, spec: { upstream: 'http://h' } });
    await house.make('budgets', { name: 'models', spec: { of: 'team', name: 'research', usd: 10, per: 'day' } });
    const quota = await alert({ forecast: { quota: 'gold' } }, { name: 'quota' });
    const budget = await alert({ forecast: { budget: 'models' } }, { name: 'budget' });
    // The clock of tests says noon.
    const fromMs = house.nowMs() - 6 * HOUR_MS;
    const period = { fromMs, toMs: house.nowMs() };
    // Of all versions of the api together.
    for (const entry of ['users-1', 'users-2'])
      house.calls.addMany(30, period, { api: entry, application: 'mobile', plan: 'gold' });
    house.calls.addMany(20, period, { api: 'users-1', application: 'web', plan: 'gold' });
    house.calls.addMany(90, period, {
      api: 'users-1',
      application: 'web',
      plan: 'gold',
      status: 429,
      code: 'limit.quota',
    });
    const like = { api: 'ai', application: 'lab', team: 'research', aiCostMicroUsd: 1_000_000 };
    house.calls.addMany(6, period, like);
    await house.pass();
    expect(await states(quota)).toEqual(['gold mobile users firing']);
    expect((await status(budget))['keys']).toMatchObject([
      {
        labels: { budget: 'models', team: 'research' },
        note: expect.stringContaining('6 of 10 US dollars: used up by'),
      },
    ]);
  });

  it('something is about to end', async () => {
    const made = await alert({
      expiry: { of: ['credential', 'certificate', 'version', 'waiver', 'subscription'], days: 14 },
    });
    const application = await house.make('applications', { name: 'mobile' });
    for (const [name, days] of [
      ['soon', 13],
      ['late', 15],
    ] as const)
      await house.make('credentials', {
        name,
        application: application.id,
        expiresAt: new Date(house.nowMs() + days * DAY_MS).toISOString(),
      });
    house.calls.problem = 'records are not asked for ends';
    await house.pass();
    const { keys } = await status(made);
    expect(keys).toMatchObject([
      {
        labels: { credential: 'soon', application: 'mobile' },
        note: 'ends on 2026-12-09, in 12 days',
        state: 'firing',
      },
    ]);
    // Nobody is told of it again each hour.
    await house.pass(70);
    expect(house.subjects()).toHaveLength(1);
    await house.pass(24 * 60 * 2);
    expect(await states(made)).toEqual(['soon mobile firing', 'late mobile firing']);
  });
});

describe('what cannot be found out', () => {
  it('is a state of its own, told after five looks, and once when it is over', async () => {
    const made = await alert(threshold);
    calls(1000, { status: 503 });
    await house.pass();
    expect(house.subjects()).toHaveLength(1);
    house.calls.problem = 'the disk is gone';
    await house.pass(4);
    expect(await status(made)).toMatchObject({ state: 'firing', failures: 4, problem: 'the disk is gone' });
    expect(house.subjects()).toEqual([]);
    await house.pass(10);
    expect(house.subjects()).toEqual(['[Unknown] errors (warning, default)']);
    expect(house.post.read.at(-1)).toContain('Nothing could be found out 5 times in a row: the disk is gone');
    expect(await status(made)).toMatchObject({ state: 'unknown', keys: [{ state: 'firing' }] });
    house.calls.problem = undefined;
    calls(1000, { status: 503 });
    await house.pass();
    expect(house.subjects()).toEqual(['[Known again] errors (warning, default)']);
    expect(await status(made)).toMatchObject({ state: 'firing', failures: 0 });
  });

  it('is told to whoever made it, in the console, too', async () => {
    const { test } = house;
    const user = (
      await test.call('POST', '/users', { body: { name: 'p@example.com', grants: [{ role: 'publisher' }] } })
    ).body;
    const { token } = (await test.call('POST', '/tokens', { body: { name: 't', user: user.id } })).body;
    await test.call('POST', `${W}/alerts`, { token, body: { name: 'mine', condition: threshold } });
    house.calls.problem = 'the disk is gone';
    await house.pass(6);
    const { items } = (await test.call('GET', '/notifications', { token })).body;
    expect(items).toMatchObject([{ topic: 'alert.unknown', text: 'Nothing can be found out for your alert mine' }]);
    expect(house.subjects()).toEqual(['Nothing can be found out for your alert mine']);
  });

  it('is what gets no answer at all', async () => {
    const made = await alert(threshold);
    const analytics = new RecordedCalls();
    analytics.aggregate = async () => new Promise<never>(() => {});
    const stuck = { ...house.test.house, analytics };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const evaluated = evaluateAlerts(stuck);
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await evaluated).toEqual({ looks: 1, failed: 1 });
    } finally {
      vi.useRealTimers();
    }
    expect((await status(made))['problem']).toBe('no answer within 30 s');
  });

  it('is whose api is gone', async () => {
    const api = await house.make('apis', { name: 'users' });
    const made = await alert(threshold, { api: 'users' });
    await house.pass();
    expect((await status(made))['problem']).toBe('the api users has no version');
    await house.test.call('DELETE', `${W}/apis/${api.id}`, { headers: { 'if-match': '"1"' } });
    await house.pass();
    expect((await status(made))['problem']).toBe('there is no api users');
  });

  it('is everything where no records are kept', async () => {
    const bare = { ...house.test.house };
    delete bare.analytics;
    const made = await alert(threshold);
    await evaluateAlerts(bare);
    expect((await status(made))['problem']).toBe('there is no analytics here');
  });
});

it('webhooks that want all of a topic hear of alerts as of all else', async () => {
  await house.make('webhooks', { name: 'all', url: `${house.hooks.url}/all`, topics: ['alert.*'], secret: SECRET });
  await alert(threshold, { contacts: [] });
  calls(10, { status: 503 });
  await house.pass();
  const told = house.received.map(({ body }) => body['type']);
  expect(told).toEqual(['alert.create', 'alert.firing']);
  expect(house.received[1]?.body['data'].message.rule.name).toBe('errors');
});

describe('a silence', () => {
  it('keeps from telling, and not from looking', async () => {
    const until = new Date(house.nowMs() + 10 * MINUTE_MS).toISOString();
    await house.make('silences', {
      name: 'known',
      rules: ['errors'],
      labels: { application: 'mobile' },
      reason: 'ticket 7',
      until,
    });
    const made = await alert(threshold, { by: ['application'] });
    for (let minute = 0; minute < 12; minute++) {
      for (const application of ['mobile', 'web']) calls(10, { application, status: 503 });
      await house.pass();
      if (minute === 0) {
        expect(house.subjects()).toEqual(['[Firing] errors: application web (warning, default)']);
        expect((await status(made))['keys']).toMatchObject([
          { silencedBy: 'known' },
          { labels: { application: 'web' } },
        ]);
      }
      if (minute === 8) expect(house.subjects()).toEqual([]);
    }
    // It goes on, and the silence is over.
    expect(house.subjects()).toEqual(['[Firing] errors: application mobile (warning, default)']);
  });
});

describe('a contact', () => {
  const test = async ({ id }: Json): Promise<Json> => (await house.test.call('POST', `${W}/contacts/${id}/test`)).body;

  it('is tried by a button, which says what became of it', async () => {
    const mail = await house.make('contacts', { name: 'two', emails: ['a@example.com', 'b@example.com'] });
    expect(await test(mail)).toMatchObject({
      delivered: true,
      results: [
        { to: 'a@example.com', delivered: true },
        { to: 'b@example.com', delivered: true },
      ],
    });
    expect(house.subjects()).toEqual(['[Test] two (info, default)', '[Test] two (info, default)']);
    house.post.refusal = 'the mailbox is full';
    expect((await test(mail))['results'][0]).toMatchObject({
      delivered: false,
      error: expect.stringContaining('the mailbox is full'),
    });
    const hook = await house.make('contacts', { name: 'hook', webhook: { url: house.hooks.url, secret: SECRET } });
    expect(await test(hook)).toMatchObject({ delivered: true });
    expect(house.received.at(-1)).toMatchObject({ isSigned: true, body: { type: 'contact.test' } });
    house.hooks.status = 500;
    expect(await test(hook)).toMatchObject({ delivered: false, results: [{ error: 'it answered 500' }] });
  });

  it('keeps its secrets to itself', async () => {
    const url = `${house.hooks.url}/services/secret-of-slack`;
    const chat = await house.make('contacts', { name: 'chat', slackUrl: url });
    const hook = await house.make('contacts', { name: 'hook', webhook: { url: house.hooks.url, secret: SECRET } });
    expect([chat['slackUrl'], hook['webhook']]).toEqual(['***', { url: house.hooks.url, secret: '***' }]);
    const audit = JSON.stringify(await house.get('/audit'));
    expect(audit).toContain('contact.create');
    expect(audit).not.toContain('secret-of-slack');
    expect(audit).not.toContain(SECRET);
    const body = { title: 'Chat', slackUrl: '***' };
    const changed = await house.test.call('PATCH', `${W}/contacts/${chat.id}`, {
      body,
      headers: { 'if-match': '"1"' },
    });
    expect(changed.status).toBe(200);
    expect(await test(chat)).toMatchObject({ delivered: true });
    expect(house.received.at(-1)?.path).toBe('/services/secret-of-slack');
  });

  it('that is given up shows among the failures, and no other delivery waits for it', async () => {
    house.hooks.status = 500;
    await house.make('contacts', { name: 'hook', webhook: { url: house.hooks.url, secret: SECRET } });
    await alert(threshold, { contacts: ['hook', 'ops'], repeatSeconds: 0 });
    calls(1000, { status: 503 });
    await house.pass();
    expect(house.subjects()).toHaveLength(1);
    await house.pass(24 * 60);
    const [failure] = (await house.get('/failures')).items;
    expect(failure).toMatchObject({ topic: 'alert.firing', error: 'it answered 500' });
  });
});

describe('what is refused', () => {
  const CASES: readonly (readonly [name: string, plural: string, body: object, says: string])[] = [
    ['an alert without a condition', 'alerts', { condition: {} }, '/condition say exactly one of'],
    [
      'an alert with two',
      'alerts',
      { condition: { ...threshold, absence: { windowSeconds: 60 } } },
      '/condition say exactly one of',
    ],
    [
      'a threshold without a limit',
      'alerts',
      { condition: { threshold: { metric: 'calls', windowSeconds: 60 } } },
      '/condition/threshold',
    ],
    [
      'a metric that there is not',
      'alerts',
      { condition: { threshold: { metric: 'x', above: 1, windowSeconds: 60 } } },
      'metric',
    ],
    [
      'a contact that there is not',
      'alerts',
      { condition: threshold, contacts: ['nobody'] },
      'there is no contact nobody',
    ],
    ['a version of no api', 'alerts', { condition: threshold, version: '1' }, '/version name its api'],
    ['a forecast by something', 'alerts', { condition: { forecast: { quota: 'gold' } }, by: ['api'] }, '/by'],
    [
      'a contact of two kinds',
      'contacts',
      { emails: ['a@example.com'], slackUrl: 'https://example.com' },
      'exactly one of',
    ],
    ['a contact of none', 'contacts', {}, 'exactly one of'],
    ['a silence without an end', 'silences', { reason: 'x' }, '/until'],
    [
      'a silence on Mars',
      'silences',
      { reason: 'x', weekly: { days: ['mon'], at: '10:00', minutes: 5, timeZone: 'Mars' } },
      'time zone',
    ],
    ['an objective of nothing', 'objectives', { target: 99 }, 'name an api, or a plan'],
    ['latencies that nobody can tell', 'objectives', { api: 'x', target: 99.99, latencyMs: 10 }, '/target'],
  ];
  it.each(CASES)('%s', async (_, plural, body, says) => {
    const reply = await house.test.call('POST', `${W}/${plural}`, { body: { name: 'wrong', ...body } });
    expect([reply.status, reply.body.detail]).toEqual([422, expect.stringContaining(says)]);
  });

  it('to delete or to rename a contact that is named', async () => {
    await alert(threshold);
    const [ops] = (await house.get('/contacts')).items;
    const headers = { 'if-match': '"1"' };
    const gone = await house.test.call('DELETE', `${W}/contacts/${ops?.id}`, { headers });
    const renamed = await house.test.call('PATCH', `${W}/contacts/${ops?.id}`, { headers, body: { name: 'other' } });
    expect([gone.status, renamed.status, gone.body.detail]).toEqual([
      409,
      409,
      'the alert errors needs it, change or delete that first',
    ]);
  });
});

it('of an alert that is deleted or disabled nothing is known any more', async () => {
  const made = await alert(threshold);
  calls(10, { status: 503 });
  await house.pass();
  const headers = { 'if-match': '"1"' };
  await house.test.call('PATCH', `${W}/alerts/${made.id}`, { headers, body: { disabled: true } });
  await house.pass();
  expect(await status(made)).toMatchObject({ state: 'disabled', keys: [], history: [] });
  expect(house.subjects()).toHaveLength(1);
});

it('a team looks after the alerts of its own apis, and no others', async () => {
  const { test } = house;
  const team = await house.make('teams', { name: 'users' });
  await house.make('apis', { name: 'users', team: team.id });
  await house.make('apis', { name: 'orders' });
  const grants = [{ role: 'publisher', workspace: 'default', team: team.id }];
  const user = (await test.call('POST', '/users', { body: { name: 'u@example.com', grants } })).body;
  const { token } = (await test.call('POST', '/tokens', { body: { name: 't', user: user.id } })).body;
  const make = async (name: string, fields: object): Promise<number> =>
    (await test.call('POST', `${W}/alerts`, { token, body: { name, condition: threshold, ...fields } })).status;
  expect([await make('own', { api: 'users' }), await make('other', { api: 'orders' }), await make('all', {})]).toEqual([
    201, 403, 403,
  ]);
  await alert(threshold, { name: 'all' });
  expect((await test.call('GET', `${W}/alerts`, { token })).body.items.map(({ name }: Json) => name)).toEqual(['own']);
  calls(10, { status: 503 });
  await house.pass();
  expect((await test.call('GET', `${W}/alerts/firing`, { token })).body.items).toEqual([]);
  expect((await house.get('/alerts/firing')).items).toHaveLength(1);
  const silence = async (fields: object): Promise<number> =>
    (
      await test.call('POST', `${W}/silences`, {
        token,
        body: { name: `s${Object.keys(fields).length}`, reason: 'x', until: '2027-01-01T00:00:00Z', ...fields },
      })
    ).status;
  expect([await silence({ rules: ['own'] }), await silence({ rules: ['own', 'all'] }), await silence({})]).toEqual([
    201, 403, 403,
  ]);
});
