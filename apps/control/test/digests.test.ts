import { sendDigests } from '@gatehouse/services';
import { beforeEach, expect, it } from 'vitest';
import { openAlertHouse, W, type AlertHouse } from './alert-house.ts';
import type { Json } from './house.ts';

const DAY_MS = 86_400_000;

let house: AlertHouse;
/** The clock of tests begins at noon of 2026-11-26. */
beforeEach(async () => {
  house = await openAlertHouse();
  await house.make('contacts', { name: 'ops', emails: ['ops@example.com'] });
});

const digest = async (fields: object = {}): Promise<Json> =>
  house.make('digests', { name: 'daily', contacts: ['ops'], hour: 8, timeZone: 'Europe/Vienna', ...fields });
const day = (date: string): { fromMs: number; toMs: number } => {
  const fromMs = Date.parse(`${date}T00:00:00+01:00`);
  return { fromMs, toMs: fromMs + DAY_MS };
};

it('a digest comes each day at its hour there, once, and not on the day on which it was made too late', async () => {
  await digest();
  expect(await house.digestsAt('2026-11-26T22:00:00Z')).toBe(0);
  expect(await house.digestsAt('2026-11-27T06:59:00Z')).toBe(0);
  expect(await house.digestsAt('2026-11-27T07:00:00Z')).toBe(1);
  expect(await house.digestsAt('2026-11-27T07:01:00Z')).toBe(0);
  // Late, as after a night without the control plane.
  expect(await house.digestsAt('2026-11-28T15:00:00Z')).toBe(1);
  expect(house.subjects()).toEqual([
    'Digest of default for 2026-11-26: 0 calls, 0 errors',
    'Digest of default for 2026-11-27: 0 calls, 0 errors',
  ]);
});

it('several control planes send it once', async () => {
  await digest();
  house.test.clock.nowMs = Date.parse('2026-11-27T07:00:00Z');
  const sent = await Promise.all([1, 2, 3].map(async () => sendDigests(house.test.house)));
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1);
});

it('nothing is sent where there are no records, and a failure is tried again', async () => {
  await digest();
  const bare = { ...house.test.house };
  delete bare.analytics;
  house.test.clock.nowMs = Date.parse('2026-11-27T07:00:00Z');
  expect(await sendDigests(bare)).toBe(0);
  house.calls.problem = 'the disk is gone';
  expect(await house.digestsAt('2026-11-27T07:01:00Z')).toBe(0);
  house.calls.problem = undefined;
  expect(await house.digestsAt('2026-11-27T07:02:00Z')).toBe(1);
});

it('a digest tells of the day, of its movers, and of what wants to be seen to', async () => {
  const made = await digest();
  const { test, calls } = house;
  const api = await house.make('apis', { name: 'users' });
  const version = await house.make('versions', {
    name: '1',
    api: api.id,
    spec: { upstream: 'http://h', basePath: '/v1' },
  });
  await house.make('objectives', { name: 'availability', api: 'users', target: 99 });
  const application = await house.make('applications', { name: 'mobile' });
  test.clock.nowMs = Date.parse('2026-06-01T12:00:00Z');
  for (const name of ['used', 'unused']) await house.make('credentials', { name, application: application.id });
  test.clock.nowMs = Date.parse('2026-11-26T12:00:00Z');
  await house.make('credentials', { name: 'young', application: application.id, expiresAt: '2026-12-01T00:00:00Z' });
  const reviewer = (
    await test.call('POST', '/users', { body: { name: 'r@example.com', grants: [{ role: 'reviewer' }] } })
  ).body;
  const { token } = (await test.call('POST', '/tokens', { body: { name: 't', user: reviewer.id } })).body;
  const revision = await house.make('revisions', { version: version.id });
  await test.call('POST', `${W}/revisions/${revision.id}/approve`, { body: {}, token });
  await test.call('POST', `${W}/versions/${version.id}/publish`, { body: {} });
  await test.call('POST', `${W}/versions/${version.id}/deprecate`, { body: { sunset: '2027-06-01T00:00:00Z' } });
  const like = { api: 'users-1', application: 'mobile', credential: 'used' };
  calls.addMany(1, day('2026-08-01'), like);
  calls.addMany(1, day('2026-11-20'), like);
  calls.addMany(100, day('2026-11-25'), { ...like, durationMs: 20 });
  calls.addMany(240, day('2026-11-26'), { ...like, durationMs: 30 });
  calls.addMany(10, day('2026-11-26'), { ...like, status: 503, durationMs: 30, aiCostMicroUsd: 150_000 });
  calls.addMany(5, day('2026-11-26'), { api: 'acme.users-1', application: 'acme.mobile' });
  await test.call('POST', '/workspaces', { body: { name: 'acme' } });
  test.clock.nowMs = Date.parse('2026-11-27T06:55:00Z');
  await house.pass();
  house.subjects();
  expect(await house.digestsAt('2026-11-27T07:00:00Z')).toBe(1);
  expect(house.subjects()).toEqual(['Digest of default for 2026-11-26: 250 calls, 10 errors']);
  const [, text = ''] = /text\/plain[^]*?\n\n([^]*?)\n--/.exec(house.post.read.at(-1) ?? '') ?? [];
  expect(text).toContain('- Calls: that day: 250, to the day before: +150%');
  expect(text).toContain('- Cost of models: that day: $1.50');
  expect(text).toContain('- users-1: calls: 250, the day before: 100');
  expect(text).toContain('- availability: left of its error budget: -1');
  expect(text).toContain('- credential young, application mobile: on: 2026-12-01');
  expect(text).toContain('- users 1: by: mobile, calls in seven days: 350');
  expect(text).toContain('- mobile: key: unused, made on: 2026-06-01');
  expect(text).not.toContain('key: used');
  expect(text).not.toContain('acme');
  const preview = await house.get(`/digests/${made.id}/preview`);
  expect(preview['subject']).toBe('Digest of default for 2026-11-26: 250 calls, 10 errors');
  expect(preview['html']).toContain('<table');
  expect(house.subjects()).toEqual([]);
});

it('says nothing of unused keys where records do not go back that far', async () => {
  await digest();
  const application = await house.make('applications', { name: 'mobile' });
  house.test.clock.nowMs = Date.parse('2026-06-01T12:00:00Z');
  await house.make('credentials', { name: 'old', application: application.id });
  house.calls.addMany(10, day('2026-11-26'), { api: 'users-1' });
  await house.digestsAt('2026-11-27T07:00:00Z');
  expect(house.post.read.at(-1)).not.toContain('nobody has used');
});
