import { verifyLedgerLines } from '@gatehouse/analytics';
import { sampleCalls } from '@gatehouse/analytics/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cataloguePrices } from '../src/catalogue-prices.ts';
import { openTestHouse, type Json, type Reply, type TestHouse } from './house.ts';
import { Askers, keptCalls, type KeptCalls } from './kept-calls.ts';
import { storeLedger } from './store-ledger.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const HOUR_MS = 3_600_000;
const records = sampleCalls({ count: 400, fromMs: NOW_MS - 30 * HOUR_MS, toMs: NOW_MS }).map((record) =>
  record.aiCostMicroUsd !== undefined && record.application === 'other.batch'
    ? { ...record, api: 'other.models' }
    : record,
);
const priced = records.filter(({ aiCostMicroUsd }) => aiCostMicroUsd !== undefined);
type Sample = (typeof priced)[number];

let test: TestHouse;
let kept: KeptCalls;
let askers: Askers;

beforeAll(async () => {
  kept = await keptCalls(records);
  const { store, folder } = kept;
  test = await openTestHouse(':memory:', { ledger: storeLedger(store.ledger, folder), prices: cataloguePrices });
  askers = new Askers(test);
  await askers.make('/workspaces', { name: 'other' });
  const team = await askers.make('/workspaces/default/teams', { name: 'core' });
  await askers.make('/workspaces/default/applications', { name: 'web', team: team.id });
  await askers.give('viewer', [{ role: 'viewer' }]);
  await askers.give('publisher', [{ role: 'publisher', workspace: 'default' }]);
  await askers.give('other', [{ role: 'admin', workspace: 'other' }]);
  await askers.give('member', [{ role: 'developer', workspace: 'default', team: team.id }]);
  await askers.make('/roles', { name: 'bookkeeper', permissions: ['ledger:read', 'ledger:export'] });
  await askers.give('bookkeeper', [{ role: 'bookkeeper' }]);
  await askers.give('nobody', []);
});

afterAll(async () => {
  await test.close();
  await kept.close();
});

const get = async (at: string, as?: string): Promise<Reply> => askers.get(at, as);
const post = async (at: string, body: unknown, as?: string): Promise<Reply> => askers.post(at, body, as);
const raw = async (url: string, payload?: object) =>
  test.app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url: `/api/v1${url}`,
    headers: { authorization: 'Bearer an-administrator-for-tests' },
    ...(payload !== undefined && { payload }),
  });

const usd = (micro: number): string => (micro / 1e6).toFixed(6);
const costOf = (calls: readonly Sample[]): string =>
  usd(calls.reduce((sum, { aiCostMicroUsd = 0 }) => sum + aiCostMicroUsd, 0));

describe('a charge-back', () => {
  it('is by team and application, and comes to what was recorded', async () => {
    const { status, body } = await get('/ledger/charge-back');
    expect([status, body['total'].costUsd]).toEqual([200, costOf(priced)]);
    expect(body['rows']).toContainEqual(
      expect.objectContaining({
        key: { team: 'core', application: 'web' },
        costUsd: costOf(priced.filter(({ application }) => application === 'web')),
      }),
    );
  });

  it.each<[string, (call: Sample) => boolean]>([
    ['provider=openai', ({ aiProvider }) => aiProvider === 'openai'],
    ['application=web,mobile', ({ application }) => application === 'web' || application === 'mobile'],
    ['team=', ({ team }) => team === undefined],
    ['from=10h&by=provider,model', ({ time }) => time >= NOW_MS - 10 * HOUR_MS],
    ['from=2026-11-25&to=2026-11-26&by=', ({ time }) => new Date(time).toISOString().startsWith('2026-11-25')],
  ])('of %s', async (query, isAsked) => {
    const { body } = await get(`/ledger/charge-back?${query}`);
    expect(body['total'].costUsd).toBe(costOf(priced.filter(isAsked)));
  });

  it('is a table', async () => {
    const reply = await raw('/ledger/charge-back?from=2026-11-01&to=2026-12-01&by=application&format=csv');
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.headers['content-disposition']).toBe(
      'attachment; filename="charge-back-2026-11-01-to-2026-12-01.csv"',
    );
    const lines = reply.body.split('\r\n');
    expect(lines[0]).toMatch(/^application,calls,input_tokens,/);
    expect(lines.at(-2)).toMatch(new RegExp(`^total,${priced.length},.*,${costOf(priced)},0\\.000000$`));
  });

  it('is of what whoever asks may see', async () => {
    const seen = async (at: string, as: string) => (await get(`${at}/ledger/charge-back`, as)).body['total'].costUsd;
    const isOther = ({ api, application }: Sample): boolean => api === 'other.models' || application === 'other.batch';
    expect(await seen('', 'viewer')).toBe(costOf(priced));
    expect(await seen('/workspaces/default', 'publisher')).toBe(costOf(priced.filter((call) => !isOther(call))));
    expect(await seen('/workspaces/other', 'other')).toBe(costOf(priced.filter(isOther)));
    expect(await seen('/workspaces/default', 'member')).toBe(
      costOf(priced.filter(({ application }) => application === 'web')),
    );
    for (const [at, as] of [
      ['/workspaces/default', 'nobody'],
      ['/workspaces/default', 'other'],
      ['', 'publisher'],
      ['', 'member'],
    ])
      expect((await get(`${at}/ledger/charge-back`, as)).status).toBe(403);
  });

  it.each(['by=colour', 'by=team,team', 'format=xml', 'from=tomorrow', 'from=1h&to=2h', 'colour=red'])(
    'is refused for %s, with what would be right',
    async (query) => {
      const { status, body } = await get(`/ledger/charge-back?${query}`);
      expect([status, body.code]).toEqual([422, 'admin.invalid']);
    },
  );
});

describe('a ledger', () => {
  it('is verified, against heads that were kept', async () => {
    const { status, body } = await get('/ledger/verify', 'bookkeeper');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, heads: [{ node: 'gate', seq: body['rows'] }] });
    const head: string = body['heads'][0].hash;
    expect((await get(`/ledger/verify?head=${head}`, 'bookkeeper')).body['ok']).toBe(true);
    const { body: cut } = await get(`/ledger/verify?head=${head},${'0'.repeat(63)}1`);
    expect(cut).toMatchObject({ ok: false, problem: { what: expect.stringContaining('that was kept') } });
    expect((await get('/ledger/verify?head=x')).status).toBe(422);
    expect((await get('/ledger/verify', 'publisher')).status).toBe(403);
  });

  it('is taken away, and the audit says where it ended', async () => {
    const reply = await raw('/ledger/export');
    const verdict = await verifyLedgerLines(reply.body.trimEnd().split('\n'));
    expect(verdict.problem).toBeUndefined();
    const { body } = await get('/audit?limit=200');
    const entry = body.items.findLast(({ action }: Json) => action === 'ledger.export');
    expect(entry?.['details']).toEqual({ rows: verdict.rows, heads: verdict.heads });
    for (const as of ['viewer', 'publisher', 'member', 'nobody'])
      expect((await get('/ledger/export', as)).status).toBe(403);
    expect((await get('/ledger/export', 'bookkeeper')).status).toBe(200);
  });
});

describe('rating again', () => {
  const period = { from: '2026-11-26', to: '2026-11-27T00:00:00+01:00' };
  const prices = { 'openai/small': { input: '1.25', cached: 0.125, output: 10 } };

  it('appends differences once, and is audited before and after', async () => {
    const before = (await get('/ledger/charge-back?from=2026-11-01&by=provider,model')).body;
    const { body: planned } = await post('/ledger/rerate', { period, prices, dryRun: true });
    expect(planned).toMatchObject({ dryRun: true, models: [{ provider: 'openai', model: 'small' }] });
    expect((await get('/ledger/charge-back?from=2026-11-01&by=provider,model')).body).toEqual(before);
    const { status, body: done } = await post('/ledger/rerate', { period, prices });
    expect([status, done]).toEqual([200, { ...planned, dryRun: false }]);
    expect(done['total'].calls).toBeGreaterThan(0);
    const after = (await get('/ledger/charge-back?from=2026-11-01&by=provider,model')).body;
    expect(after['total'].calls).toBe(before['total'].calls);
    expect(after['total'].reratedUsd).toBe(done['total'].differenceUsd);
    const micro = (text: string): number => Math.round(Number(text) * 1e6);
    expect(micro(after['total'].costUsd) - micro(before['total'].costUsd)).toBe(micro(done['total'].differenceUsd));
    const { body: again } = await post('/ledger/rerate', { period, prices });
    expect(again['total']).toMatchObject({ calls: 0, unchanged: done['total'].calls, differenceUsd: '0.000000' });
    const { body: audit } = await get('/audit?limit=200');
    const told = audit.items
      .map(({ action }: Json) => action)
      .filter((action: string) => action.startsWith('ledger.rerate'));
    expect(told).toEqual(['ledger.rerate', 'ledger.rerated', 'ledger.rerate', 'ledger.rerated']);
    expect((await get('/ledger/verify')).body['ok']).toBe(true);
  });

  it('takes the names of prices that the catalogue has', async () => {
    const version = 'genai-prices@0.1.8/openai/gpt-5#0';
    const named = { 'anthropic/large': version };
    const { body } = await post('/ledger/rerate', {
      period,
      prices: named,
      where: { application: 'web' },
      dryRun: true,
    });
    expect(body['models']).toMatchObject([{ provider: 'anthropic', model: 'large', priceVersion: version }]);
    const unknown = await post('/ledger/rerate', { period, prices: { 'openai/small': 'genai-prices@0.0.1/x#0' } });
    expect([unknown.status, unknown.body.detail]).toEqual([422, expect.stringContaining('write them out instead')]);
  });

  it.each<[string, object]>([
    ['no prices', { period, prices: {} }],
    ['a model without a provider', { period, prices: { small: { input: 1, output: 1 } } }],
    ['a price that is none', { period, prices: { 'a/b': { input: 'cheap', output: 1 } } }],
    ['a price that is too fine', { period, prices: { 'a/b': { input: '0.0000001', output: 1 } } }],
    ['a negative price', { period, prices: { 'a/b': { input: -1, output: 1 } } }],
    ['a fee that is none', { period, prices: { 'a/b': { input: 1, output: 1, perRequest: 'x' } } }],
    ['an unknown class', { period, prices: { 'a/b': { input: 1, output: 1, colour: 1 } } }],
    ['no period', { prices }],
    ['a period that ends before it begins', { period: { from: period.to, to: period.from }, prices }],
    ['a time that is none', { period: { from: '24h', to: period.to }, prices }],
    ['an unknown condition', { period, prices, where: { colour: 'red' } }],
  ])('is refused with %s', async (_, body) => {
    const reply = await post('/ledger/rerate', body);
    expect([reply.status, reply.body.code], JSON.stringify(reply.body)).toEqual([422, 'admin.invalid']);
  });

  it('is for administrators of the house alone', async () => {
    for (const as of ['viewer', 'publisher', 'member', 'other', 'bookkeeper', 'nobody'])
      expect((await post('/ledger/rerate', { period, prices }, as)).status).toBe(403);
  });
});

describe('a reconciliation', () => {
  const day = '2026-11-25';
  const own = priced.filter(
    (call) => call.aiProvider === 'anthropic' && new Date(call.time).toISOString().startsWith(day),
  );
  const exportOf = (change: number): string =>
    ['usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_read,usage_output_tokens']
      .concat(
        own.map((call) => {
          const { aiModel, aiInputTokens = 0, aiCachedTokens = 0, aiOutputTokens = 0 } = call;
          return [day, aiModel, aiInputTokens - aiCachedTokens + change, aiCachedTokens, aiOutputTokens].join(',');
        }),
      )
      .join('\n');
  const at = '/ledger/reconcile?provider=anthropic&tolerance=0';

  it('agrees where the vendor counts what we do, and differs where not', async () => {
    const { status, body } = await post(at, { export: exportOf(0).replaceAll('-1,', '0,') });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body['rows'].map(({ day: of, model, verdict }: Json) => [of, model, verdict])).toEqual([
      [day, 'large', 'agrees'],
      [day, 'small', 'agrees'],
    ]);
    expect((await post(at, { export: exportOf(1) })).body['verdict']).toBe('differs');
    expect((await post(`${at}0`.replace('=00', '=50'), { export: exportOf(1) })).body['verdict']).toBe('agrees');
  });

  it('is told as a text and as a table', async () => {
    const text = await raw(`${at}&format=text`, { export: exportOf(0) });
    expect(text.body).toContain('ledger and export agree within 0 %\n');
    const table = await raw(`${at}&format=csv`, { export: exportOf(0) });
    expect(table.body).toMatch(/^day,model,verdict,/);
  });

  it('is of the days that are asked for', async () => {
    const { body } = await post(`${at}&from=2026-11-25&to=2026-11-27`, { export: exportOf(0) });
    expect(body['rows'].map(({ day: of, verdict }: Json) => `${of} ${verdict}`)).toContain('2026-11-26 only ours');
  });

  it('is of what whoever asks may see', async () => {
    const { body } = await post(`/workspaces/default${at}`, { export: exportOf(0) }, 'member');
    const webs = own.filter(({ application }) => application === 'web').length;
    expect(body['total'].requests.ours).toBe(String(webs));
    expect((await post(`/workspaces/default${at}`, { export: exportOf(0) }, 'nobody')).status).toBe(403);
  });

  it.each<[string, string, object]>([
    ['an unknown layout', at, { export: 'when,what\n1,2\n' }],
    ['nothing', at, { export: '' }],
    ['no day', at, { export: '{"data":[]}' }],
    ['no provider', '/ledger/reconcile', { export: exportOf(0) }],
    ['an odd tolerance', '/ledger/reconcile?provider=a&tolerance=-1', { export: exportOf(0) }],
    ['too odd a tolerance', '/ledger/reconcile?provider=a&tolerance=101', { export: exportOf(0) }],
    ['an unknown format', `${at}&format=pdf`, { export: exportOf(0) }],
    ['no export', at, {}],
  ])('is refused with %s', async (_, to, body) => {
    const reply = await post(to, body);
    expect([reply.status, reply.body.code]).toEqual([422, 'admin.invalid']);
  });

  it('says which columns an unknown layout has', async () => {
    expect((await post(at, { export: 'when,what\n1,2\n' })).body.detail).toContain('It has: when, what');
  });
});

describe('without a ledger', () => {
  it('says that there is none', async () => {
    const bare = await openTestHouse();
    const { status, body } = await bare.call('GET', '/ledger/charge-back');
    expect([status, body.code]).toEqual([503, 'admin.unavailable']);
    await bare.close();
  });
});
