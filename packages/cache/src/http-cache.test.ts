import { describe, expect, it } from 'vitest';
import { createCacheMemory } from './cache-memory.ts';
import { HttpCache } from './http-cache.ts';
import { selectingFields } from './rules/selecting.ts';
import { headerOf, type HeaderOf, type StoredReply } from './rules/stored-reply.ts';

const NOW = 1_750_000_000_000;
const URL = 'http://host/a?b';
const asking = (fields: Record<string, string> = {}): HeaderOf => headerOf(Object.entries(fields));

function threads(): [HttpCache, HttpCache] {
  const memory = createCacheMemory({ bytes: 256 * 1024, entries: 256 });
  return [new HttpCache(memory, 0), new HttpCache(structuredClone(memory), 1)];
}

interface Made {
  readonly vary?: string;
  readonly asked?: HeaderOf;
  readonly partition?: string;
  readonly requestMs?: number;
}

function reply(text: string, { vary, asked = asking(), partition = '', requestMs = NOW }: Made = {}): StoredReply {
  return {
    status: 200,
    fields: [['x', 'ä']],
    body: Buffer.from(text),
    requestMs,
    responseMs: requestMs + 1,
    selecting: selectingFields(vary, asked),
    partition,
  };
}

const textOf = (stored: StoredReply | undefined): string | undefined => stored?.body.toString();

describe('the cache of all workers', () => {
  it('gives in one thread what another kept, as it was', () => {
    const [one, two] = threads();
    const kept = reply('text');
    expect([one.knows(URL), one.keep(URL, kept, []), two.knows(URL)]).toEqual([false, true, true]);
    expect(two.find(URL, '', asking())).toEqual(kept);
    expect(two.find('http://other/a?b', '', asking())).toBeUndefined();
  });

  it('keeps variants apart, and finds each by what the request has', () => {
    const [one, two] = threads();
    for (const language of ['de', 'en']) {
      const asked = asking({ 'accept-language': language });
      one.keep(URL, reply(language, { vary: 'Accept-Language', asked }), []);
    }
    const find = (language: string): string | undefined =>
      textOf(two.find(URL, '', asking({ 'accept-language': language })));
    expect([find('de'), find('EN'), find('fr')]).toEqual(['de', 'en', undefined]);
    expect(two.knows(URL)).toBe(true);
  });

  it('keeps the replies of callers apart, and gives all of them what is for anybody', () => {
    const [one, two] = threads();
    one.keep(URL, reply('of a', { partition: 'a' }), []);
    expect([two.isShared(URL), textOf(two.find(URL, 'a', asking()))]).toEqual([false, 'of a']);
    expect([two.find(URL, 'b', asking()), two.find(URL, '', asking())]).toEqual([undefined, undefined]);
    one.keep(URL, reply('for all'), []);
    expect([two.isShared(URL), textOf(two.find(URL, 'b', asking()))]).toEqual([true, 'for all']);
  });

  it('forgets all variants of an address, and all callers’ replies', () => {
    const [one, two] = threads();
    one.keep(URL, reply('1', { vary: 'x', asked: asking({ x: '1' }) }), []);
    one.keep(URL, reply('2', { vary: 'x', partition: 'a' }), []);
    expect([two.forget(URL, NOW + 1), two.forget(URL, NOW + 1), one.knows(URL)]).toEqual([true, false, false]);
    expect([one.find(URL, 'a', asking()), one.find(URL, '', asking({ x: '1' }))]).toEqual([undefined, undefined]);
    one.keep(URL, reply('new', { requestMs: NOW + 2 }), []);
    expect(textOf(two.find(URL, '', asking()))).toBe('new');
  });

  it('does not keep what was asked for before its address was changed', () => {
    const [one, two] = threads();
    one.keep(URL, reply('old'), []);
    two.forget(URL, NOW + 10);
    expect(one.keep(URL, reply('old', { requestMs: NOW + 10 }), [])).toBe(false);
    expect(one.find(URL, '', asking())).toBeUndefined();
    expect(one.keep(URL, reply('new', { requestMs: NOW + 11 }), [])).toBe(true);
    expect(one.keep(URL, reply('late', { requestMs: NOW + 9, vary: 'x' }), [])).toBe(false);
    expect(textOf(two.find(URL, '', asking()))).toBe('new');
  });

  it('keeps the reply to the change itself', () => {
    const [one, two] = threads();
    two.forget(URL, NOW + 10);
    expect(one.keep(URL, reply('changed'), [], NOW + 11)).toBe(true);
    expect(textOf(two.find(URL, '', asking()))).toBe('changed');
    two.forget(URL, NOW + 12);
    expect(one.keep(URL, reply('changed'), [], NOW + 11)).toBe(false);
    two.purge({ prefix: 'http://none' }, NOW + 12);
    expect(one.keep(URL, reply('changed'), [], NOW + 13)).toBe(false);
  });

  it('purges an address with the copies of it that other upstreams gave', () => {
    const [one, two] = threads();
    for (const url of [URL, `${URL}#canary`, `${URL}c`]) one.keep(url, reply('text'), []);
    expect(two.purge({ url: URL }, NOW + 1)).toBe(2);
    expect([URL, `${URL}#canary`, `${URL}c`].map((url) => textOf(one.find(url, '', asking())))).toEqual([
      undefined,
      undefined,
      'text',
    ]);
  });

  it('does not keep what was asked for before a purge', () => {
    const [one, two] = threads();
    expect(two.purge({ tag: 'none' }, NOW + 10)).toBe(0);
    expect(one.keep(URL, reply('old', { requestMs: NOW + 10 }), [])).toBe(false);
    expect(one.keep(URL, reply('new', { requestMs: NOW + 11 }), [])).toBe(true);
  });

  it('goes on keeping when the clock was set back', () => {
    const [one, two] = threads();
    two.purge({ prefix: 'http://none' }, NOW + 3_600_000);
    two.forget(URL, NOW + 3_600_000);
    expect(one.keep(URL, reply('now'), [])).toBe(true);
  });

  it.each([
    [{ url: URL }, 1, ['http://host/ab', 'https://host/a']],
    [{ url: 'http://host/a' }, 0, [URL, 'http://host/ab', 'https://host/a']],
    [{ prefix: 'http://host/a' }, 2, ['https://host/a']],
    [{ prefix: 'http://host/a?' }, 1, ['http://host/ab', 'https://host/a']],
    [{ tag: 'even' }, 2, ['http://host/ab']],
    [{ tag: URL }, 0, [URL, 'http://host/ab', 'https://host/a']],
    [{ tag: 'eve' }, 0, [URL, 'http://host/ab', 'https://host/a']],
  ])('purges %j', (what, count, left) => {
    const [one, two] = threads();
    const urls = [URL, 'http://host/ab', 'https://host/a'];
    urls.forEach((url, index) => one.keep(url, reply(url), index % 2 === 0 ? ['even', 'x'] : ['x']));
    expect(two.purge(what, NOW + 1)).toBe(count);
    expect(urls.filter((url) => two.find(url, '', asking()) !== undefined)).toEqual(left);
  });

  it('does not keep what is too large, and says so', () => {
    const [one] = threads();
    expect(one.keep(URL, { ...reply(''), body: Buffer.alloc(256 * 1024) }, [])).toBe(false);
    expect(one.find(URL, '', asking())).toBeUndefined();
  });

  it('keeps addresses and fields of any text', () => {
    const [one, two] = threads();
    const url = 'http://host/%00"\\ä?\u2028';
    const asked = asking({ 'x-a': '",[\\]ä' });
    one.keep(url, reply('text', { vary: 'x-a', asked, partition: '"a",["b"]' }), ['ta"g']);
    expect(textOf(two.find(url, '"a",["b"]', asked))).toBe('text');
    expect(two.purge({ tag: 'ta"g' }, NOW + 1)).toBe(1);
  });
});
