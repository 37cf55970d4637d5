import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClickHouseUrl, placeText, type ClickHousePlace } from './clickhouse-url.ts';

const PLAIN: ClickHousePlace = { url: 'http://db:8123', user: 'default', password: '', database: 'gatehouse' };

describe('parseClickHouseUrl', () => {
  const cases: Readonly<Record<string, Partial<ClickHousePlace>>> = {
    'clickhouse://db': {},
    'CLICKHOUSE://db': {},
    'clickhouse://db:9000/logs': { url: 'http://db:9000', database: 'logs' },
    'clickhouse://db/?database=logs': { database: 'logs' },
    'clickhouse://gate:p%40ss%3A%2F@db:8123': { user: 'gate', password: 'p@ss:/' },
    'clickhouse://db?secure=true': { url: 'https://db:8443' },
    'clickhouse://db:443?secure=1': { url: 'https://db:443' },
    'clickhouse://db:80': { url: 'http://db:80' },
    'clickhouse://db:443': { url: 'http://db:443' },
    'clickhouse://[::1]:8123/logs?secure=false': { url: 'http://[::1]:8123', database: 'logs' },
    'https://gate:secret@db': { url: 'https://db:443', user: 'gate', password: 'secret' },
    'https://db:8443/logs': { url: 'https://db:8443', database: 'logs' },
    'http://db:8123': {},
    'http://db': { url: 'http://db:80' },
  };
  for (const [text, place] of Object.entries(cases)) {
    it(`reads ${text}`, () => {
      expect(parseClickHouseUrl(text)).toEqual({ ...PLAIN, ...place });
    });
  }

  const wrong: Readonly<Record<string, RegExp>> = {
    '': /^write clickhouse:/,
    'clickhouse:': /^write clickhouse:/,
    'clickhouse://gate:secret@': /^write clickhouse:/,
    'postgres://gate:secret@db': /^write clickhouse:/,
    'clickhouse://gate:secret@db:99999': /^write clickhouse:/,
    'clickhouse://gate:%secret@db': /^the password holds a %/,
    'clickhouse://gate:secret@db/a/b': /^a database is named/,
    'clickhouse://gate:secret@db/`; DROP': /^a database is named/,
    'clickhouse://gate:secret@db?databse=x': /^nobody knows “databse”/,
    'clickhouse://gate:secret@db?secure=perhaps': /^secure is true or false/,
    'http://gate:secret@db?secure=true': /^http:\/\/ is not secure/,
  };
  for (const [text, said] of Object.entries(wrong)) {
    it(`refuses ${text || 'nothing'}, and repeats no password`, () => {
      expect(() => parseClickHouseUrl(text)).toThrow(said);
      expect(() => parseClickHouseUrl(text)).toThrow(/^(?!.*secret)/s);
    });
  }

  it('says of a place no user and no password', () => {
    expect(placeText(parseClickHouseUrl('clickhouse://gate:secret@db/logs'))).toBe(
      'ClickHouse at http://db:8123, database logs',
    );
  });

  it('reads whatever comes, or says that it cannot', () => {
    const parts = fc.constantFrom(
      'clickhouse://',
      'https://',
      'gate',
      ':',
      '@',
      'db',
      '/',
      '?secure=',
      '%',
      '1',
      '[',
      ']',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((all) => all.join('')),
        ),
        (text) => {
          try {
            const { url, database } = parseClickHouseUrl(text);
            expect(url).toMatch(/^https?:\/\/[^/@]+:\d+$/);
            expect(database).toMatch(/^\w+$/);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            expect(error).not.toBeInstanceOf(TypeError);
          }
        },
      ),
    );
  });
});
