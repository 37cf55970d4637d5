import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearPattern, PatternProblem } from './linear-pattern.ts';

function flagsOf(source: string): string {
  try {
    RegExp(source, 'u');
    return 'u';
  } catch {
    return '';
  }
}

/**
 * What Node finds when it is asked at each character. Left to search by itself it passes over the last one where that
 * has two halves: `[^a]$` is not found in `😀`; and it looks for `\B` between halves, where ECMA-262 does not look.
 */
function byNode(source: string, text: string): boolean {
  const flags = flagsOf(source);
  const pattern = new RegExp(source, `${flags}y`);
  for (let at = 0; at <= text.length; at++) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return true;
    if (flags === 'u' && (text.codePointAt(at) ?? 0) > 0xffff) at++;
  }
  return false;
}

function check(source: string, text: string): void {
  expect([source, text, new LinearPattern(source).test(text)]).toEqual([source, text, byNode(source, text)]);
}

const PATTERNS = [
  '',
  '^$',
  'a',
  '^a|b$',
  '^(a|b)*$',
  '^(?:ab?)+c{2,3}$',
  '^(?<year>[0-9]{4})-[0-9]{2}$',
  String.raw`^\d{3}-\w+\b.$`,
  String.raw`\bfoo\b`,
  String.raw`\Boo`,
  '^[^a-c]+$',
  '[^a]$',
  String.raw`[\s\S]$`,
  '^.$',
  '^..$',
  '^a{0}$',
  '^a{2}$',
  '^a{2,}$',
  '^(a{0,2}){2}b$',
  '^(?:a*)*$',
  '^(?:a|)+$',
  '^(?:^a)+$',
  'a$b',
  '(?:a$)|b',
  '^a*?b+?$',
  String.raw`^\p{L}+$`,
  String.raw`^\u{1F600}$`,
  String.raw`^\ud83d\ude00$`,
  '^😀+$',
  '^[😀-😂]$',
  String.raw`^[\w\-.]+$`,
  String.raw`^\_\@$`,
  String.raw`^a{,2}$`,
  String.raw`^x{a}$`,
  String.raw`^]$`,
  String.raw`^\/\.\[$`,
  String.raw`^[\]a]$`,
  String.raw`^(?=.*[a-c])(?=.*\d).{2,}$`,
  String.raw`^(?!ab)[ab]*$`,
  String.raw`^(?=a)`,
  String.raw`^\s*\S$`,
  String.raw`^[\s\S]$`,
  String.raw`^\x61\u0062\cA\t\0?$`,
];

const TEXTS = [
  '', 'a', 'b', 'c', 'ab', 'ba', 'aab', 'abc', 'aaaa', 'ac', 'abacc', 'cc', '2024-12', '123-abc!', 'foo', 'a foo b',
  'xfoo', 'food', 'a\nb', '\n', ' ', 'é', 'ß', '😀', '😀😀', '\ud83d', '\u2028', 'a-b.c', '_@', 'a{,2}', 'x{a}', ']',
  '/.[', 'a1', '1c', 'zz9', 'ab\u0001\t', 'ab\u0001\t\0',
]; // prettier-ignore

describe('a linear pattern', () => {
  it.each(PATTERNS)('%j matches what Node matches', (source) => {
    for (const text of TEXTS) check(source, text);
  });

  it('matches what Node matches, whatever it is made of', () => {
    const leaf = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      String.raw`\w`,
      String.raw`\d`,
      String.raw`\W`,
      String.raw`[\s\S]`,
      String.raw`\ud83d`,
      '[😀-😂]',
      '^',
      '$',
      String.raw`\b`,
      String.raw`\B`,
      '(?:)',
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => a + b),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}'))
          .map(([a, q]) => `(?:${a})${q}`),
      ),
    }));
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '1', '-', '\n', '😀', '\ud83d', '\ude00', '\u2028'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(tree, text, (source, subject) => check(source, subject)),
      { numRuns: 5000 },
    );
  });

  it.each([
    [String.raw`(a)\1`, 'refers back'],
    [String.raw`(?<n>a)\k<n>`, 'refers back'],
    ['(?<=a)b', 'looks behind'],
    ['(?<!a)b', 'looks behind'],
    ['(?i:a)', 'looks behind or changes flags'],
    ['a(?=b)', 'looks ahead elsewhere'],
    ['^(?:a|(?!b))', 'looks ahead elsewhere'],
    ['(a', 'is no regular expression'],
    ['a**', 'is no regular expression'],
    ['(?:a{1000}){1000}', 'repeats too much'],
  ])('%j is refused: it %s', (source, why) => {
    expect(() => new LinearPattern(source)).toThrow(PatternProblem);
    expect(() => new LinearPattern(source)).toThrow(why);
  });

  it('reads or refuses any text, and fails on none', () => {
    const pieces = fc.constantFrom(
      ...String.raw`ab()[]{}|*+?^$\.,-=!<>:1dwpk`.split(''),
      '(?',
      '(?:',
      String.raw`\u`,
      '😀',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
          fc.string(),
        ),
        (source) => {
          try {
            const pattern = new LinearPattern(source);
            for (const text of ['', 'a', 'ab1', '😀']) {
              expect([source, text, pattern.test(text)]).toEqual([source, text, byNode(source, text)]);
            }
          } catch (error) {
            if (!(error instanceof PatternProblem)) throw error;
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(a*)*b$', 'a+a+a+a+$', '(?:a|b)*a(?:a|b){14}$'])(
    '%j takes a step a character of a text that keeps other engines busy for ever',
    (source) => {
      const pattern = new LinearPattern(source);
      const text = `${'a'.repeat(100_000)}!`;
      const before = performance.now();
      expect(pattern.test(text)).toBe(false);
      expect(performance.now() - before).toBeLessThan(5000);
    },
  );

  it('tells what a text costs that meets no state twice, so that somebody can put an end to it', () => {
    const pattern = new LinearPattern('a.{1000}b$');
    // The bits of a counter: no two windows of a thousand characters are alike.
    const text = Array.from({ length: 4000 }, (_, n) => n.toString(2))
      .join('')
      .replaceAll('0', 'a')
      .replaceAll('1', 'b');
    let spent = 0;
    const spend = (steps: number): void => {
      spent += steps;
      if (spent > 100_000) throw new Error('too much');
    };
    expect(() => pattern.test(text, spend)).toThrow('too much');
    spent = 0;
    expect(new LinearPattern('^[ab]*$').test(text, spend)).toBe(true);
    expect(spent).toBeLessThan(text.length / 16);
  });
});
