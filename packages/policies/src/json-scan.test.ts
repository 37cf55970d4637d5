import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScan, type JsonBounds } from './json-scan.ts';

const OPEN: JsonBounds = {
  depth: Infinity,
  keys: Infinity,
  arrayItems: Infinity,
  stringLength: Infinity,
  nameLength: Infinity,
  digits: Infinity,
  duplicateKeys: true,
};

function problem(text: string | Buffer, bounds: Partial<JsonBounds> = {}): string | undefined {
  const found = new JsonScan({ ...OPEN, ...bounds }).scan(Buffer.from(text));
  return found === undefined ? undefined : `${found.at} ${found.what}`;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Text, what is wrong. */
const CASES: readonly (readonly [string, string | undefined])[] = [
  ['{"a":[1,-0.5e+10,true,false,null,"x\\n\\u00e9ü😀"],"":{}}', undefined],
  [' \t\r\n[ ] \n', undefined],
  ['"\\u0000\\ud800"', undefined],
  ['', '0 ends too early'],
  ['[1', '2 ends too early'],
  ['{"a', '3 ends too early'],
  ['"\\u00', '5 ends too early'],
  ['tru', '3 ends too early'],
  ['\ufeff1', '0 holds what is no value'],
  ['1\0', '1 goes on behind its end'],
  ['"\0"', '1 holds a control character in a string'],
  ['"a\tb"', '2 holds a control character in a string'],
  ['[1,]', '3 holds what is no value'],
  ['[,1]', '1 holds what is no value'],
  ['{"a":1,}', '7 lacks the name of a member'],
  ['{a:1}', '1 lacks the name of a member'],
  ['{"a" 1}', '5 lacks a colon'],
  ['[1 2]', '3 holds what cannot stand behind a value'],
  ['[1}', '2 holds what cannot stand behind a value'],
  ['1 1', '2 goes on behind its end'],
  ['01', '2 ends too early'],
  ['-x', '1 holds what is no number'],
  ['1.', '2 ends too early'],
  ['.5', '0 holds what is no value'],
  ['+1', '0 holds what is no value'],
  ['1e', '2 ends too early'],
  ['NaN', '0 holds what is no value'],
  ["'a'", '0 holds what is no value'],
  ['"\\x41"', '2 holds an escape that does not exist'],
  ['"\\u12g4"', '5 holds an escape that does not exist'],
  ['/* c */1', '0 holds what is no value'],
  ['\u00a01', '0 holds what is no value'],
];

describe('a text is JSON', () => {
  it.each(CASES)('or not: %j', (text, wrong) => {
    expect(problem(text)).toBe(wrong);
    expect(parses(text)).toBe(wrong === undefined);
  });

  it('exactly when JSON.parse takes it', () => {
    const pieces = fc.constantFrom(
      ...'{}[]:,"\\ \n\t0123456789.-+eEtrufalsn'.split(''),
      '"a"',
      'true',
      'null',
      '\\u00',
      '\u2028',
      'é',
    );
    const almost = fc.tuple(fc.json(), fc.nat(), pieces).map(([text, at, piece]) => {
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + piece + text.slice(cut + (at & 1));
    });
    const soup = fc.array(pieces, { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.json(), almost, soup, fc.string({ unit: 'binary' })), (text) => {
        expect(problem(text) === undefined).toBe(parses(Buffer.from(text).toString()));
      }),
      { numRuns: 5000 },
    );
  });

  it('only when it is UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xc3],
    ])
      expect(problem(Buffer.from(bytes))).toBe('1 is not UTF-8');
    expect(problem(Buffer.from('"ü€😀\u00ff"'))).toBeUndefined();
    expect(problem(Buffer.concat([Buffer.from('"ü'), Buffer.from([0x80])]))).toBe('3 is not UTF-8');
    expect(problem(Buffer.from('{"a":1}', 'utf16le'))).toBe('1 lacks the name of a member');
  });

  it('whatever bytes come, and throws on none', () => {
    const scan = new JsonScan({ ...OPEN, depth: 8, duplicateKeys: false });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = scan.scan(Buffer.from(bytes));
        if (found !== undefined) expect(found.at).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('a text holds at most', () => {
  const long = 'x'.repeat(10);
  it.each<readonly [string, Partial<JsonBounds>, string, string, string]>([
    ['so deep a nesting', { depth: 2 }, '[{"a":1},[]]', '[{"a":[]}]', '6 is nested too deeply'],
    [
      'so many members of an object',
      { keys: 2 },
      '{"a":{"c":1,"d":2},"b":2}',
      '{"a":1,"b":2,"c":3}',
      '13 holds an object of too many members',
    ],
    ['so many items of an array', { arrayItems: 2 }, '[[1,2],2]', '[1,2,3]', '5 holds an array of too many items'],
    ['so long a string', { stringLength: 10 }, `{"${long}1":"${long}"}`, `["${long}1"]`, '1 holds too long a string'],
    ['so long a name', { nameLength: 10 }, `{"${long}":"${long}1"}`, `{"${long}1":1}`, '1 holds too long a name'],
    ['so many digits', { digits: 4 }, '[1234,-1.5e10]', '[1.5e100]', '1 holds a number of too many digits'],
  ])('%s', (_, bounds, fine, tooMuch, wrong) => {
    expect(problem(fine, bounds)).toBeUndefined();
    expect(problem(tooMuch, bounds)).toBe(wrong);
    expect(problem(tooMuch)).toBeUndefined();
  });

  it('a million brackets without using the stack', () => {
    const text = '['.repeat(1e6) + ']'.repeat(1e6);
    expect(problem(text)).toBeUndefined();
    expect(problem(text, { depth: 64 })).toBe('64 is nested too deeply');
  });
});

describe('names of one object', () => {
  const twice = (text: string): string | undefined => problem(text, { duplicateKeys: false });

  it.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":1,"A":2," a":3}',
    '[{"a":1},{"a":1}]',
    '{"":1,"a":{"":2}}',
    '{"\\u00e9":1,"e":2}',
    '{"__proto__":1,"constructor":2}',
  ])('stand once in %s', (text) => {
    expect(twice(text)).toBeUndefined();
  });

  it.each([
    ['{"a":1,"a":2}', 7],
    ['{"a":1,"\\u0061":2}', 7],
    ['{"é":1,"\\u00E9":2}', 8],
    ['{"a/b":1,"a\\/b":2}', 9],
    ['{"x":{"a":1,"b":[{}],"a":2}}', 21],
    ['{"":1,"":2}', 6],
    ['{"😀":1,"\\ud83d\\ude00":2}', 10],
    ['{"__proto__":1,"__proto__":2}', 15],
  ])('stand twice in %s', (text, at) => {
    expect(twice(text)).toBe(`${at} names two members of one object alike`);
    expect(problem(text)).toBeUndefined();
  });

  it('stand twice exactly when fewer of them come out of JSON.parse', () => {
    const name = fc.constantFrom('"a"', '"b"', '"\\u0061"', '"\\u0062"', '"c"', '"\\n"', '"\\u000a"', '"\\u000A"');
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const text = `{${names.map((each) => `${each}:1`).join(',')}}`;
        const repeats = Object.keys(Object(JSON.parse(text))).length < names.length;
        expect(twice(text) !== undefined).toBe(repeats);
      }),
    );
  });
});
