import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiRecord, anyRecord, leastRecord, restRecord } from '../__fixtures__/sample-records.ts';
import type { ExchangeRecord } from '../exchange-record.ts';
import { formatRecord } from './format-record.ts';

const time = new Date(2026, 0, 31, 8, 5, 9, 7).getTime();
const plain = (record: ExchangeRecord, width?: number): string =>
  formatRecord({ ...record, time }, width === undefined ? { colour: false } : { colour: false, width });

describe('formatRecord', () => {
  it('shows a call of an API', () => {
    expect(plain(restRecord)).toBe(
      '08:05:09.007  GET      200  /v1/users/42                           1.23 ms    41 µs  mobile  http://127.0.0.1:4001',
    );
  });

  it('shows a call of a model', () => {
    expect(plain({ ...aiRecord, durationMs: 1240 })).toBe(
      '08:05:09.007  POST     200  /v1/chat/completions                    1.24 s    41 µs  mobile  openai/gpt-5-mini  1204>356 tokens $0.001234',
    );
  });

  it('shows why an endpoint was chosen, and what all tries came to', () => {
    const upstreamTries = 'http://a:80 503 12.1 ms; http://b:80 200 3.0 ms';
    expect(plain({ ...restRecord, upstreamReason: 'retry peak-ewma:2-of-4', upstreamTries })).toMatch(
      /http:\/\/127\.0\.0\.1:4001  retry peak-ewma:2-of-4  \[http:\/\/a:80 503 12\.1 ms; http:\/\/b:80 200 3\.0 ms\]$/,
    );
    expect(plain(restRecord)).toMatch(/http:\/\/127\.0\.0\.1:4001$/);
  });

  it('shows a refusal and why', () => {
    expect(plain({ ...leastRecord, status: 401, code: 'auth.missing', durationMs: 0.12 })).toBe(
      '08:05:09.007  GET      401  /v1/users/42                           0.12 ms    41 µs  auth.missing',
    );
  });

  it('shows a request whose head could not be read', () => {
    expect(plain({ ...leastRecord, method: '', path: '', host: '', status: 400 })).toBe(
      '08:05:09.007           400                                         1.23 ms    41 µs',
    );
  });

  it('lines up calls below each other', () => {
    const columns = [restRecord, aiRecord, { ...leastRecord, method: 'DELETE', status: 503, durationMs: 30_000 }]
      .map((record) => plain(record))
      .map((line) => line.indexOf('µs'));
    expect(new Set(columns).size).toBe(1);
  });
});

describe('formatRecord with a width', () => {
  it('cuts a long path so that the line fits', () => {
    const long = { ...restRecord, path: `/v1/${'x'.repeat(300)}` };
    for (const width of [110, 140, 200]) {
      expect(plain(long, width)).toHaveLength(width);
      expect(plain(long, width)).toContain('…');
    }
  });

  it('gives a short path the room that is left', () => {
    expect(plain(restRecord, 150)).toHaveLength(150);
    expect(plain(restRecord, 150)).toContain('/v1/users/42   ');
  });

  it('keeps a little of the path on a narrow terminal', () => {
    expect(plain({ ...restRecord, path: '/a/very/long/path' }, 20)).toContain('  /a/very/lon…  ');
  });

  it('does not cut without one', () => {
    const path = `/${'x'.repeat(300)}`;
    expect(plain({ ...leastRecord, path })).toContain(path);
  });

  it('cuts a method that is too long', () => {
    expect(plain({ ...leastRecord, method: 'PROPFINDALL' })).toContain('  PROPFI…  200');
  });
});

describe('formatRecord shows durations', () => {
  const check = (durationMs: number, expected: string): void =>
    expect(plain({ ...leastRecord, durationMs, gatewayMs: 0 })).toContain(
      `  ${expected.padStart(8)}     0 µs`.trimStart(),
    );

  it('below 10 ms with two digits', () => check(9.994, '9.99 ms'));
  it('below a second whole', () => check(123.4, '123 ms'));
  it('in seconds with two digits', () => check(1500, '1.50 s'));
  it('from a minute on whole', () => check(90_000, '90 s'));

  it('of its own in µs, or in ms when it took long', () => {
    expect(plain({ ...leastRecord, gatewayMs: 9.9 })).toContain(' 9900 µs');
    expect(plain({ ...leastRecord, gatewayMs: 12 })).toContain(' 12 ms');
  });
});

describe('formatRecord shows usage', () => {
  const check = (change: Partial<ExchangeRecord>, expected: string): void =>
    expect(plain({ ...aiRecord, ...change })).toMatch(new RegExp(`${expected.replace(/[$.?+]/g, '\\$&')}$`));

  it('without cost when the price is not known', () => check({ aiCostMicroUsd: undefined }, ' 1204>356 tokens'));
  it('with a cost of one millionth', () => check({ aiCostMicroUsd: 1 }, 'tokens $0.000001'));
  it('with a mark when it was estimated', () => check({ aiUsageState: 'estimated' }, ' ~1204>356 tokens $0.001234'));
  it('with a mark when the reply broke off', () => check({ aiUsageState: 'partial' }, '>356+ tokens $0.001234'));
  it('as far as it is known', () => check({ aiOutputTokens: undefined, aiCostMicroUsd: 5 }, '1204>? tokens $0.000005'));

  it('and the model that was asked for when none answered', () => {
    expect(plain({ ...leastRecord, aiModelAsked: 'gpt-9', code: 'provider.model_not_found' })).toContain(
      '  gpt-9  provider.model_not_found',
    );
  });
});

describe('formatRecord in colour', () => {
  const colourOf = (status: number): string | undefined =>
    new RegExp(`\\u001b\\[(\\d+)m${status}`).exec(formatRecord({ ...leastRecord, status }, { colour: true }))?.[1];

  it('tells the classes of status apart', () => {
    expect([200, 304, 404, 502, 101].map(colourOf)).toEqual(['32', '36', '33', '31', '35']);
  });

  it('says the same as without', () => {
    for (const record of [restRecord, aiRecord, { ...restRecord, status: 502, code: 'upstream.broken' }])
      expect(stripVTControlCharacters(formatRecord({ ...record, time }, { colour: true }))).toBe(plain(record));
  });

  it('ends every colour that it begins', () => {
    const line = formatRecord({ ...restRecord, code: 'limit.rate' }, { colour: true });
    const ends = line.split('\u001b[0m').length;
    expect(line.split('\u001b[')).toHaveLength(2 * ends - 1);
  });
});

describe('formatRecord is safe', () => {
  it('on a terminal for any record', () => {
    fc.assert(
      fc.property(anyRecord, fc.option(fc.nat(300), { nil: undefined }), (record, width) => {
        const line = formatRecord(record, width === undefined ? { colour: false } : { colour: false, width });
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('with a time that is none', () => {
    expect(formatRecord({ ...leastRecord, time: 1e300 }, { colour: false })).toMatch(/^--:--:--\.---  GET/);
  });
});
