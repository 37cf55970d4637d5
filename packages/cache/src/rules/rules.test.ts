import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNotModified, partOf, refreshed, validators } from './conditions.ts';
import { governing, parseDirectives, seconds } from './directives.ts';
import { ageMs, lifetimeMs } from './freshness.ts';
import { httpTime } from './http-time.ts';
import { selectingFields, selects } from './selecting.ts';
import { storage } from './storable.ts';
import { headerOf, type Field, type StoredReply } from './stored-reply.ts';
import { useOf } from './use.ts';

const NOW = Date.UTC(2026, 5, 16, 12);
const date = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toUTCString();
const OPTIONS = {
  ttlMs: 0,
  negativeTtlMs: 0,
  heuristic: 0,
  cookies: false,
  staleWhileRevalidateMs: -1,
  staleIfErrorMs: -1,
  obeyCallers: true,
};

function stored(fields: Record<string, string> = {}, more: Partial<StoredReply> = {}): StoredReply {
  return {
    status: 200,
    fields: Object.entries(fields),
    body: Buffer.from('0123456789'),
    requestMs: NOW,
    responseMs: NOW,
    selecting: [],
    partition: '',
    ...more,
  };
}

const request = (fields: Record<string, string> = {}): ((name: string) => string | undefined) =>
  headerOf(Object.entries(fields));

describe('directives', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    ['no-store', [['no-store', '']]],
    [
      'Max-Age=10, PUBLIC',
      [
        ['max-age', '10'],
        ['public', ''],
      ],
    ],
    ['max-age="10"', [['max-age', '10']]],
    [
      'a="x, max-age=1", max-age=2',
      [
        ['a', 'x, max-age=1'],
        ['max-age', '2'],
      ],
    ],
    ['max-age=1, max-age=2', [['max-age', '1']]],
    [
      'a = b,,  c',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    [String.raw`a="q\"uo"`, [['a', 'q"uo']]],
    [
      'private="set-cookie", max-age=3',
      [
        ['private', 'set-cookie'],
        ['max-age', '3'],
      ],
    ],
  ])('%s', (header, expected) => expect([...parseDirectives(header)]).toEqual(expected));

  it.each([
    ['max-age=10', 10],
    ['max-age=010', 10],
    ['max-age', 0],
    ['max-age=-1', 0],
    ["max-age='1'", 0],
    ['max-age=1.5', 0],
    ['max-age=1a', 0],
    ['max-age=99999999999', 2_147_483_648],
    ['public', undefined],
  ])('%s is %s seconds', (header, expected) => expect(seconds(parseDirectives(header), 'max-age')).toBe(expected));

  it('never throw, and never read a number out of a string', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('m', 'a=1', 'max-age=5', '"', ',', ' ', '\\', ';', '=') }),
        (text) => {
          parseDirectives(text);
          expect(parseDirectives(`x="${text.replaceAll('"', '').replaceAll('\\', '')}"`).has('max-age')).toBe(false);
        },
      ),
    );
  });

  it.each([
    ['max-age=10', true],
    ['max-age=10, no-cache;x', false],
    ['MAX-AGE=10', false],
    ['max-age: 10', false],
    ['', false],
  ])('for caches like this one %j take the place of others: %s', (text, targeted) => {
    expect(governing(request({ 'cdn-cache-control': text, 'cache-control': 'no-store' })).targeted).toBe(targeted);
  });
});

describe('a date', () => {
  it.each([
    ['Tue, 16 Jun 2026 12:00:00 GMT', NOW],
    ['tue, 16 JUN 2026 12:00:00 gmt', NOW],
    ['Tuesday, 16-Jun-26 12:00:00 GMT', NOW],
    ['Tue Jun 16 12:00:00 2026', NOW],
    ['Friday, 16-Jun-95 12:00:00 GMT', Date.UTC(1995, 5, 16, 12)],
    ['0', undefined],
    ['Tue, 16 Jun 2026 12:00:00 UTC', undefined],
    ['Tue, 31 Jun 2026 12:00:00 GMT', undefined],
    ['Tue, 16 Jun 2026 25:00:00 GMT', undefined],
    ['2026-06-16', undefined],
  ])('%s', (text, expected) => expect(httpTime(text, NOW)).toBe(expected));
});

describe('how long a reply is good', () => {
  const lifetime = (fields: Record<string, string>, options = {}, status = 200): number =>
    lifetimeMs(stored(fields, { status }), { ...OPTIONS, ...options }) / 1000;

  it.each<[Record<string, string>, number]>([
    [{}, 0],
    [{ 'cache-control': 'max-age=10' }, 10],
    [{ 'cache-control': 'max-age=10, s-maxage=5' }, 5],
    [{ 'cache-control': 's-maxage=5, max-age=0', expires: date(-100) }, 5],
    [{ 'cache-control': 'max-age=10', 'cdn-cache-control': 'max-age=20' }, 20],
    [{ expires: date(-100), date: date(0) }, 100],
    [{ expires: date(-100), date: 'nonsense' }, 100],
    [{ expires: date(100), date: date(200) }, 100],
    [{ expires: '0', date: date(0) }, 0],
    [{ expires: date(-100), 'cdn-cache-control': 'public' }, 0],
  ])('%j: %i s', (fields, expected) => expect(lifetime(fields)).toBe(expected));

  it('that says nothing goes by default, or by how old it was', () => {
    expect(lifetime({}, { ttlMs: 7000 })).toBe(7);
    expect(lifetime({}, { ttlMs: 7000, negativeTtlMs: 2000 }, 404)).toBe(2);
    expect(lifetime({ 'last-modified': date(1000), date: date(0) }, { heuristic: 0.1 })).toBe(100);
    expect(lifetime({ 'last-modified': date(1000), date: date(0) }, { heuristic: 0.1 }, 201)).toBe(0);
    expect(lifetime({ 'last-modified': date(1e9), date: date(0) }, { heuristic: 0.1 })).toBe(86_400);
  });

  it.each<[Record<string, string>, Partial<StoredReply>, number]>([
    [{}, {}, 5],
    [{ age: '10' }, {}, 15],
    [{ age: '10' }, { requestMs: NOW - 2000 }, 17],
    [{ date: date(30) }, {}, 35],
    [{ date: date(-30) }, {}, 5],
    [{ age: 'old' }, {}, Infinity],
    [{ age: '-1' }, {}, Infinity],
    [{ age: '1, 2' }, {}, Infinity],
  ])('%j of %j is %d s old five seconds later', (fields, more, expected) => {
    expect(ageMs(stored(fields, more), NOW + 5000) / 1000).toBe(expected);
  });
});

describe('what is kept', () => {
  const verdict = (
    fields: Record<string, string>,
    asked: { method?: string; headers?: Record<string, string>; identified?: boolean } = {},
    status = 200,
  ): string => {
    const { method = 'GET', headers = {}, identified = false } = asked;
    const answer = storage(
      { method, header: request(headers), identified },
      { status, fields: Object.entries(fields), responseMs: NOW },
      OPTIONS,
    );
    if (!answer.kept) return answer.why;
    return answer.shared ? 'for all' : 'for one';
  };
  const FRESH = { 'cache-control': 'max-age=60' };
  const AUTHORIZED = { headers: { authorization: 'Bearer x' } };

  it.each<[Record<string, string>, Parameters<typeof verdict>[1], string, number?]>([
    [FRESH, {}, 'for all'],
    [{}, {}, 'freshness'],
    [{ etag: '"1"' }, {}, 'for all'],
    [{ 'cache-control': 'no-cache', etag: '"1"' }, {}, 'for all'],
    [{ 'cache-control': 'no-cache' }, {}, 'freshness'],
    [{ 'cache-control': 'no-store, max-age=60' }, {}, 'no-store'],
    [{ 'cache-control': 'no-store, must-understand, max-age=60' }, {}, 'for all'],
    [{ 'cache-control': 'must-understand, max-age=60' }, {}, 'status', 599],
    [{ 'cache-control': 'private, max-age=60' }, {}, 'private'],
    [{ 'cache-control': 'private="x", max-age=60' }, {}, 'private'],
    [{ ...FRESH, 'cdn-cache-control': 'no-store' }, {}, 'no-store'],
    [{ 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=9' }, {}, 'for all'],
    [{ ...FRESH, vary: 'a, *' }, {}, 'vary'],
    [{ ...FRESH, 'set-cookie': 'a=b' }, {}, 'set-cookie'],
    [FRESH, { method: 'HEAD' }, 'method'],
    [FRESH, { method: 'POST' }, 'method'],
    [FRESH, { headers: { 'cache-control': 'no-store' } }, 'request'],
    [FRESH, AUTHORIZED, 'authorization'],
    [{ 'cache-control': 'public, max-age=60' }, AUTHORIZED, 'for all'],
    [{ 'cache-control': 's-maxage=60' }, AUTHORIZED, 'for all'],
    [{ 'cache-control': 'must-revalidate, max-age=60' }, AUTHORIZED, 'for all'],
    [FRESH, { identified: true }, 'for one'],
    [{ 'cache-control': 'public, max-age=60' }, { identified: true }, 'for all'],
    [FRESH, {}, 'status', 206],
    [{ ...FRESH, 'content-range': 'bytes 0-1/9' }, {}, 'status', 206],
    [{ ...FRESH, 'content-range': 'bytes 0-1/9' }, { headers: { range: 'bytes=0-1' } }, 'for all', 206],
    [FRESH, {}, 'status', 304],
    [FRESH, {}, 'for all', 418],
    [{ etag: '"1"' }, {}, 'freshness', 500],
  ])('%j asked as %j is kept %s', (fields, asked, expected, status) => {
    expect(verdict(fields, asked, status)).toBe(expected);
  });
});

describe('how a kept reply is used', () => {
  const use = (
    cacheControl: string,
    afterSeconds: number,
    asked: Record<string, string> = {},
    options = {},
  ): string => {
    const { how, ifError } = useOf(stored({ 'cache-control': cacheControl }), request(asked), {
      nowMs: NOW + afterSeconds * 1000,
      options: { ...OPTIONS, ...options },
    });
    return how + (ifError ? ' or on error' : '');
  };
  const SWR = 'max-age=10, stale-while-revalidate=20';

  it.each<[string, number, Record<string, string>, string]>([
    ['max-age=10', 9, {}, 'fresh'],
    ['max-age=10', 10, {}, 'validate'],
    ['max-age=10, no-cache', 1, {}, 'validate'],
    [SWR, 29, {}, 'stale'],
    [SWR, 31, {}, 'validate'],
    [`${SWR}, must-revalidate`, 15, {}, 'validate'],
    ['max-age=10, stale-if-error=20', 29, {}, 'validate or on error'],
    ['max-age=10, stale-if-error=20', 31, {}, 'validate'],
    ['max-age=10, stale-if-error=20, must-revalidate', 15, {}, 'validate'],
    ['max-age=10, stale-if-error=20, s-maxage=10', 15, {}, 'validate'],
    ['max-age=10', 5, { 'cache-control': 'no-cache' }, 'validate'],
    ['max-age=10', 5, { pragma: 'no-cache' }, 'validate'],
    ['max-age=10', 5, { pragma: 'no-cache', 'cache-control': 'x' }, 'fresh'],
    ['max-age=10', 5, { 'cache-control': 'max-age=4' }, 'validate'],
    ['max-age=10', 5, { 'cache-control': 'max-age=6' }, 'fresh'],
    ['max-age=10', 5, { 'cache-control': 'min-fresh=6' }, 'validate'],
    ['max-age=10', 15, { 'cache-control': 'max-stale' }, 'fresh'],
    ['max-age=10', 15, { 'cache-control': 'max-stale=4' }, 'validate'],
    ['max-age=10, must-revalidate', 15, { 'cache-control': 'max-stale' }, 'validate'],
    [SWR, 15, { 'cache-control': 'no-cache' }, 'validate'],
  ])('%s after %i s, asked with %j: %s', (cacheControl, after, asked, expected) => {
    expect(use(cacheControl, after, asked)).toBe(expected);
  });

  it('by callers who are not obeyed, and with defaults', () => {
    expect(use('max-age=10', 5, { 'cache-control': 'no-cache' }, { obeyCallers: false })).toBe('fresh');
    expect(use('max-age=10', 15, {}, { staleWhileRevalidateMs: 10_000, staleIfErrorMs: 5000 })).toBe(
      'stale or on error',
    );
    expect(use('max-age=10, stale-while-revalidate=0', 15, {}, { staleWhileRevalidateMs: 10_000 })).toBe('validate');
  });
});

describe('variants', () => {
  const selecting = (vary: string, asked: Record<string, string>): readonly Field[] =>
    selectingFields(vary, request(asked));

  it('are told apart by what the fields mean, not by how they are spelt', () => {
    const reply = {
      selecting: selecting('Accept-Language, X-A', { 'accept-language': 'de, en;q=0.5', 'x-a': 'b , c' }),
    };
    expect(selects(reply, request({ 'accept-language': 'EN ; q=0.5,DE', 'x-a': 'b,c' }))).toBe(true);
    expect(selects(reply, request({ 'accept-language': 'de', 'x-a': 'b,c' }))).toBe(false);
    expect(selects(reply, request({ 'accept-language': 'de, en;q=0.5', 'x-a': 'c,b' }))).toBe(false);
    expect(selects(reply, request({ 'accept-language': 'de, en;q=0.5' }))).toBe(false);
  });

  it('of a field that is empty and of one that is not there are two', () => {
    const reply = { selecting: selecting('x-a', {}) };
    expect([selects(reply, request({})), selects(reply, request({ 'x-a': '' }))]).toEqual([true, false]);
  });
});

describe('conditions', () => {
  const reply = stored({ etag: '"a"', 'last-modified': date(100), date: date(0) });

  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ 'if-none-match': '"a"' }, true],
    [{ 'if-none-match': 'W/"a"' }, true],
    [{ 'if-none-match': '"b", "a"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': '"b"' }, false],
    [{ 'if-none-match': '"b"', 'if-modified-since': date(0) }, false],
    [{ 'if-modified-since': date(100) }, true],
    [{ 'if-modified-since': date(50) }, true],
    [{ 'if-modified-since': date(101) }, false],
    [{ 'if-modified-since': 'nonsense' }, false],
  ])('%j: the caller has it already: %s', (asked, expected) => {
    expect(isNotModified(reply, request(asked), NOW)).toBe(expected);
  });

  it('that the gate asks are those of the reply', () => {
    expect(validators(reply)).toEqual([
      ['if-none-match', '"a"'],
      ['if-modified-since', date(100)],
    ]);
    expect(validators(stored())).toEqual([]);
  });

  it('that hold change what was said, and not what was sent', () => {
    const old = stored({ etag: '"a"', 'x-a': '1', 'x-b': '2', age: '9', 'content-encoding': 'gzip', vary: 'x' });
    const news = refreshed(old, {
      fields: [
        ['x-a', '3'],
        ['cache-control', 'max-age=5'],
        ['content-encoding', 'br'],
        ['content-length', '0'],
        ['etag', '"b"'],
      ],
      requestMs: NOW + 1,
      responseMs: NOW + 2,
    });
    expect(Object.fromEntries(news.fields)).toEqual({
      etag: '"a"',
      'x-a': '3',
      'x-b': '2',
      'content-encoding': 'gzip',
      vary: 'x',
      'cache-control': 'max-age=5',
    });
    expect([news.requestMs, news.responseMs, news.body]).toEqual([NOW + 1, NOW + 2, old.body]);
  });
});

describe('a part of a reply of ten bytes', () => {
  it.each<[Record<string, string>, unknown]>([
    [{}, undefined],
    [{ range: 'bytes=0-3' }, { first: 0, last: 3 }],
    [{ range: 'bytes=4-' }, { first: 4, last: 9 }],
    [{ range: 'bytes=-3' }, { first: 7, last: 9 }],
    [{ range: 'bytes=-30' }, { first: 0, last: 9 }],
    [{ range: 'bytes=8-30' }, { first: 8, last: 9 }],
    [{ range: 'bytes=10-' }, null],
    [{ range: 'bytes=-0' }, null],
    [{ range: 'bytes=5-2' }, undefined],
    [{ range: 'bytes=0-1,3-4' }, undefined],
    [{ range: 'lines=0-1' }, undefined],
    [{ range: 'bytes=-' }, undefined],
    [
      { range: 'bytes=0-3', 'if-range': '"a"' },
      { first: 0, last: 3 },
    ],
    [{ range: 'bytes=0-3', 'if-range': 'W/"a"' }, undefined],
    [
      { range: 'bytes=0-3', 'if-range': date(100) },
      { first: 0, last: 3 },
    ],
    [{ range: 'bytes=0-3', 'if-range': date(99) }, undefined],
  ])('%j: %j', (asked, expected) => {
    expect(partOf(stored({ etag: '"a"', 'last-modified': date(100) }), request(asked), NOW)).toEqual(expected);
  });
});
