import type { Aggregation } from '@gatehouse/analytics';
import { sampleCalls } from '@gatehouse/analytics/testing';
import { evaluateAlerts, type Analytics } from '@gatehouse/services';
import { RecordedCalls } from '@gatehouse/services/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openTestHouse, type Json, type TestHouse } from './house.ts';
import { keptCalls, type KeptCalls } from './kept-calls.ts';
import { storeAnalytics } from './store-analytics.ts';

/** The clock of tests says noon of 2026-11-26. */
const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const DAY_MS = 86_400_000;
const W = '/workspaces/default';
/** An hour of each of these days, up to this minute: minutes that follow each other are rolled up at once. */
const DAYS = [0, 1, 2, 6, 7, 8, 20] as const;
const records = DAYS.flatMap((day) => {
  const toMs = NOW_MS - day * DAY_MS + 60_000;
  return sampleCalls({ count: 500, fromMs: toMs - 3_600_000, toMs, seed: day + 1 });
}).map((record) => ({ ...record, node: 'gate' }));

let kept: KeptCalls;
beforeAll(async () => {
  kept = await keptCalls(records);
  await kept.store.maintain(NOW_MS);
});
afterAll(async () => kept.close());

const HOURS_S = 6 * 3600;
const ALERTS: Readonly<Record<string, object>> = {
  errors: { by: ['application'], condition: { threshold: { metric: 'errorRate', above: 0, windowSeconds: HOURS_S } } },
  slow: { by: ['api'], condition: { threshold: { metric: 'duration.p95', above: 0, windowSeconds: HOURS_S } } },
  codes: { by: ['code'], condition: { threshold: { metric: 'calls', above: 0, windowSeconds: HOURS_S } } },
  silent: { by: ['application'], condition: { absence: { windowSeconds: 60 } } },
  change: {
    by: ['api', 'method'],
    condition: { change: { metric: 'calls', windowSeconds: HOURS_S, against: 'week', percent: 5 } },
  },
  spent: { condition: { forecast: { budget: 'models' } } },
  own: {
    api: 'users',
    by: ['status'],
    condition: { threshold: { metric: 'calls', above: 0, windowSeconds: HOURS_S } },
  },
};

/** What is seen by asking these records: keys with their numbers, error budgets, a digest. */
async function seenBy(analytics: Analytics): Promise<Readonly<Record<string, Json>>> {
  const test = await openTestHouse(':memory:', { analytics });
  onTestFinished(async () => test.close());
  const make = async (plural: string, body: object): Promise<Json> => {
    const reply = await test.call('POST', `${W}/${plural}`, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  };
  await test.call('POST', '/workspaces', { body: { name: 'other' } });
  const api = await make('apis', { name: 'users' });
  await make('versions', { name: '1', api: api.id, spec: { upstream: 'http://h' } });
  await make('budgets', { name: 'models', spec: { of: 'provider', usd: 0.01, per: 'month' } });
  await make('contacts', { name: 'ops', emails: ['ops@example.com'] });
  const paths: Record<string, string> = {};
  for (const [name, fields] of Object.entries(ALERTS))
    paths[name] = `alerts/${(await make('alerts', { name, ...fields })).id}/status`;
  paths['availability'] = `objectives/${(await make('objectives', { name: 'a', api: 'users', target: 90 })).id}/budget`;
  const latency = { name: 'l', api: 'users', target: 90, latencyMs: 50 };
  paths['latency'] = `objectives/${(await make('objectives', latency)).id}/budget`;
  paths['digest'] = `digests/${(await make('digests', { name: 'd', contacts: ['ops'], hour: 8 })).id}/preview`;
  test.clock.nowMs += 60_000;
  expect(await evaluateAlerts(test.house)).toEqual({ looks: Object.keys(ALERTS).length + 2, failed: 0 });
  return answersOf(test, paths);
}

async function answersOf(test: TestHouse, paths: Readonly<Record<string, string>>): Promise<Record<string, Json>> {
  const answers: Record<string, Json> = {};
  for (const [name, at] of Object.entries(paths)) answers[name] = (await test.call('GET', `${W}/${at}`)).body;
  return answers;
}

/** Percentiles of the store are those of buckets. */
const near = (value: number): unknown => expect.closeTo(value, Math.abs(value) < 1 ? 1 : -Math.log10(value * 0.2));

it('the store of records leads to what counting call by call leads to', async () => {
  const counted = new RecordedCalls();
  counted.add(...records);
  const [plain, stored] = [await seenBy(counted), await seenBy(storeAnalytics(kept.store, kept))];
  const keysOf = (seen: Readonly<Record<string, Json>>, name: string): readonly (readonly unknown[])[] =>
    (seen[name]?.['keys'] ?? [])
      .toSorted((a: Json, b: Json) => (JSON.stringify(a['labels']) < JSON.stringify(b['labels']) ? -1 : 1))
      .map((key: Json) => [key['labels'], key.state, key['value']]);
  for (const name of Object.keys(ALERTS)) {
    const expected = keysOf(plain, name);
    if (name !== 'silent') expect([name, expected.length]).not.toEqual([name, 0]);
    const isTime = name === 'slow';
    expect([name, keysOf(stored, name)]).toEqual([
      name,
      isTime ? expected.map(([labels, state, value]) => [labels, state, near(Number(value))]) : expected,
    ]);
  }
  expect(stored['availability']).toEqual(plain['availability']);
  expect(plain['availability']?.['bad']).toBeGreaterThan(10);
  const [exact, estimated] = [plain['latency'], stored['latency']];
  expect(estimated?.['calls']).toBe(exact?.['calls']);
  expect(estimated?.['good']).toBeCloseTo(exact?.['good'], 1);
  const figures = (seen: Readonly<Record<string, Json>>): readonly Json[] => seen['digest']?.['data'].figures;
  for (const [index, { name, value, before, week }] of figures(plain).entries()) {
    const same =
      name === 'p95'
        ? { value: near(value), before: near(Number(before)), week: near(Number(week)) }
        : { value, before, week };
    expect(figures(stored)[index]).toEqual({ name, ...same });
  }
  expect(stored['digest']?.['data'].movers).toEqual(plain['digest']?.['data'].movers);
});

it('what is asked each minute over weeks is read off roll-ups', async () => {
  const asked: { readonly query: Aggregation; readonly source: string }[] = [];
  const analytics = storeAnalytics(kept.store, kept);
  const aggregate: Analytics['aggregate'] = async (query) => {
    const answer = await analytics.aggregate(query);
    asked.push({ query, source: answer.source });
    return answer;
  };
  await seenBy({ ...analytics, aggregate });
  const long = asked.filter(({ query: { period } }) => period.toMs - period.fromMs > 2 * DAY_MS);
  expect(long.length).toBeGreaterThan(6);
  for (const { query, source } of long)
    expect([query.metrics, query.by, source]).not.toEqual([query.metrics, query.by, 'records']);
});
