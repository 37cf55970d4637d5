import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { casesOf, inCase, isCase, wordsOf } from './case-style.ts';
import { CASES, type Case } from './options.ts';
import { isVersionSegment, parametersOf, segmentsOf } from './path-template.ts';
import { beginsWithVerb, isPlural, pluralOf, singularOf } from './words.ts';

const split = (text: string): readonly string[] => text.split(' ');

describe('words', () => {
  it.each(split('users people statuses addresses news data series apis menus companies buses analyses taxis classes'))(
    '%s may be many',
    (word) => expect(isPlural(word)).toBe(true),
  );

  it.each(split('user status address bus analysis class canvas company alias process child gas virus'))(
    '%s is one',
    (word) => expect(isPlural(word)).toBe(false),
  );

  it.each([
    ['company', 'companies'],
    ['address', 'addresses'],
    ['user', 'users'],
    ['box', 'boxes'],
    ['key', 'keys'],
    ['branch', 'branches'],
  ])('%s and %s are one and many', (one, many) => {
    expect([pluralOf(one), singularOf(many), singularOf(one)]).toEqual([many, one, one]);
  });

  it.each(split('get-users cancel cancel-order create approve updateUser deactivate-account'))(
    '%s is an act',
    (name) => {
      expect(beginsWithVerb(wordsOf(name))).toBe(true);
    },
  );

  it.each(split('users order search exports cancel-reasons open-orders settings reset-tokens addresses posts'))(
    '%s is none',
    (name) => expect(beginsWithVerb(wordsOf(name))).toBe(false),
  );
});

describe('cases', () => {
  it.each<[string, Case]>([
    ['first_name', 'snake_case'],
    ['firstName', 'camelCase'],
    ['FirstName', 'PascalCase'],
    ['first-name', 'kebab-case'],
    ['FIRST_NAME', 'SCREAMING_SNAKE_CASE'],
  ])('%s is in one case, and can be written in all', (name, style) => {
    expect(casesOf(name)).toEqual([style]);
    for (const other of CASES) expect(isCase(inCase(name, other), other)).toBe(true);
    for (const other of CASES) expect(inCase(inCase(name, other), style)).toBe(name);
  });

  it.each([
    ['userID', ['user', 'id']],
    ['HTTPServer2', ['http', 'server', '2']],
    ['X-Request-Id', ['x', 'request', 'id']],
    ['', []],
    ['ä', []],
  ])('%s has its words', (name, words) => expect(wordsOf(name)).toEqual(words));

  it('takes any text for a name', () => {
    fc.assert(fc.property(fc.string(), (name) => void casesOf(inCase(name, 'snake_case'))));
  });

  it.each(CASES)('takes no time over a long name in %s', (style) => {
    const started = performance.now();
    for (const part of ['a', 'A', 'a_', 'aA', 'a-']) isCase(`${part.repeat(100_000)}!`, style);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('paths', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['/users/{id}', ['users', ''], ['id']],
    ['/users/{id}:reset', ['users', ''], ['id']],
    ['/{a}-{b}.json', ['-.json'], ['a', 'b']],
    ['/users/?a={b}#c', ['users'], []],
    ['/{+path}/{list*}/{cut:3}', ['', '', ''], ['path', 'list', 'cut']],
    ['/', [], []],
    ['', [], []],
  ])('%s has its segments and parameters', (template, literals, parameters) => {
    expect(segmentsOf(template).map(({ literal }) => literal)).toEqual(literals);
    expect(parametersOf(template)).toEqual(parameters);
  });

  it.each([
    ...split('v1 v2beta1 v1.2 V3 v1_0 1.0 2.0.1').map((text) => [text, true] as const),
    ...split('vat v 1 users v1users 10').map((text) => [text, false] as const),
  ])('%s is a version: %s', (text, is) => expect(isVersionSegment(text)).toBe(is));
});
