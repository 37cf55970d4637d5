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

const piece = fc.constantFrom(
  ...'max-age s-maxage no-store no-cache private public must-revalidate proxy-revalidate must-understand max-stale'.split(
    ' ',
  ),
  ...'min-fresh stale-while-revalidate stale-if-error only-if-cached = , " \\ ; 0 10 -1 1.5 99999999999999999999'.split(
    ' ',
  ),
  'W/"a"',
  '"a"',
  '*',
  'bytes=',
  '-',
  ' ',
  '\t',
  'ä',
  'Tue, 16 Jun 2026 12:00:00 GMT',
  'Tuesday, 16-Jun-26 12:00:00 GMT',
);
const value = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string(),
);
const names = [
  ...'age date expires cache-control cdn-cache-control etag last-modified vary set-cookie content-range'.split(' '),
  ...'authorization range if-range if-none-match if-modified-since pragma accept-language'.split(' '),
];
const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 });
const status = fc.integer({ min: 100, max: 599 });
const ms = fc.integer({ min: 0, max: 10_000_000 });
const options = fc.record({
  ttlMs: ms,
  negativeTtlMs: ms,
  heuristic: fc.constantFrom(0, 0.1),
  cookies: fc.boolean(),
  staleWhileRevalidateMs: ms,
  staleIfErrorMs: ms,
  obeyCallers: fc.boolean(),
});
const stored = fc
  .record({ status, fields, body: fc.uint8Array({ maxLength: 20 }), took: ms })
  .map(({ body, took, ...head }): StoredReply => ({
    ...head,
    body: Buffer.from(body),
    requestMs: NOW - took,
    responseMs: NOW,
    selecting: [],
    partition: '',
  }));

const check = <Ts extends [unknown, ...unknown[]]>(property: fc.IProperty<Ts>): void => {
  fc.assert(property, { numRuns: 1000 });
};

describe('whatever heads say', () => {
  it('a reply that forbids it is never kept, nor one for a request that forbids it', () => {
    check(
      fc.property(fields, fields, status, options, (asked, said, code, rules) => {
        const verdict = storage(
          { method: 'GET', header: headerOf(asked), identified: false },
          { status: code, fields: said, responseMs: NOW },
          rules,
        );
        const { directives } = governing(headerOf(said));
        if (!verdict.kept) return;
        expect(directives.has('private')).toBe(false);
        expect(directives.has('no-store') && !directives.has('must-understand')).toBe(false);
        expect(parseDirectives(headerOf(asked)('cache-control')).has('no-store')).toBe(false);
        expect(code >= 200 && code !== 304).toBe(true);
        if (!rules.cookies) expect(said.some(([name]) => name === 'set-cookie')).toBe(false);
      }),
    );
  });

  it('age and lifetime are numbers, and a reply only gets older', () => {
    check(
      fc.property(stored, options, ms, ms, (reply, rules, one, more) => {
        expect(lifetimeMs(reply, rules)).toBeGreaterThanOrEqual(0);
        const [young, old] = [ageMs(reply, NOW + one), ageMs(reply, NOW + one + more)];
        expect(young).toBeGreaterThanOrEqual(0);
        expect(old).toBe(young + more);
      }),
    );
  });

  it('what is not fresh is never given as it is where the reply forbids that', () => {
    check(
      fc.property(stored, fields, options, ms, (reply, asked, rules, after) => {
        const use = useOf(reply, headerOf(asked), { nowMs: NOW + after, options: rules });
        expect(use.ttlMs).not.toBeNaN();
        const { directives } = governing(headerOf(reply.fields));
        const strict = ['must-revalidate', 'proxy-revalidate', 'no-cache', 's-maxage'].some((name) =>
          directives.has(name),
        );
        if (directives.has('no-cache')) expect(use.how).toBe('validate');
        if (strict && use.ttlMs <= 0) expect([use.how, use.ifError]).toEqual(['validate', false]);
        if (use.how === 'fresh' && !rules.obeyCallers) expect(use.ttlMs).toBeGreaterThan(0);
      }),
    );
  });

  it('a part lies within the body', () => {
    check(
      fc.property(stored, fields, (reply, asked) => {
        const part = partOf(reply, headerOf(asked), NOW);
        if (part === undefined || part === null) return;
        expect(0 <= part.first && part.first <= part.last && part.last < reply.body.length).toBe(true);
        expect(Number.isInteger(part.first) && Number.isInteger(part.last)).toBe(true);
      }),
    );
  });

  it('a request for a part of any numbers is answered as RFC 9110 §14.1.2 says', () => {
    const number = fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined });
    check(
      fc.property(number, number, fc.integer({ min: 0, max: 20 }), (from, to, size) => {
        const reply = {
          status: 200,
          fields: [],
          body: Buffer.alloc(size),
          requestMs: NOW,
          responseMs: NOW,
          selecting: [],
          partition: '',
        };
        const part = partOf(reply, headerOf([['range', `bytes=${from ?? ''}-${to ?? ''}`]]), NOW);
        const all = Array.from({ length: size }, (_, index) => index);
        if (from === undefined && to === undefined) expect(part).toBeUndefined();
        else if (from !== undefined && to !== undefined && to < from) expect(part).toBeUndefined();
        else {
          const asked =
            from === undefined
              ? all.slice(to === 0 ? size : -(to ?? 0))
              : all.slice(from, to === undefined ? size : to + 1);
          expect(part ?? null).toEqual(asked.length === 0 ? null : { first: asked[0], last: asked.at(-1) });
        }
      }),
    );
  });

  it('a caller that has the tag of what is kept has it already, and what is confirmed keeps its own', () => {
    check(
      fc.property(stored, fields, (reply, news) => {
        const tag = headerOf(reply.fields)('etag');
        const again = headerOf([['if-none-match', tag ?? '']]);
        const wellFormed = /^(?:W\/)?"[^"]*"$/.test(tag ?? '');
        if (wellFormed && reply.status === 200) expect(isNotModified(reply, again, NOW)).toBe(true);
        const confirmed = refreshed(reply, { fields: news, requestMs: NOW, responseMs: NOW });
        expect(headerOf(confirmed.fields)('etag')).toBe(tag);
        expect(validators(confirmed).filter(([name]) => name === 'if-none-match')).toHaveLength(
          tag === undefined ? 0 : 1,
        );
      }),
    );
  });

  it('a request selects the variant that it asked for', () => {
    check(
      fc.property(value, fields, (vary, asked) => {
        const header = headerOf(asked);
        expect(selects({ selecting: selectingFields(vary, header) }, header)).toBe(true);
      }),
    );
  });

  it('a date is a moment, or none', () => {
    check(
      fc.property(
        fc.oneof(value, fc.stringMatching(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/)),
        (text) => {
          expect(httpTime(text, NOW)).not.toBeNaN();
        },
      ),
    );
  });

  it('a date that was written is read again', () => {
    check(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (second) => {
        expect(httpTime(new Date(second * 1000).toUTCString(), NOW)).toBe(second * 1000);
      }),
    );
  });
});

describe('a head of a megabyte', () => {
  it.each<[string, string]>([
    ['commas', ','.repeat(1e6)],
    ['quotes', '"'.repeat(1e6)],
    ['an open string', `a="${'\\'.repeat(1e6)}`],
    ['members', 'a=b,'.repeat(250_000)],
    ['spaces', `a${' '.repeat(1e6)}b`],
    ['equals', 'a='.repeat(500_000)],
    ['tags', 'W/"'.repeat(300_000)],
  ])('of %s is read in a moment', (_name, text) => {
    const started = process.threadCpuUsage();
    const reply: StoredReply = {
      status: 200,
      fields: names.map((name): Field => [name, text]),
      body: Buffer.alloc(1),
      requestMs: NOW,
      responseMs: NOW,
      selecting: [],
      partition: '',
    };
    const header = headerOf(reply.fields);
    seconds(parseDirectives(text), 'max-age');
    governing(header);
    isNotModified(reply, header, NOW);
    partOf(reply, header, NOW);
    selectingFields('accept-language', header);
    const { user } = process.threadCpuUsage(started);
    expect(user / 1000).toBeLessThan(2000);
  });
});
