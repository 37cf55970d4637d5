import { describe, expect, it } from 'vitest';
import type { Parsed } from './parsed.ts';
import { parseBasePath, parsePathPattern, PATTERN_SEGMENTS_MAX } from './path-pattern.ts';

const outcome = (result: Parsed<string>): string => ('value' in result ? result.value : `! ${result.wrong}`);

describe('parsePathPattern', () => {
  const kept: Readonly<Record<string, readonly [string, string]>> = {
    'keeps a plain path': ['/users', '/users'],
    'keeps the root': ['/', '/'],
    'keeps a trailing slash, which is a path of its own': ['/users/', '/users/'],
    'keeps parameters': ['/users/{id}/posts/{post-id}', '/users/{id}/posts/{post-id}'],
    'keeps a last *': ['/files/*', '/files/*'],
    'takes * for everything': ['/*', '/*'],
    'keeps what a segment may hold bare': ["/a-._~!$&'()+,=:@z", "/a-._~!$&'()+,=:@z"],
    'decodes unreserved characters': ['/%7euser/%41', '/~user/A'],
    'writes escapes in upper case': ['/a%2fb', '/a%2Fb'],
    'escapes what requests never hold bare': ['/café/ü b', '/caf%C3%A9/%C3%BC%20b'],
    'mends a lone surrogate': ['/\ud800', '/%EF%BF%BD'],
    'counts parameters up to the limit': [
      `${'/a'.repeat(PATTERN_SEGMENTS_MAX - 1)}/*`,
      `${'/a'.repeat(PATTERN_SEGMENTS_MAX - 1)}/*`,
    ],
  };
  for (const [name, [text, expected]] of Object.entries(kept)) {
    it(name, () => expect(outcome(parsePathPattern(text))).toBe(expected));
  }

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'refuses a path without a slash': ['users', /does not begin with a slash/],
    'refuses nothing at all': ['', /does not begin with a slash/],
    'refuses a query': ['/users?x=1', /holds a query/],
    'refuses a fragment': ['/users#x', /holds a query or a fragment/],
    'refuses an empty segment': ['/a//b', /empty segment/],
    'refuses * before the end': ['/a/*/b', /\* before its end/],
    'refuses * inside a segment': ['/a*', /\* inside a segment/],
    'refuses ** at the end': ['/a/**', /\* inside a segment/],
    'refuses a parameter inside a segment': ['/{id}.json', /not a whole segment/],
    'refuses an open brace': ['/{id', /not a whole segment/],
    'refuses a closed brace': ['/id}', /not a whole segment/],
    'refuses two parameters in a segment': ['/{a}-{b}', /without a proper name/],
    'refuses a parameter without a name': ['/{}', /without a proper name/],
    'refuses a parameter with an improper name': ['/{a b}', /without a proper name/],
    'refuses a wildcard parameter of another dialect': ['/{rest*}', /without a proper name/],
    'refuses a name that is there twice': ['/{id}/x/{id}', /has the parameter \{id\} twice/],
    'refuses a dot segment': ['/a/../b', /dot segment/],
    'refuses an escaped dot segment': ['/a/%2e%2E/b', /escaped dot segment/],
    'refuses a percent sign that escapes nothing': ['/100%', /escapes nothing/],
    'refuses half an escape': ['/%4', /escapes nothing/],
    'refuses an escaped percent sign': ['/a%2541', /no request may hold/],
    'refuses an escaped control character': ['/a%00', /no request may hold/],
    'refuses too many segments': ['/a'.repeat(PATTERN_SEGMENTS_MAX + 1), /more than 64 segments/],
    'refuses too long a path': [`/${'a'.repeat(2048)}`, /longer than 2048/],
  };
  for (const [name, [text, expected]] of Object.entries(refused)) {
    it(name, () => expect(outcome(parsePathPattern(text))).toMatch(expected));
  }

  it('leaves a canonical path as it is', () => {
    for (const [text] of Object.values(kept)) {
      const once = outcome(parsePathPattern(text));
      expect(outcome(parsePathPattern(once))).toBe(once);
    }
  });
});

describe('parseBasePath', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'takes the root for no prefix': ['/', ''],
    'takes nothing for no prefix': ['', ''],
    'keeps a prefix': ['/v1', '/v1'],
    'drops a trailing slash': ['/v1/', '/v1'],
    'keeps several segments': ['/team/v1', '/team/v1'],
    'brings it into canonical form': ['/%7Ea', '/~a'],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, () => expect(outcome(parseBasePath(text))).toBe(expected));
  }

  it('refuses what varies, because it could not be taken off again', () => {
    for (const text of ['/{tenant}', '/v1/*', '/a/{b}/']) {
      expect(outcome(parseBasePath(text))).toMatch(/holds a parameter or a \*/);
    }
  });

  it('refuses what is no path', () => {
    expect(outcome(parseBasePath('v1'))).toMatch(/does not begin with a slash/);
    expect(outcome(parseBasePath('//'))).toMatch(/! /);
    expect(outcome(parseBasePath('/a//'))).toMatch(/! /);
  });
});
