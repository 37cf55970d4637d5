import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');

function wait(retryAfter?: string, retryAfterMs?: string): number | undefined {
  return readRetryAfter({ retryAfter, retryAfterMs }, NOW);
}

describe('readRetryAfter', () => {
  const cases: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = {
    'says nothing without headers': [wait(), undefined],
    'reads seconds': [wait('20'), 20_000],
    'reads zero seconds': [wait('0'), 0],
    'reads a fraction of seconds, rounded up': [wait('1.0005'), 1001],
    'reads milliseconds': [wait(undefined, '350'), 350],
    'rounds a fraction of milliseconds up': [wait(undefined, '0.2'), 1],
    'prefers milliseconds, which are finer': [wait('1', '350'), 350],
    'falls back to seconds when the milliseconds are broken': [wait('1', 'soon'), 1000],
    'reads a date': [wait('Wed, 25 Nov 2026 12:01:30 GMT'), 90_000],
    'takes a date that is past for no wait': [wait('Wed, 25 Nov 2026 11:00:00 GMT'), 0],
    'ignores other forms of a date': [wait('2026-11-25T12:01:30Z'), undefined],
    'ignores a date that does not exist': [wait('Wed, 99 Nov 2026 12:01:30 GMT'), undefined],
    'ignores a negative number': [wait('-5'), undefined],
    'ignores words': [wait('a minute'), undefined],
    'ignores an empty value': [wait(''), undefined],
    'ignores hexadecimal and exponents': [wait('0x10', '1e9'), undefined],
    'ignores a number without end': [wait('9'.repeat(400)), undefined],
  };
  for (const [name, [actual, expected]] of Object.entries(cases)) {
    it(name, () => expect(actual).toBe(expected));
  }
});
