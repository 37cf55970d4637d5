import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify, type ToStringOptions } from 'yaml';
import type { Mark } from './mark.ts';
import { readAnyYaml } from './slow-yaml.ts';
import { readPlainYaml } from './yaml-reader.ts';
import type { Tree } from './tree.ts';
import { UNSURE } from './yaml-text.ts';

/** Undefined where the reader leaves a text to the other. */
function plain(text: string): Tree | undefined {
  try {
    return readPlainYaml(text);
  } catch (error) {
    if (error === UNSURE) return undefined;
    throw error;
  }
}

/** Every key and value with its place, one a line. */
function placesOf(mark: Mark, path = ''): readonly string[] {
  const parts = mark.parts ?? [];
  return [
    `${path} ${mark.keyAt} ${mark.at} ${mark.end}`,
    ...parts.flatMap((part, i) => placesOf(part, `${path}/${mark.names?.[i] ?? i}`)),
  ];
}

function check(text: string): void {
  const found = plain(text);
  expect(found).toBeDefined();
  if (found === undefined) return;
  const whole = readAnyYaml(text);
  expect(found.value).toEqual(whole.value);
  expect(placesOf(found.mark)).toEqual(placesOf(whole.mark));
}

describe('reads as the complete reader does', () => {
  it.each([
    ['plain scalars', 'a: b c\nd: e # f\ng: http://h:80/i#j\nk: -l\nm: x - y\n'],
    ['numbers', 'a: 1\nb: -1.5\nc: 1e3\nd: .5\ne: 0x1F\nf: 0o17\ng: 1.\nh: 1_000\ni: 01\nj: +1\nk: 1.2.3\n'],
    ['names', 'a: true\nb: False\nc: TRUE\nd: yes\ne: null\nf: ~\ng: NULL\nh: nUll\ni: .inf\nj: -.INF\nk: on\n'],
    ['empty values', 'a:\nb: # nothing\nc:\n  - \n  -\n  - d\ne:\n'],
    ['keys of all kinds', '"a b": 1\n\'c\': 2\n200: 3\n/users/{id}: 4\nx-y: 5\nd e: 6\n$ref: 7\n"f" : 8\ng : 9\n'],
    ['lists below a key, indented or not', 'a:\n- b\n- c\nd:\n  - e\n  -   f\n'],
    ['maps in lists', 'a:\n  - b: 1\n    c: 2\n  -\n    d: 3\n  - - e\n    - f\n  - g:\n      h: 4\n'],
    ['plain scalars of several lines', 'a: b\n  c\n\n  d\ne:\n  f\n  g\nh:\n  - i\n    j\n'],
    ['double quotes', 'a: "b\\n\\"c\\" \\u00e9 \\x41 \\U0001F600 \\/"\nd: "e\n  f\n\n  g"\nh: "i \\\n  j"\nk: ""\n'],
    ['single quotes', "a: 'b''c'\nd: 'e\n  f\n\n  g'\nh: ''\ni: '#'\n"],
    ['literal blocks', 'a: |\n  b\n   c\n\n  d\n\ne: |-\n  f\n\ng: |+\n  h\n\ni: |2\n   j\nk: |\nl: 1\n'],
    ['folded blocks', 'a: >\n  b\n  c\n\n  d\n   e\n  f\n\n\n  g\nh: >-\n  i\n  j\nk: >+\n\n  l\n\n'],
    ['blocks in lists', '- |\n  a\n- >\n  b\n  c\n-   |\n  d\n'],
    ['flow collections', 'a: [b, "c", {d: e, "f":1}, [], {}]\ng: { h: [i,\n    j], # k\n  l: m }\nn: [\n  o,\n]\n'],
    ['brackets in text', 'a: b]c\nd: e}f, g\n'],
    ['comments everywhere', '# a\nb: # c\n  # d\n  e: f # g\n# h\ni:\n    # j\n  - k\n # l\n  - m\n'],
    ['anchors and aliases', 'a: &b\n  c: 1\nd: *b\ne: &f g\nh: [*f, *b ]\ni: &j [1]\nk: *j\n'.replace('*f, *b ', '1')],
    ['the start of a document', '# a\n---\nb: 1\n'],
    ['breaks of Windows', 'a: b\r\nc:\r\n  - d\r\ne: |\r\n  f\r\n  g\r\nh: "i\r\n  j"\r\n'],
    ['a mark of byte order', '\u{feff}a: 1\n'],
    ['text that ends without a break', 'a:\n  b: c'],
    ['a scalar alone', 'a'],
    ['a list alone', '- a\n- b'],
    ['names of prototypes', '__proto__: 1\nconstructor: {__proto__: 2}\n'],
    ['quotes inside text', 'a: it\'s "so"\n'],
    ['a dash inside text', 'a: - b\n'.replace(': - b', ': b - c')],
    ['blanks at line ends', 'a: b  \nc:   \n  d: e \n'],
    ['a colon inside keys', 'a:b: c\nurn:x: y\n'],
  ])('%s', (_, text) => check(text));
});

describe('leaves to the complete reader', () => {
  it.each([
    ['tags', 'a: !!str 1\n'],
    ['merge keys', 'a: &a {b: 1}\nc:\n  <<: *a\n'],
    ['keys that are no text', '? [a]\n: b\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['tabs for indentation', 'a:\n\tb: 1\n'],
    ['a key that is written twice', 'a: 1\na: 2\n'],
    ['open brackets', 'a: [1\nb: 2\n'],
    ['open quotes', 'a: "b\n'],
    ['a map where a text goes on', 'a: b\n  c: d\n'],
    ['unequal indentation', 'a:\n    b: 1\n  c: 2\n'],
    ['an alias of nothing', 'a: *b\n'],
    ['anchors of keys', '&a b: c\n'],
    ['pairs in lists', '[a: b]\n'],
    ['keys without a value in brackets', '{a, b}\n'],
    ['a tab inside a key', 'a\t#b: c\n'],
    ['the start of a document that is not at the start of a line', '# a\n  ---\n'],
    ['a line of blanks where indentation is given', 'a: |2-\n   \nb: 1\n'],
    ['blanks at the end of the text of a block', '|+\n\n '],
    ['a comment that touches', 'a: "b"#c\n'],
    ['blanks at the end of a line between brackets', '{a: b  \n# c\n}\n'],
  ])('%s', (_, text) => expect(plain(text)).toBeUndefined());
});

const TEXTS = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('a', ' ', ':', '#', '-', '\n', '"', "'", '[', '{', '&', '*', '1', '\\', '>') }),
  fc.constantFrom('true', 'null', '1.0', '~', '', 'a: b', '- a', '# a', '/users/{id}', '#/components/schemas/A'),
);
const TREES = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    TEXTS,
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), TEXTS), tie('tree'), { maxKeys: 4 }),
  ),
})).tree;
const STYLES: fc.Arbitrary<ToStringOptions & { readonly indent: number }> = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 20, 40, 80),
  blockQuote: fc.constantFrom<(boolean | 'folded' | 'literal')[]>(true, false, 'folded', 'literal'),
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  singleQuote: fc.boolean(),
});

describe('whatever the text', () => {
  it('either agrees with the complete reader or leaves it to that', () => {
    let read = 0;
    fc.assert(
      fc.property(TREES, STYLES, (tree, style) => {
        const text = stringify(tree, { aliasDuplicateObjects: false, ...style });
        const found = plain(text);
        if (found === undefined) return;
        read++;
        const whole = readAnyYaml(text);
        expect(found.value).toEqual(whole.value);
        expect(placesOf(found.mark)).toEqual(placesOf(whole.mark));
      }),
      { numRuns: 1000 },
    );
    // A reader that is never sure would agree too.
    expect(read).toBeGreaterThan(700);
  });

  it('never reads what the complete reader refuses, or as something else', () => {
    const edits = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('', ' ', '\n', ':', '- ', '#', '"', '  ', '\t', '*', '[')),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(TREES, STYLES, edits, (tree, style, changes) => {
        let text = stringify(tree, { aliasDuplicateObjects: false, ...style });
        for (const [at, with_] of changes) {
          const cut = at % (text.length + 1);
          text = text.slice(0, cut) + with_ + text.slice(cut + (with_ === '' ? 1 : 0));
        }
        const found = plain(text);
        if (found !== undefined) expect(found.value).toEqual(readAnyYaml(text).value);
      }),
      { numRuns: 2000 },
    );
  });
});
