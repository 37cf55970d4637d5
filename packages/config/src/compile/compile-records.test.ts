import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const DAY_MS = 86_400_000;
const text = (lines: string): string => `gatehouse: 1\nrecords:\n  ${lines}\n`;

describe('records', () => {
  it('is not there where nothing is said of it', () => {
    expect(snapshotOf('gatehouse: 1\n')).not.toHaveProperty('records');
  });

  it('takes how much is kept, and for how long', () => {
    expect(snapshotOf(text('{ keep: { records: 2d, bodies: 1h }, maxSize: 1GiB }')).records).toEqual({
      bytesMax: 1024 ** 3,
      recordsMs: 2 * DAY_MS,
      bodiesMs: 3_600_000,
      minutesMs: 40 * DAY_MS,
      hoursMs: 366 * DAY_MS,
      ledgerMs: 10 * 366 * DAY_MS,
    });
  });

  it.each([
    ['{ keep: { records: 60d } }', '`records`'],
    ['{ keep: { minutes: 50d, hours: 45d } }', '`minutes`'],
    ['{ keep: { records: soon } }', 'duration'],
    ['{ keep: { ledgerYears: 0 } }', 'ledgerYears'],
    ['{ maxSize: -1 }', 'size'],
    ['{ kept: 1 }', 'kept'],
  ])('refuses %s', (lines, told) => {
    const problems = problemsOf(text(lines));
    expect(problems.join('\n')).toContain(told);
  });
});
