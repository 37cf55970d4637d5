import type { AggregateRow, Aggregation } from '@gatehouse/analytics';
import { describe, expect, it } from 'vitest';
import { RecordedCalls } from './recorded-calls.ts';

const calls = new RecordedCalls();
calls.add(
  { time: 0, api: 'users-1', application: 'mobile', durationMs: 10, gatewayMs: 1 },
  {
    time: 500,
    api: 'users-1',
    application: 'mobile',
    durationMs: 30,
    gatewayMs: 2,
    status: 503,
    code: 'upstream.broken',
  },
  { time: 1000, api: 'users-1', application: 'web', durationMs: 20, gatewayMs: 3, status: 429, code: 'limit.rate' },
  { time: 1500, api: 'acme.users-1', application: 'acme.web', aiCostMicroUsd: 7, cacheStatus: 'hit' },
  { time: 2000, status: 404, code: 'route.not_found' },
);

const ALL = { prefixes: [''], apis: [], applications: [] };
const ask = async (query: Partial<Aggregation>): Promise<readonly AggregateRow[]> => {
  const period = { fromMs: 0, toMs: 2001 };
  return (await calls.aggregate({ period, where: [], metrics: ['calls'], by: [], ...query })).rows;
};
const row = (key: AggregateRow['key'], count: number): AggregateRow => ({ key, values: { calls: count } });

describe('recorded calls', () => {
  const CASES: readonly (readonly [name: string, query: Partial<Aggregation>, expected: readonly AggregateRow[]])[] = [
    ['are counted', {}, [row({}, 5)]],
    ['are none as a row, too', { period: { fromMs: 9, toMs: 10 } }, [row({}, 0)]],
    ['end before the end of a period', { period: { fromMs: 0, toMs: 2000 } }, [row({}, 4)]],
    ['are those of a condition', { where: [{ dimension: 'code', values: ['limit.rate', ''] }] }, [row({}, 3)]],
    ['are all but those', { where: [{ dimension: 'statusClass', values: ['2xx'], not: true }] }, [row({}, 3)]],
    [
      'are told apart, the most first',
      { by: ['application'], top: { by: 'calls', limit: 1 } },
      [row({ application: 'mobile' }, 2)],
    ],
    ['are of a tenant', { scope: { ...ALL, prefixes: ['acme.'] } }, [row({}, 1)]],
    ['are of no tenant', { scope: { ...ALL, except: ['acme.'] } }, [row({}, 3)]],
    [
      'are told apart in time',
      { stepMs: 1000, where: [{ dimension: 'api', values: ['users-1'] }] },
      [
        { atMs: 0, ...row({}, 2) },
        { atMs: 1000, ...row({}, 1) },
      ],
    ],
  ];
  it.each(CASES)('%s', async (_, query, expected) => {
    expect(await ask(query)).toEqual(expected);
  });

  it('give sums, ratios and percentiles', async () => {
    const metrics = [
      'errors',
      'refused',
      'clientErrors',
      'errorRate',
      'duration.p50',
      'duration.p99',
      'gateway.mean',
    ] as const;
    const where = [{ dimension: 'api', values: ['users-1'] }] as const;
    expect(await ask({ metrics, where })).toEqual([
      {
        key: {},
        values: {
          errors: 1,
          refused: 1,
          clientErrors: 1,
          errorRate: 1 / 3,
          'duration.p50': 20,
          'duration.p99': 30,
          'gateway.mean': 2,
        },
      },
    ]);
    expect(
      await ask({ metrics: ['duration.p95', 'errorRate', 'costMicroUsd'], period: { fromMs: 9, toMs: 10 } }),
    ).toEqual([{ key: {}, values: { 'duration.p95': null, errorRate: null, costMicroUsd: 0 } }]);
  });
});
