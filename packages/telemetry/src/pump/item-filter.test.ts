import type { LogFilterSpec } from '@gatehouse/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapText, lineOf, modelRecord, numbered, plainRecord } from '../__fixtures__/records.ts';
import { logFilter, sampledFilter, type ItemFilter } from './item-filter.ts';

const ALL: LogFilterSpec = { status: undefined, api: undefined, application: undefined, code: undefined, sample: 1 };
const verdict = (filter: ItemFilter, line: string): string => {
  const item = filter(line);
  return typeof item === 'string' ? item : item.kind;
};

describe('logFilter', () => {
  const refused = lineOf({ ...plainRecord, status: 429, code: 'limit.rate' });
  it.each<[string, Partial<LogFilterSpec>, string, string]>([
    ['takes everything', {}, lineOf(plainRecord), 'record'],
    ['takes a status', { status: '>=400' }, refused, 'record'],
    ['leaves another status', { status: '5xx,404' }, refused, 'other'],
    ['takes a family of codes', { code: 'limit' }, refused, 'record'],
    ['leaves a call without a code', { code: 'limit' }, lineOf(plainRecord), 'other'],
    ['takes an api', { api: 'users' }, refused, 'record'],
    ['leaves another api', { api: 'users' }, lineOf(modelRecord), 'other'],
    ['takes an application of an api', { api: 'users', application: 'mobile' }, refused, 'record'],
    ['leaves another application', { application: 'mob' }, refused, 'other'],
    ['takes a gap, whatever is asked for', { api: 'none', sample: 0 }, gapText, 'gap'],
    ['cannot read what is none', {}, '{"id":1}', 'unreadable'],
    ['leaves all of a sample of nothing', { sample: 0 }, lineOf(plainRecord), 'other'],
  ])('%s', (_, where, line, expected) => expect(verdict(logFilter({ ...ALL, ...where }), line)).toBe(expected));

  it('takes a share, and the same again', () => {
    const filter = logFilter({ ...ALL, sample: 0.25 });
    const lines = numbered('call', 2000).map(lineOf);
    const taken = lines.filter((line) => verdict(filter, line) === 'record');
    expect(taken.length).toBeGreaterThan(400);
    expect(taken.length).toBeLessThan(600);
    expect(lines.filter((line) => verdict(filter, line) === 'record')).toEqual(taken);
  });
});

describe('sampledFilter', () => {
  it.each([
    ['takes a sampled call', lineOf(plainRecord), 'record'],
    ['leaves an unsampled one', lineOf({ ...plainRecord, traceSampled: undefined }), 'other'],
    ['leaves one that says so itself', lineOf({ ...plainRecord, traceSampled: false }), 'other'],
    [
      'is not deceived by a path',
      lineOf({ ...plainRecord, traceSampled: undefined, path: '/"traceSampled":true' }),
      'other',
    ],
    ['leaves a gap', gapText, 'other'],
    ['cannot read what is none', '{"traceSampled":true,"id":1}', 'unreadable'],
  ])('%s', (_, line, expected) => expect(verdict(sampledFilter, line)).toBe(expected));
});

describe('both', () => {
  it('take any line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        for (const filter of [logFilter(ALL), sampledFilter]) verdict(filter, line);
      }),
    );
  });
});
