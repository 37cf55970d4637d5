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

/** Looked for by hand: searching, the V8 of Node 26 does not find `/[^a]$/u` in 😀, which Node 20 does. */
function nodes(source: string): RegExp {
  return new RegExp(`^[^]*?(?:${source})`, flagsOf(source));
}

function check(source: string, text: string): void {
  expect([source, text, new LinearPattern(source).test(text)]).toEqual([source, text, nodes(source).test(text)]);
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
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-', '\n', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(tree, text, (source, subject) => {
        // Node finds a `\\B` between the halves of a character, where ECMA-262 (AdvanceStringIndex) does not look.
        if (!source.includes(String.raw`\B`)) check(source, subject);
        else check(source, subject.replaceAll('😀', '-'));
      }),
      { numRuns: 3000 },
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
              expect([source, text, pattern.test(text)]).toEqual([
                source,
                text,
                new RegExp(source, flagsOf(source)).test(text),
              ]);
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
});
