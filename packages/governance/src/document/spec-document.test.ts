import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpec, UnreadableDocument } from './spec-document.ts';

const YAML = `openapi: 3.1.0
paths:
  /users:
    get:
      tags: [a, b]
`;
const ALIASED = 'a: &a\n  b: {c: 1}\nd: *a\n';
const MERGED = 'a: &a {b: 1}\nc:\n  <<: *a\n  d: 2\n';

it.each([
  [YAML, ['paths', '/users', 'get'], { line: 4, column: 5 }],
  [YAML, ['paths', '/users', 'get', 'tags', 1], { line: 5, column: 17 }],
  [YAML, ['paths', '/none', 'get'], { line: 2, column: 1 }],
  [YAML, [], { line: 1, column: 1 }],
  ['{"a":\n {"b": 1}}', ['a', 'b'], { line: 2, column: 3 }],
  ['\n {"a":\n [1,\n2]}', ['a', 1], { line: 4, column: 1 }],
  ['{"200": 1, "a": 2, "100": 3}', ['100'], { line: 1, column: 20 }],
  ['{"__proto__": {"constructor": 1}}', ['__proto__', 'constructor'], { line: 1, column: 16 }],
  [ALIASED, ['d', 'b', 'c'], { line: 2, column: 7 }],
  [ALIASED, ['d'], { line: 3, column: 1 }],
  [MERGED, ['c', 'd'], { line: 4, column: 3 }],
  ['a: {b: 1}', ['a', 'b', 'c', 'd'], { line: 1, column: 5 }],
])('knows where something is written (%#)', (text, path, place) => {
  expect(parseSpec(text, 'a.yaml').placeOf(path)).toEqual(place);
});

it.each([
  ['a: b.', ['a'], 'b.'],
  ['a: "b."  # c', ['a'], '"b."'],
  ["- 'a'\n- b", [1], 'b'],
  ['{"a": [1, {"b": null}]}', ['a', 1], '{"b": null}'],
  ['a: !!str 1', ['a'], '1'],
])('knows the text of a value (%#)', (text, path, source) => {
  const span = parseSpec(text, 'a.yaml').spanOf(path);
  expect(text.slice(span?.start, span?.end)).toBe(source);
});

it('knows no text of what is not there', () => {
  expect(parseSpec('a: 1', 'a.yaml').spanOf(['b'])).toBeUndefined();
  expect(parseSpec('[1]', 'a.yaml').spanOf([1])).toBeUndefined();
});

it('follows merge keys', () => {
  expect(parseSpec(MERGED, 'a.yaml').root).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
});

describe('says where a text stops being a tree', () => {
  it.each([
    ['a: [1\nb: 2', 'a.yaml', { line: 2, column: 1 }, /./],
    ['a: 1\na: 2', 'a.yaml', { line: 2, column: 1 }, /unique/],
    ['{"a": 1,\n "a": 2}', 'a.json', { line: 2, column: 2 }, /"a" is written twice/],
    ['{"a": 1,\n}', 'a.json', { line: 2, column: 1 }, /expected a key in double quotes, there is "}"/],
    ['{"a" 1}', 'a.json', { line: 1, column: 6 }, /expected a colon/],
    ['[1 2]', 'a.json', { line: 1, column: 4 }, /expected a comma or \]/],
    ['{"a": tru}', 'a.json', { line: 1, column: 7 }, /expected a value/],
    ['{"a": 01}', 'a.json', { line: 1, column: 8 }, /expected a comma or }/],
    ['{"a": "b', 'a.json', { line: 1, column: 7 }, /does not end/],
    ['{"a": "\\q"}', 'a.json', { line: 1, column: 7 }, /escape/],
    ['{"a": "\n"}', 'a.json', { line: 1, column: 8 }, /control character/],
    ['{} {}', 'a.json', { line: 1, column: 4 }, /nothing more/],
    ['', 'a.json', { line: 1, column: 1 }, /expected a value, the text ends/],
    ['a: &b [*b]', 'a.yaml', { line: 1, column: 1 }, /./],
    ['a: *b', 'a.yaml', { line: 1, column: 4 }, /b/],
    ['a: 1\n---\nb: 1\n', 'a.yaml', { line: 2, column: 1 }, /multiple documents/],
  ])('%j', (text, file, place, message) => {
    const read = (): unknown => parseSpec(text, file);
    expect(read).toThrow(UnreadableDocument);
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      if (text !== 'a: &b [*b]') expect(error).toMatchObject({ place });
    }
  });
});

describe('is bounded', () => {
  const levels = (n: number, [open, close]: readonly [string, string]): string => open.repeat(n) + close.repeat(n);

  it.each([
    ['JSON', 'a.json', levels(5000, ['[', ']'])],
    ['JSON without an end', 'a.json', '['.repeat(2_000_000)],
    ['maps of JSON', 'a.yaml', levels(5000, ['{"a":', '}']).replace('}', '1}')],
    ['flow collections', 'a.yaml', `a: ${levels(5000, ['[', ']'])}`],
    ['blocks', 'a.yaml', Array.from({ length: 5000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['lists in lists', 'a.yaml', '- '.repeat(5000)],
    ['flow collections that only the complete reader reads', 'a.yaml', `a: !!seq ${levels(5000, ['[', ']'])}`],
  ])('refuses deep %s', (_, file, text) => {
    expect(() => parseSpec(text, file)).toThrow(UnreadableDocument);
  });

  it('refuses aliases that would grow without end', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => parseSpec(lines.join('\n'), 'a.yaml')).toThrow(UnreadableDocument);
    expect(() => parseSpec(lines.join('\n').replaceAll(', *', '\n, *'), 'a.yaml')).toThrow(UnreadableDocument);
  });

  it.each([
    ['blanks in a string of several lines', `a: "b${' '.repeat(300_000)}c\n  d"`],
    ['blanks beside escapes', `a: "b\\n${' '.repeat(300_000)}c\n  d"`],
    ['lines of blanks', `a: "b${'\n   '.repeat(100_000)}c"`],
    ['one long key', `${'a'.repeat(900_000)}b`],
    ['many keys', Array.from({ length: 50_000 }, (_, i) => `k${i}: v`).join('\n')],
    ['many comments', `${'# c\n'.repeat(200_000)}a: 1`],
  ])('takes time in proportion to %s', (_, text) => {
    const started = performance.now();
    parseSpec(text, 'a.yaml');
    // Quadratic work would take minutes.
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('whatever the text', () => {
  it('reads it or says what is wrong with it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('{}[]":,\'\\ \n-#&*!|>?%@`a1~\t\r')) })),
        fc.constantFrom('a.json', 'a.yaml'),
        (text, file) => {
          try {
            parseSpec(text, file).placeOf(['a', 0]);
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableDocument);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads JSON as Node does', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(parseSpec(text, 'a.json').root).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses what Node refuses as JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '1', '}', ' '), (json, at, put) => {
        const cut = at % (json.length + 1);
        const text = json.slice(0, cut) + put + json.slice(cut + (put === '' ? 1 : 0));
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) return;
        expect(() => parseSpec(text, 'a.json')).toThrow(UnreadableDocument);
      }),
      { numRuns: 1000 },
    );
  });
});
