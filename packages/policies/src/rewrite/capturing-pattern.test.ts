import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapturingPattern } from './capturing-pattern.ts';

/** What was found, and what the groups took; those that took no part are ''. */
function found(source: string, text: string): readonly string[] | undefined {
  const pattern = CapturingPattern.compile(source);
  if (pattern === undefined) throw new Error(`${source} is not understood`);
  const seen = pattern.exec(text);
  return seen && Array.from({ length: pattern.groups + 1 }, (_, index) => seen.group(index));
}

function expected(source: string, text: string): readonly string[] | undefined {
  const seen = new RegExp(source, 'u').exec(text);
  return seen === null ? undefined : Array.from(seen, (group: string | undefined) => group ?? '');
}

describe('a pattern with groups finds what RegExp finds:', () => {
  it.each([
    ['^/old/(.*)$', '/old/a/b'],
    ['^/old/(.*)$', '/new/a'],
    ['/v(\\d+)/', '/x/v12/y'],
    ['^/(a|ab)(c|bcd)(d*)$', '/abcd'],
    ['^/(.*)/(.*)$', '/a/b/c'],
    ['^/(.*?)/(.*)$', '/a/b/c'],
    ['^/(?:x/)?(y)?$', '/x/'],
    ['(?<name>b+)', 'aabbb'],
    ['(?:(a)|b)*', 'ab'],
    ['(a+)+b', 'aaac'],
    ['(a{2,3}){1,2}', 'aaaaa'],
    ['\\bfoo\\b', '/a-foo-b'],
    ['[^/]+$', '/a/bc'],
    ['', 'abc'],
    ['a|', 'ba'],
    ['x*', 'aaa'],
    ['(x*)y??z', 'xyz'],
  ])('%s in %s', (source, text) => {
    expect(found(source, text)).toEqual(expected(source, text));
  });

  const part: fc.Arbitrary<string> = fc
    .letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('char'),
        tie('group'),
        tie('many'),
        tie('either'),
        tie('row'),
      ),
      char: fc.constantFrom('a', 'b', '/', '.', '[ab]', '[^/]', '\\w'),
      group: tie('node').map((inner) => `(${String(inner)})`),
      many: fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '*?', '+?', '??'))
        .map(([inner, sign]) => `(?:${String(inner)})${sign}`),
      either: fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(?:${String(one)}|${String(other)})`),
      row: fc.tuple(tie('node'), tie('node')).map((parts) => parts.join('')),
    }))
    .node.map(String);
  const anchored = fc.tuple(fc.constantFrom('', '^'), part, fc.constantFrom('', '$')).map((parts) => parts.join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'c'), maxLength: 8 });

  it('any in any', () => {
    fc.assert(
      fc.property(anchored, text, (source, each) => {
        if (CapturingPattern.compile(source) === undefined) return;
        expect(found(source, each)).toEqual(expected(source, each));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a pattern with groups', () => {
  it.each([
    '(',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    'a{1,9999}',
    '(?:a{50}){50}',
    '[',
    'a**',
    '(a*)*',
    '(?:a|)+',
    '(?:^)?a',
  ])('refuses %s', (source) => {
    expect(CapturingPattern.compile(source)).toBeUndefined();
  });

  it.each(['^(a+)+$', '^(?:a|a)*$', '(.*)(.*)(.*)(.*)(.*)x$', 'a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a{20}b'])(
    'takes no long time for %s',
    (source) => {
      const pattern = CapturingPattern.compile(source);
      const begunMs = performance.now();
      expect(pattern?.exec(`${'a'.repeat(4000)}!`)).toBeUndefined();
      expect(performance.now() - begunMs).toBeLessThan(2000);
    },
  );
});
