import { beforeEach, describe, expect, it } from 'vitest';
import { openAlertHouse, W, type AlertHouse } from './alert-house.ts';
import type { Json } from './house.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let house: AlertHouse;
let version: Json;
beforeEach(async () => {
  house = await openAlertHouse();
  await house.make('contacts', { name: 'ops', emails: ['ops@example.com'] });
  const api = await house.make('apis', { name: 'users' });
  version = await house.make('versions', { name: '1', api: api.id, spec: { upstream: 'http://h', basePath: '/v1' } });
});

const objective = async (fields: object = {}): Promise<Json> =>
  house.make('objectives', { name: 'availability', api: 'users', target: 99, contacts: ['ops'], ...fields });
const status = async ({ id }: Json): Promise<Json> => house.get(`/objectives/${id}/status`);
const budget = async ({ id }: Json): Promise<Json> => house.get(`/objectives/${id}/budget`);
const firing = async (made: Json): Promise<readonly string[]> =>
  (await status(made))['keys'].filter(({ state }: Json) => state === 'firing').map((key: Json) => key['labels'].burn);
/** From so many days ago until now. */
const calls = (count: number, days: number, like: object): void =>
  house.calls.addMany(
    count,
    { fromMs: house.nowMs() - days * DAY_MS, toMs: house.nowMs() },
    { api: 'users-1', ...like },
  );
/** Those that fail were not the only ones. */
const minute = (good: number, bad: number): void => {
  const period = { fromMs: house.nowMs(), toMs: house.nowMs() + MINUTE_MS / 2 };
  house.calls.addMany(good, period, { api: 'users-1' });
  house.calls.addMany(bad, period, { api: 'users-1', status: 502, code: 'upstream.broken' });
};

describe('an objective', () => {
  it('pages when its budget burns fast, and by a ticket when it burns slowly', async () => {
    const made = await objective();
    calls(10_000, 28, {});
    await house.pass();
    expect(await firing(made)).toEqual([]);
    // A fifth of an hour's calls fails: 20 times too fast, and over days not worth a word.
    for (let passed = 0; passed < 60; passed++) {
      minute(8, 2);
      await house.pass();
    }
    expect(await firing(made)).toContain('14.4x');
    expect(house.subjects()[0]).toContain('[Firing] availability');
    expect(house.post.read.join('')).toContain('(critical, default)');
    // Half a minute of the last five is enough to see that it is over.
    await house.pass(8);
    expect(await firing(made)).not.toContain('14.4x');
  });

  it('finds what burns slowly over days', async () => {
    const made = await objective();
    calls(9600, 3, {});
    calls(400, 3, { status: 503, code: 'upstream.unhealthy' });
    await house.pass(3);
    expect(await firing(made)).toEqual(['3x', '1x']);
    expect(house.subjects()).toEqual(['[Firing] availability: 2 keys (warning, default)']);
  });

  it('counts neither what callers did wrong nor what others call', async () => {
    const made = await objective();
    calls(100, 1, {});
    calls(900, 1, { status: 429, code: 'limit.rate' });
    // It is of no api, as nobody has come so far.
    calls(900, 1, { api: undefined, status: 501, code: 'request.method_unsupported' });
    calls(900, 1, { api: 'orders-1', status: 503 });
    await house.pass();
    expect(await budget(made)).toMatchObject({ calls: 100, bad: 0, left: 1, badLeft: 1, good: 1 });
  });

  it('shows how its budget was spent', async () => {
    const made = await objective({ windowDays: 7 });
    calls(1000, 7, {});
    calls(5, 1, { status: 500 });
    const { left, good, series, bad } = await budget(made);
    expect([bad, left, good]).toEqual([5, expect.closeTo(1 - 5 / 10.05, 6), expect.closeTo(1000 / 1005, 6)]);
    expect(series.length).toBeGreaterThan(24);
    expect([series[0].left, series.at(-1).left]).toEqual([1, left]);
  });

  it('may be about how long calls take', async () => {
    const made = await objective({ name: 'latency', latencyMs: 200, target: 95 });
    calls(900, 1, { durationMs: 100 });
    calls(100, 1, { durationMs: 1000 });
    await house.pass();
    const found = await budget(made);
    expect(found['calls']).toBe(1000);
    // Between two quantiles it is an estimate: 10 % are slow, and p90 and p95 say 5 to 10 %.
    expect(found['bad']).toBeGreaterThan(50);
    expect(found['bad']).toBeLessThanOrEqual(100);
    expect(await firing(made)).toEqual(['1x']);
  });

  it('may be of a plan', async () => {
    const made = await house.make('objectives', { name: 'gold', plan: 'gold', target: 99 });
    calls(100, 1, { plan: 'gold' });
    calls(100, 1, { plan: 'silver', status: 503 });
    expect(await budget(made)).toMatchObject({ calls: 100, bad: 0 });
  });

  it('without calls has all of its budget', async () => {
    const made = await objective();
    await house.pass();
    expect(await budget(made)).toMatchObject({ calls: 0, left: 1, badLeft: 0 });
    expect(await status(made)).toMatchObject({ state: 'ok' });
  });
});

describe('as a gate', () => {
  const person = async (name: string, role: string): Promise<string> => {
    const user = (
      await house.test.call('POST', '/users', { body: { name: `${name}@example.com`, grants: [{ role }] } })
    ).body;
    return (await house.test.call('POST', '/tokens', { body: { name: 't', user: user.id } })).body.token;
  };
  const publish = async (body: object = {}): Promise<Json> =>
    (await house.test.call('POST', `${W}/versions/${version.id}/publish`, { body })).body;
  /** A revision that is approved. */
  const revision = async (reviewer: string): Promise<string> => {
    const { id } = await house.make('revisions', { version: version.id });
    const reply = await house.test.call('POST', `${W}/revisions/${id}/approve`, { body: {}, token: reviewer });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return id;
  };
  const spend = async (): Promise<void> => {
    calls(100, 1, {});
    calls(50, 1, { status: 503 });
    await house.pass();
  };

  it('keeps what is new from callers while the budget is spent, and lets them have back what was', async () => {
    const reviewer = await person('reviewer', 'reviewer');
    await objective({ gate: true });
    const first = await revision(reviewer);
    expect((await publish()).state).toBe('published');
    const second = await revision(reviewer);
    expect((await publish()).state).toBe('published');
    const third = await revision(reviewer);
    await spend();
    const refused = await publish();
    expect(refused).toMatchObject({ code: 'admin.standards', objectives: [{ objective: 'availability' }] });
    expect(refused.detail).toContain('budget:availability');
    const canary = await house.test.call('POST', `${W}/deployments`, {
      body: { version: version.id, revision: third, weight: 100 },
    });
    expect(canary.body.code).toBe('admin.standards');
    expect((await publish({ revision: first })).state).toBe('published');
    expect((await publish({ revision: second })).state).toBe('published');
  });

  it('gives way to a waiver that two others have agreed to', async () => {
    const [one, two] = [await person('one', 'reviewer'), await person('two', 'reviewer')];
    await objective({ gate: true });
    await revision(one);
    await spend();
    expect((await publish()).code).toBe('admin.standards');
    const expiresAt = new Date(house.nowMs() + DAY_MS).toISOString();
    const body = {
      version: version.id,
      rule: 'budget:availability',
      path: '',
      reason: 'it is the fix that we need',
      expiresAt,
    };
    const waiver = await house.make('waivers', body);
    const approve = async (token: string): Promise<void> => {
      const [waiting] = (await house.test.call('GET', '/approvals', { token })).body.items;
      await house.test.call('POST', `${W}/approvals/${waiting?.id}/approve`, { body: {}, token });
    };
    await approve(one);
    expect((await publish()).code).toBe('admin.standards');
    await approve(two);
    expect((await house.get(`/waivers/${waiver.id}`)).state).toBe('approved');
    expect((await publish()).state).toBe('published');
  });

  it('keeps nobody from anything where it is not asked to, of another version, or where nobody has looked for an hour', async () => {
    const reviewer = await person('reviewer', 'reviewer');
    await objective();
    const gate = await objective({ name: 'gate', gate: true });
    await revision(reviewer);
    await spend();
    house.test.clock.nowMs += 2 * 3_600_000;
    expect((await publish()).state).toBe('published');
    await revision(reviewer);
    calls(50, 1, { status: 503 });
    await house.pass();
    expect((await publish()).code).toBe('admin.standards');
    const change = { headers: { 'if-match': '"1"' }, body: { version: '2' } };
    expect((await house.test.call('PATCH', `${W}/objectives/${gate.id}`, change)).status).toBe(200);
    expect((await publish()).state).toBe('published');
  });
});
