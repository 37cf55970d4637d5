import { describe, expect, it } from 'vitest';
import { analyticsOf } from './analytics-option.ts';
import { CommandFailure } from './failure.ts';

describe('--analytics', () => {
  it.each(['embedded', 'off'])('takes %s', (analytics) => {
    expect(analyticsOf({ analytics })).toBe(analytics);
  });

  it('takes a server of ClickHouse', () => {
    expect(analyticsOf({ analytics: 'clickhouse://gate:secret@db/logs' })).toEqual({
      url: 'http://db:8123',
      user: 'gate',
      password: 'secret',
      database: 'logs',
    });
  });

  it.each(['', 'yes', 'mysql://gate:secret@db', 'clickhouse://', 'clickhouse://gate:secret@db/x y', 'gate:secret@db'])(
    'refuses %s, says what there is and repeats no password',
    (analytics) => {
      expect(() => analyticsOf({ analytics })).toThrow(CommandFailure);
      expect(() => analyticsOf({ analytics })).toThrow(/^--analytics \(GATEHOUSE_ANALYTICS\): (?!.*secret).{20}/s);
    },
  );
});
