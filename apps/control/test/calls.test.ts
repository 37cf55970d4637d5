import { linesOf, sampleCalls } from '@gatehouse/analytics/testing';
import { bodyKey, bodyLine, sealBody } from '@gatehouse/record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHouse, type Reply, type TestHouse } from './house.ts';
import { Askers, keptCalls, type KeptCalls } from './kept-calls.ts';
import { storeAnalytics } from './store-analytics.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;
const records = sampleCalls({ count: 500, fromMs: NOW_MS - 12 * HOUR_MS, toMs: NOW_MS }).map((record) => ({
  ...record,
  node: 'gate',
}));
const ofWeb = records.filter(({ application }) => application === 'web');
const ofOther = records.filter(({ api, application }) => api === 'other.billing' || application === 'other.batch');

const KEY = bodyKey(Buffer.alloc(32, 3));
let test: TestHouse;
let kept: KeptCalls;
let askers: Askers;

beforeAll(async () => {
  kept = await keptCalls(records);
  const { store, folder } = kept;
  test = await openTestHouse(':memory:', { analytics: storeAnalytics(store, { folder, coming: records, key: KEY }) });
  askers = new Askers(test);
  await askers.make('/workspaces', { name: 'other' });
  const team = await askers.make('/workspaces/default/teams', { name: 'core' });
  await askers.make('/workspaces/default/teams', { name: 'elsewhere' });
  await askers.make('/workspaces/default/applications', { name: 'web', team: team.id });
  await askers.give('viewer', [{ role: 'viewer', workspace: 'default' }]);
  await askers.give('other', [{ role: 'viewer', workspace: 'other' }]);
  await askers.give('member', [{ role: 'developer', workspace: 'default', team: team.id }]);
  await askers.give('nobody', []);
});

afterAll(async () => {
  await test.close();
  await kept.close();
});

const get = async (at: string, as?: string): Promise<Reply> => askers.get(at, as);

describe('records', () => {
  it('are searched page by page', async () => {
    const { body: first } = await get('/records?limit=300');
    const { body: second } = await get(`/records?limit=300&cursor=${first.next ?? ''}`);
    expect(first['records']).toHaveLength(300);
    expect(second['records']).toHaveLength(200);
    expect(second.next).toBeUndefined();
  });

  it.each([
    [
      'application=web&status=429',
      ({ application, status }: (typeof records)[number]) => application === 'web' && status === 429,
    ],
    ['api=users,orders', ({ api }: (typeof records)[number]) => api === 'users' || api === 'orders'],
    ['api=!users', ({ api }: (typeof records)[number]) => api !== 'users'],
    ['application=', ({ application }: (typeof records)[number]) => application === undefined],
    [
      'statusClass=5xx&slowerThan=5ms',
      ({ status, durationMs }: (typeof records)[number]) => status >= 500 && durationMs >= 5,
    ],
    ['path=things/1', ({ path: at }: (typeof records)[number]) => at.includes('things/1')],
    ['from=2h', ({ time }: (typeof records)[number]) => time >= NOW_MS - 2 * HOUR_MS],
    [
      'from=2026-11-26T01:00:00Z&to=2026-11-26T02:30:00%2B01:00',
      ({ time }: (typeof records)[number]) => time >= NOW_MS - 11 * HOUR_MS && time < NOW_MS - 10.5 * HOUR_MS,
    ],
  ])('are found by %s', async (query, isAsked) => {
    const { status, body } = await get(`/records?limit=1000&${query}`);
    expect(status).toBe(200);
    expect(body['records']).toHaveLength(records.filter(isAsked).length);
  });

  it.each([
    'stauts=200',
    'limit=0',
    'limit=1001',
    'limit=x',
    'cursor=%%',
    'cursor=abc',
    'from=yesterday',
    'to=2026-13-41',
    'from=1h&to=2h',
    'slowerThan=quick',
    `api=${'a,'.repeat(200)}`,
  ])('refuse %s, and say what would be right', async (query) => {
    const { status, body } = await get(`/records?${query}`);
    expect([400, 422]).toContain(status);
    expect(body.detail.length).toBeGreaterThan(10);
  });

  it('are shown one by one', async () => {
    const [record] = records;
    const { story, ...shown } = (await get(`/records/${record?.id ?? ''}`)).body;
    expect(shown).toEqual(JSON.parse(JSON.stringify(record)));
    expect(story.length).toBeGreaterThan(0);
    expect((await get('/records/nobody')).status).toBe(404);
  });

  it('are followed as they come', async () => {
    const { body } = await get('/records/live?application=web');
    expect(body['lines']).toHaveLength(ofWeb.length);
  });

  it('are taken away as a table, without what a spreadsheet would run', async () => {
    const [sample] = sampleCalls({ count: 1, fromMs: NOW_MS - 40 * 24 * HOUR_MS, toMs: NOW_MS - 39 * 24 * HOUR_MS });
    if (sample === undefined) expect.fail('no sample');
    const lines = linesOf([{ ...sample, userAgent: '=cmd|calc', path: '/a,"b"' }]);
    await kept.store.append({ node: 'gate', lines, next: { sequence: 1, offset: 10 }, holes: [] });
    const reply = await test.app.inject({
      url: '/api/v1/records/export?from=41d&to=38d&format=csv',
      headers: { authorization: 'Bearer an-administrator-for-tests' },
    });
    expect(reply.headers['content-disposition']).toMatch(/^attachment; filename="records-2026-10-16\.csv"$/);
    const [head = '', row = ''] = reply.body.split('\n');
    expect(head).toMatch(/^node,id,time,/);
    expect(row).toContain(`"'=cmd|calc"`.replaceAll('"', ''));
    expect(row).toContain('"/a,""b"""');
  });

  it('are taken away as Parquet', async () => {
    const reply = await test.app.inject({
      url: '/api/v1/records/export?from=24h',
      headers: { authorization: 'Bearer an-administrator-for-tests' },
    });
    expect(reply.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
  });
});

describe('bodies', () => {
  it('are shown to who has the right by its name, and the audit tells of it', async () => {
    const record = records.find(({ api }) => api === 'users');
    if (record === undefined) expect.fail('no record');
    const { id, time } = record;
    const place = { id, side: 'request' } as const;
    const sealed = sealBody({ head: { why: 'sampled' }, text: '{"a":1}' }, place, KEY);
    const line = {
      body: true,
      ...place,
      time,
      worker: 0,
      type: 'application/json',
      bytes: 7,
      cut: false,
      key: KEY.id,
      sealed,
    } as const;
    const unopened = { ...line, side: 'response', key: 'another' } as const;
    const lines = Buffer.from(bodyLine(line) + bodyLine(unopened));
    expect(await kept.store.append({ node: 'gate', lines, next: { sequence: 1, offset: 11 }, holes: [] })).toEqual({
      records: 0,
      unreadable: 0,
    });
    const { status, body } = await get(`/workspaces/default/records/${id}/bodies`);
    expect(status).toBe(200);
    expect(body['bodies']).toEqual([
      { side: 'request', type: 'application/json', bytes: 7, cut: false, head: { why: 'sampled' }, text: '{"a":1}' },
      { side: 'response', type: 'application/json', bytes: 7, cut: false },
    ]);
    const { body: audit } = await get('/workspaces/default/audit?limit=200');
    expect(audit.items.at(-1)).toMatchObject({ action: 'bodies.read', entity: { kind: 'record', id } });
    for (const who of ['viewer', 'member', 'other', 'nobody'])
      expect((await get(`/workspaces/default/records/${id}/bodies`, who)).status).toBe(403);
  });
});

describe('analytics', () => {
  it('sum up over time and by what is asked', async () => {
    const { body } = await get('/analytics?metrics=calls,duration.p99&by=api&step=1h&from=12h');
    const calls = body['rows'].map((row: { values: { calls: number } }) => row.values.calls);
    expect(calls.reduce((sum: number, each: number) => sum + each, 0)).toBe(500);
  });

  it('give the largest first', async () => {
    const { body } = await get('/analytics?metrics=calls&by=application&top=1');
    expect(body['rows']).toHaveLength(1);
  });

  it.each([
    'metrics=speed',
    'by=colour',
    'step=1ms',
    'step=0',
    'order=speed',
    'top=0',
    'step=1s&from=30d',
    'metrics=',
    'b=1',
  ])('refuse %s', async (query) => {
    const { status } = await get(`/analytics?${query}`);
    expect(status).toBe(422);
  });
});

describe('whose calls they are', () => {
  const seen = async (at: string, as?: string): Promise<number> =>
    (await get(`${at}?limit=1000`, as)).body['records'].length;

  it('shows all to who may see all', async () => expect(await seen('/records')).toBe(500));

  it('shows a workspace what is called there, and nothing else', async () => {
    expect(await seen('/workspaces/default/records', 'viewer')).toBe(500 - ofOther.length);
    expect(await seen('/workspaces/other/records', 'other')).toBe(ofOther.length);
    expect((await get('/workspaces/other/records', 'viewer')).status).toBe(403);
    expect((await get('/records', 'viewer')).status).toBe(403);
  });

  it('shows a team the calls of its applications, and to its apis', async () => {
    expect(await seen('/workspaces/default/records', 'member')).toBe(ofWeb.length);
    const { body } = await get('/workspaces/default/analytics?metrics=calls&by=application', 'member');
    expect(body['rows']).toEqual([{ key: { application: 'web' }, values: { calls: ofWeb.length } }]);
    const foreign = records.find(({ application }) => application === 'mobile');
    expect((await get(`/workspaces/default/records/${foreign?.id ?? ''}`, 'member')).status).toBe(404);
    const { body: live } = await get('/workspaces/default/records/live', 'member');
    expect(live['lines']).toHaveLength(ofWeb.length);
  });

  it('lets nobody take records away who may only read them', async () => {
    expect((await get('/workspaces/default/records/export', 'viewer')).status).toBe(403);
  });

  it('shows nothing to who has no right', async () => {
    for (const at of ['records', 'records/x', 'records/live', 'records/export', 'analytics'])
      expect((await get(`/workspaces/default/${at}`, 'nobody')).status).toBe(403);
  });
});

describe('without records', () => {
  it('says that there are none', async () => {
    const bare = await openTestHouse();
    const { status, body } = await bare.call('GET', '/records');
    expect([status, body.code]).toEqual([503, 'admin.unavailable']);
    await bare.close();
  });
});
