import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiRecord, anyRecord, leastRecord, restRecord } from '../__fixtures__/sample-records.ts';
import type { ExchangeRecord } from '../exchange-record.ts';
import { recordLine } from '../record-line.ts';
import { parseFilter } from './record-filter.ts';
import type { FilterOptions, RecordFilter } from './record-filter.ts';

const NOW = 1_790_000_060_000;

function filterOf(options: FilterOptions): RecordFilter {
  const result = parseFilter(options, NOW);
  return 'filter' in result ? result.filter : expect.fail(result.problem);
}

const passes = (options: FilterOptions, record: ExchangeRecord): boolean => filterOf(options).matches(record);

describe('a filter', () => {
  const record: ExchangeRecord = { ...restRecord, status: 429, code: 'limit.rate' };
  const check = (matching: FilterOptions, other: FilterOptions, subject = record): void => {
    expect(passes(matching, subject)).toBe(true);
    expect(passes(other, subject)).toBe(false);
  };

  it('without options lets all pass', () => {
    expect(filterOf({})).toMatchObject({ sinceMs: undefined, limit: undefined });
    expect(passes({}, leastRecord)).toBe(true);
  });

  it('goes by status', () => check({ status: '4xx' }, { status: '5xx' }));
  it('goes by one of several statuses', () => check({ status: '200,429' }, { status: '200,404' }));
  it('goes by api', () => check({ api: 'users' }, { api: 'user' }));
  it('goes by route', () => check({ route: 'users GET /v1/users/{id}' }, { route: 'users' }));
  it('goes by application', () => check({ application: 'mobile' }, { application: 'web' }));
  it('goes by method in any case', () => check({ method: 'get' }, { method: 'POST' }));
  it('goes by the beginning of a path', () => check({ path: '/v1/users' }, { path: '/users' }));
  it('goes by code', () => check({ code: 'limit.rate' }, { code: 'limit.quota' }));
  it('goes by a family of codes', () => check({ code: 'limit' }, { code: 'lim' }));
  it('goes by id', () => check({ id: record.id }, { id: record.id.slice(1) }));
  it('goes by the model that was asked for', () => check({ model: 'assistant' }, { model: 'assist' }, aiRecord));
  it('goes by the model that answered', () => check({ model: 'gpt-5-mini' }, { model: 'gpt-5' }, aiRecord));
  it('goes by provider and model', () =>
    check({ model: 'openai/gpt-5-mini' }, { model: 'azure/gpt-5-mini' }, aiRecord));

  it('wants all that is asked for', () => {
    check({ status: '429', method: 'GET', api: 'users' }, { status: '429', method: 'PUT', api: 'users' });
  });

  it('does not let pass what lacks the field', () => {
    for (const options of [{ api: 'x' }, { route: 'x' }, { application: 'x' }, { code: 'x' }, { model: 'x' }])
      expect(passes(options, leastRecord)).toBe(false);
  });
});

describe('since', () => {
  const at = (time: number, durationMs = 0): ExchangeRecord => ({ ...leastRecord, time, durationMs });

  it('takes a duration back from now', () => {
    expect(filterOf({ since: '1m' }).sinceMs).toBe(NOW - 60_000);
    expect(passes({ since: '1m' }, at(NOW - 60_000))).toBe(true);
    expect(passes({ since: '1m' }, at(NOW - 60_001))).toBe(false);
  });

  it('takes a time', () => {
    expect(filterOf({ since: '2026-01-31T08:00:00Z' }).sinceMs).toBe(Date.UTC(2026, 0, 31, 8));
    expect(filterOf({ since: '2026-01-31T10:00:00+02:00' }).sinceMs).toBe(Date.UTC(2026, 0, 31, 8));
  });

  it('takes a day', () => expect(filterOf({ since: '2026-01-31' }).sinceMs).toBe(Date.UTC(2026, 0, 31)));

  it('lets pass what began earlier and ended later', () => {
    expect(passes({ since: '1m' }, at(NOW - 600_000, 590_000))).toBe(true);
  });
});

describe('parseFilter says what is wrong', () => {
  const check = (options: FilterOptions, expected: string): void =>
    expect(parseFilter(options, NOW)).toEqual({ problem: expected });

  it('with a status', () => check({ status: '5yy' }, 'status "5yy": write 404, 5xx, >=400 or 404,5xx'));
  it('with a limit that is no number', () => check({ limit: 'ten' }, 'limit "ten": write a whole number from 1'));
  it('with a limit below 1', () => check({ limit: 0 }, 'limit 0: write a whole number from 1'));
  it('with a part of a record as a limit', () => check({ limit: '1.5' }, 'limit "1.5": write a whole number from 1'));

  for (const since of ['', 'yesterday', '10', '10 m', '2026-13-45', '2026-01-31T99:00:00Z', '31.01.2026']) {
    it(`with ${JSON.stringify(since)} as a time`, () => {
      check(
        { since },
        `since ${JSON.stringify(since)}: write a duration such as 10m or a time such as 2026-01-31T08:00:00Z`,
      );
    });
  }

  it('and takes a limit as it is typed', () => {
    expect(filterOf({ limit: '20' }).limit).toBe(20);
    expect(filterOf({ limit: 20 }).limit).toBe(20);
  });
});

describe('mayMatch', () => {
  it('is never wrong about a record that matches', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(5), (record, cut) => {
        const { id, api, route, application, code, path } = record;
        const options = Object.fromEntries(
          Object.entries({ id, api, route, application, code, path: path.slice(0, cut) }).filter(
            ([, value]) => value !== undefined,
          ),
        );
        const filter = filterOf(options);
        expect(filter.matches(record)).toBe(true);
        expect(filter.mayMatch(recordLine(record))).toBe(true);
      }),
    );
  });

  it('spares most others the parsing', () => {
    const line = recordLine(restRecord);
    for (const options of [
      { id: 'other' },
      { api: 'user' },
      { application: 'web' },
      { path: '/v2' },
      { code: 'limit' },
    ])
      expect(filterOf(options).mayMatch(line)).toBe(false);
  });
});
