import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastRecord, plainRecord } from '../__fixtures__/records.ts';
import type { ExchangeRecord } from '@gatehouse/record';
import { upstreamTries } from './upstream-tries.ts';

/** Tries of a call of 100 ms whose last one began after 40, in ms from its start. */
function tries(upstreamTries_: string | undefined, more: Partial<ExchangeRecord> = {}): unknown {
  const record = { ...plainRecord, time: 0, durationMs: 100, gatewayMs: 40, upstreamTries: upstreamTries_, ...more };
  return upstreamTries(record).map(({ endpoint, outcome, startMs, endMs }) => [endpoint, outcome, startMs, endMs]);
}

describe('upstreamTries', () => {
  it('is the only one', () => {
    expect(tries(undefined, { firstByteMs: 50, bodyMs: 5 })).toEqual([['http://10.0.0.1:4001', '200', 40, 95]]);
  });

  it('lasts to the end where no reply came', () => {
    const failed = { firstByteMs: undefined, bodyMs: undefined, code: 'upstream.timeout' };
    expect(tries(undefined, failed)).toEqual([['http://10.0.0.1:4001', 'upstream.timeout', 40, 100]]);
  });

  it('is none where nothing was sent', () => {
    expect(upstreamTries(leastRecord)).toEqual([]);
    expect(tries(undefined, { attempts: undefined })).toEqual([]);
  });

  it('lays what failed in front of what it led to', () => {
    expect(tries('http://a:1 connect 10.0 ms; http://b:2 503 20.0 ms; http://c:3 200 55.0 ms')).toEqual([
      ['http://a:1', 'connect', 10, 20],
      ['http://b:2', '503', 20, 40],
      ['http://c:3', '200', 40, 95],
    ]);
  });

  it('ends a hedge that lost with the one that won', () => {
    expect(tries('http://a:1 cancelled 52.0 ms; http://b:2 200 30.0 ms')).toEqual([
      ['http://a:1', 'cancelled', 40, 92],
      ['http://b:2', '200', 40, 70],
    ]);
  });

  it('leaves out what it cannot read', () => {
    expect(tries('what; http://b:2 200 30.0 ms; http://c:3 200 x ms')).toEqual([['http://b:2', '200', 40, 70]]);
  });

  it('never begins before the call, nor ends before it begins', () => {
    const one = fc.tuple(fc.constantFrom('200', '503', 'connect', 'cancelled'), fc.nat(300));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), fc.nat(200), (list, gatewayMs) => {
        const text = list.map(([outcome, ms]) => `http://a:1 ${outcome} ${ms}.0 ms`).join('; ');
        const record = { ...plainRecord, time: 1000, durationMs: 100, gatewayMs, upstreamTries: text };
        for (const { startMs, endMs } of upstreamTries(record)) {
          expect(startMs).toBeGreaterThanOrEqual(1000);
          expect(endMs).toBeGreaterThanOrEqual(startMs);
        }
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(tries(text))));
  });
});
