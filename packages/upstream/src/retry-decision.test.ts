import type { RetrySpec } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { backoffMs, retryDecision, retryDelayMs, type RetryFacts } from './retry-decision.ts';

const spec: RetrySpec = { attempts: 2, on: ['connect', 'reset', 503], budget: 0.2 };

function check(facts: Partial<RetryFacts>, rules = spec): boolean {
  return retryDecision(rules, {
    cause: 'connect',
    idempotent: true,
    bodyReplayable: true,
    bytesSentToCaller: 0,
    attempt: 1,
    ...facts,
  });
}

describe('a failed try is repeated', () => {
  it.each<[string, Partial<RetryFacts>, boolean]>([
    ['when nothing speaks against it', {}, true],
    ['after a reset of an idempotent request', { cause: 'reset' }, true],
    ['after a status that is named', { cause: 503 }, true],
    ['not after a status that is not named', { cause: 502 }, false],
    ['not after a cause that is not named', { cause: 'timeout' }, false],
    ['up to the last attempt', { attempt: 2 }, true],
    ['not beyond it', { attempt: 3 }, false],
    ['not once the caller has seen a byte', { bytesSentToCaller: 1 }, false],
    ['not without its body', { bodyReplayable: false }, false],
    ['when it is not idempotent, but was never sent', { idempotent: false }, true],
    ['not when it is not idempotent and may have been acted on', { idempotent: false, cause: 'reset' }, false],
    ['not when it is not idempotent, whatever the status says', { idempotent: false, cause: 503 }, false],
    ['not when it was never sent but its body is gone', { idempotent: false, bodyReplayable: false }, false],
  ])('%s', (_name, facts, expected) => expect(check(facts)).toBe(expected));

  it('never when retries are off', () => expect(check({}, { ...spec, attempts: 0 })).toBe(false));
});

describe('the wait before the next try', () => {
  it.each([
    [1, 25],
    [2, 50],
    [3, 100],
    [4, 200],
    [5, 250],
    [50, 250],
  ])('after attempt %d is at most %d ms', (attempt, most) => {
    expect(backoffMs(attempt, () => 1)).toBe(most);
    expect(backoffMs(attempt, () => 0.5)).toBe(most / 2);
    expect(backoffMs(attempt, () => 0)).toBe(0);
  });

  it('is anything up to that', () => {
    const random = randomFrom(1);
    const waits = Array.from({ length: 1000 }, () => backoffMs(3, random));
    expect(Math.min(...waits)).toBeLessThan(5);
    expect(Math.max(...waits)).toBeGreaterThan(95);
    expect(Math.abs(waits.reduce((sum, ms) => sum + ms, 0) / 1000 - 50)).toBeLessThan(4);
  });

  it.each([
    ['what the upstream asked for', { attempt: 1, retryAfterMs: 2000 }, 2000],
    ['nothing when the upstream asked for nothing', { attempt: 1, retryAfterMs: 0 }, 0],
    ['the backoff when it did not ask', { attempt: 2 }, 50],
  ])('is %s', (_name, after, expected) => expect(retryDelayMs(after, () => 1)).toBe(expected));
});
