import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiRecord, anyRecord, leastRecord, restRecord } from './__fixtures__/sample-records.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import { RECORD_FIELDS } from './parse-line.ts';
import { gapLine, recordLine } from './record-line.ts';

const known = (record: ExchangeRecord): unknown =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
const read = (record: ExchangeRecord): unknown => JSON.parse(recordLine(record));

describe('recordLine', () => {
  for (const [name, record] of Object.entries({ leastRecord, restRecord, aiRecord })) {
    it(`is read back as it was for ${name}`, () => expect(read(record)).toEqual(record));
  }

  it('is read back as it was for any record', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(read(record)).toEqual(known(record));
      }),
      { numRuns: 2000 },
    );
  });

  it('is one line of printable ASCII for any record', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(recordLine(record)).toMatch(/^[ -~]+\n$/);
      }),
    );
  });

  it('holds every field of a record once and in the order of the table', () => {
    const full = {
      ...restRecord,
      ...aiRecord,
      code: 'limit.rate',
      cacheStatus: 'hit',
      limit: 'users#0',
      policies: 'canary: new',
      upstreamReason: 'only',
      upstreamTries: 'http://a:80 503 1.0 ms',
      guardMs: 0.1,
      identifyMs: 0.2,
      admitMs: 0.3,
      shapeMs: 0.4,
      waits: 'introspection: 12.1 ms',
    };
    expect(Object.keys(JSON.parse(recordLine(full)))).toEqual(Object.keys(RECORD_FIELDS));
  });

  it('leaves out what is undefined', () => {
    const unknown = Object.fromEntries(Object.keys(RECORD_FIELDS).map((name) => [name, undefined]));
    expect(recordLine({ ...unknown, ...leastRecord })).toBe(recordLine(leastRecord));
    expect(recordLine(leastRecord)).not.toContain('undefined');
  });

  it('keeps an empty text apart from an unknown one', () => {
    expect(read({ ...leastRecord, userAgent: '' })).toEqual({ ...leastRecord, userAgent: '' });
  });

  it('cannot be made to end early by a user agent', () => {
    const userAgent = 'x"}\n{"id":"forged","status":200}\n';
    expect(recordLine({ ...leastRecord, userAgent }).split('\n')).toHaveLength(2);
  });

  it('does not mix up callers whose credentials have one name', () => {
    const first = { ...restRecord, credential: 'default', application: 'one', team: 'a' };
    const second = { ...restRecord, credential: 'default', application: 'two', team: undefined };
    for (const record of [first, second, first, { ...first, plan: 'free' }, { ...first, subscription: 'one/x' }])
      expect(read(record)).toEqual(known(record));
  });

  it('does not mix up snapshots, versions and apis of one route name', () => {
    for (const change of [{}, { config: 'ffff' }, { version: '2.0.0' }, { api: 'other' }, { api: undefined }]) {
      const record = { ...restRecord, ...change };
      expect(read(record)).toEqual(known(record));
    }
  });

  it('stays right with more routes and credentials than it keeps', () => {
    for (let i = 0; i < 9000; i++) {
      const record = { ...leastRecord, route: `r${i % 4500}`, credential: `c${i % 4500}`, application: `a${i % 4500}` };
      expect(read(record)).toEqual(record);
    }
  });
});

describe('a duration', () => {
  const check = (durationMs: number, expected: string): void =>
    expect(recordLine({ ...leastRecord, durationMs })).toContain(`"durationMs":${expected},`);

  const cases: Readonly<Record<string, readonly [number, string]>> = {
    'is 0 when nothing passed': [0, '0'],
    'is 0 below half a microsecond': [0.0004, '0'],
    'is rounded to a microsecond': [0.0005, '0.001'],
    'keeps three digits': [12.3456, '12.346'],
    'drops trailing zeros': [1.5, '1.5'],
    'keeps zeros inside': [7.001, '7.001'],
    'carries over': [1.9999, '2'],
    'may be a day long': [86_400_000.25, '86400000.25'],
    'may be longer than anything': [1e15, '1000000000000000'],
    'keeps a clock that went back': [-1.5, '-1.5'],
    'is 0 when it is not a number': [Number.NaN, '0'],
    'is 0 when it has no end': [Number.POSITIVE_INFINITY, '0'],
  };
  for (const [name, [input, expected]] of Object.entries(cases)) it(name, () => check(input, expected));
});

describe('a number', () => {
  it('that JSON cannot hold is written as 0', () => {
    const line = recordLine({
      ...leastRecord,
      time: Number.NaN,
      bytesIn: Number.NEGATIVE_INFINITY,
      attempts: Number.NaN,
    });
    expect(JSON.parse(line)).toEqual({ ...leastRecord, time: 0, bytesIn: 0, attempts: 0 });
  });

  it('of ms is not confused with the one before', () => {
    for (const time of [5, 5, 6, 5]) expect(read({ ...leastRecord, time })).toEqual({ ...leastRecord, time });
  });
});

describe('gapLine', () => {
  it('is one line that names itself a gap', () => {
    expect(gapLine({ gap: true, lost: 42, from: 1000, to: 2000, worker: 3 })).toBe(
      '{"gap":true,"lost":42,"from":1000,"to":2000,"worker":3}\n',
    );
  });
});
