import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX, scanObject } from './json-scan.ts';

/** Member name → the exact text of its value, or the problem. */
function scan(text: string | Buffer): Record<string, string> | string {
  const body = Buffer.from(text);
  const result = scanObject(body);
  if ('problem' in result) return result.problem;
  return Object.fromEntries(
    Array.from(result.members, ([name, { valueStart, valueEnd }]) => [
      name,
      body.toString('utf8', valueStart, valueEnd),
    ]),
  );
}

const nest = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const wide = (members: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, i) => [`k${i}`, i])));

function check(cases: Readonly<Record<string, readonly [string, Record<string, string> | string]>>): void {
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, () => expect(scan(text)).toEqual(expected));
  }
}

describe('scanObject finds members', () => {
  check({
    'reads an empty object': ['{}', {}],
    'reads values of every kind': [
      '{"s":"x","n":-1.5e+3,"t":true,"f":false,"z":null,"o":{"a":[1]},"l":[{}]}',
      { s: '"x"', n: '-1.5e+3', t: 'true', f: 'false', z: 'null', o: '{"a":[1]}', l: '[{}]' },
    ],
    'leaves the spaces around a value out': ['\t{ "a" :\r\n 1 , "b"\n:[ ] }\n ', { a: '1', b: '[ ]' }],
    'is not fooled by structure inside strings': [
      String.raw`{"a":"}],{\"b\":1","c":"\\"}`,
      { a: String.raw`"}],{\"b\":1"`, c: String.raw`"\\"` },
    ],
    'takes the nested key of the same name for something else': [
      '{"x":{"model":"inner"},"model":"outer"}',
      { x: '{"model":"inner"}', model: '"outer"' },
    ],
    'unescapes keys': [String.raw`{"mod\u0065l":"m"}`, { model: '"m"' }],
    'keeps an empty key': ['{"":1}', { '': '1' }],
    'keeps prototype names as plain names': [
      '{"__proto__":1,"constructor":2}',
      Object.fromEntries([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]),
    ],
    'reads text beyond ASCII': ['{"größe":"東京 🏯"}', { größe: '"東京 🏯"' }],
    'leaves bad escapes in a value to whoever reads the value': [String.raw`{"a":"\x"}`, { a: String.raw`"\x"` }],
    'leaves control characters in a value to whoever reads the value': ['{"a":"x\ny"}', { a: '"x\ny"' }],
  });

  it('reports where the key starts', () => {
    const result = scanObject(Buffer.from(' { "a" : 1 }'));
    expect('members' in result && result.members.get('a')).toEqual({ keyStart: 3, valueStart: 9, valueEnd: 10 });
  });

  it('reads a view into a larger buffer', () => {
    const whole = new TextEncoder().encode('xx{"a":1}yy');
    const result = scanObject(whole.subarray(2, 9));
    expect('members' in result && result.members.get('a')?.valueStart).toBe(5);
  });
});

describe('scanObject finds the end of strings of any length', () => {
  for (const length of [0, 1, 22, 23, 24, 25, 26, 47, 48, 49, 200, 5000]) {
    it(`ends a string of ${length} plain bytes`, () => {
      const value = JSON.stringify('x'.repeat(length));
      expect(scan(`{"a":${value},"b":1}`)).toEqual({ a: value, b: '1' });
    });
    it(`ends a string of ${length} bytes that closes with escapes`, () => {
      for (const tail of ['"', '\\', '\\"', '\\\\', '""', 'é"']) {
        const value = JSON.stringify('x'.repeat(length) + tail);
        expect(scan(`{"a":${value},"b":1}`)).toEqual({ a: value, b: '1' });
      }
    });
  }

  it('ends a string made of escapes only', () => {
    for (const unit of ['"', '\\', '\n', '\\"']) {
      const value = JSON.stringify(unit.repeat(300));
      expect(scan(`{"a":${value},"b":1}`)).toEqual({ a: value, b: '1' });
    }
  });
});

describe('scanObject refuses', () => {
  check({
    'a key twice': ['{"model":"a","model":"b"}', 'has the key "model" twice'],
    'a key twice when one is escaped': [String.raw`{"model":"a","mod\u0065l":"b"}`, 'has the key "model" twice'],
    'a key twice when both are escaped differently': [
      String.raw`{"\u006dodel":"a","m\u006Fdel":"b"}`,
      'has the key "model" twice',
    ],
    'a key with a raw control character': ['{"mo\ndel":1}', 'has a key that is not a valid JSON string'],
    'a key with a bad escape': [String.raw`{"\model":1}`, 'has a key that is not a valid JSON string'],
    'a byte order mark': ['\ufeff{}', 'begins with a byte order mark'],
    'an empty body': ['', 'is not a JSON object'],
    'spaces only': [' \n', 'is not a JSON object'],
    'an array': ['[{"model":"a"}]', 'is not a JSON object'],
    'a string': ['"model"', 'is not a JSON object'],
    'a second object': ['{"a":1}{"a":2}', 'has something after the JSON object'],
    'a stray NUL behind': ['{"a":1}\0', 'has something after the JSON object'],
    'a comment': ['{/*"a":1,*/"a":2}', 'is not valid JSON'],
    'a line comment behind': ['{"a":1}//', 'has something after the JSON object'],
    'single quotes': ["{'a':1}", 'is not valid JSON'],
    'bare keys': ['{a:1}', 'is not valid JSON'],
    'a trailing comma': ['{"a":1,}', 'is not valid JSON'],
    'a leading comma': ['{,"a":1}', 'is not valid JSON'],
    'a missing comma': ['{"a":1 "b":2}', 'is not valid JSON'],
    'a missing colon': ['{"a" 1}', 'is not valid JSON'],
    'a missing value': ['{"a":}', 'is not valid JSON'],
    'a key alone': ['{"a"}', 'is not valid JSON'],
    'a trailing comma in an array': ['{"a":[1,]}', 'is not valid JSON'],
    'a gap in an array': ['{"a":[1,,2]}', 'is not valid JSON'],
    'brackets that do not match': ['{"a":[1}}', 'is not valid JSON'],
    'an object closed by a bracket': ['{"a":{"b":1]}', 'is not valid JSON'],
    'exotic spaces': ['{\u00a0"a":1}', 'is not valid JSON'],
    'a form feed': ['{\f"a":1}', 'is not valid JSON'],
    NaN: ['{"a":NaN}', 'is not valid JSON'],
    'a misspelt literal': ['{"a":nul}', 'is not valid JSON'],
    'an upper-case literal': ['{"a":True}', 'is not valid JSON'],
  });

  for (const number of ['01', '-', '+1', '.5', '1.', '1e', '1e+', '0x1', '1_000', '--1', '-01', '1.e2', 'e5']) {
    it(`the number ${number}`, () => expect(scan(`{"a":${number}}`)).toBe('is not valid JSON'));
  }

  it('bytes that are not UTF-8, which a lenient decoder may read as a quote', () => {
    for (const bad of [[0xc3], [0xc0, 0xa2], [0xed, 0xa0, 0x80], [0xff]]) {
      const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bad), Buffer.from('","b":1}')]);
      expect(scan(body)).toBe('is not UTF-8');
    }
  });

  it('every body cut short', () => {
    const whole = String.raw`{"a":"x\"y","n":-1.5e+3,"t":true,"o":{"b":[1,{"c":null}]},"l":[]}`;
    for (let length = 1; length < whole.length; length++) expect(scan(whole.slice(0, length))).toBeTypeOf('string');
  });

  it('nesting below the limit only', () => {
    expect(scan(nest(JSON_DEPTH_MAX - 1))).toBeTypeOf('object');
    expect(scan(nest(JSON_DEPTH_MAX))).toBe(`is nested deeper than ${JSON_DEPTH_MAX} levels`);
    expect(scan('{"a":'.repeat(100_000))).toBe(`is nested deeper than ${JSON_DEPTH_MAX} levels`);
  });

  it('more members than the limit', () => {
    expect(scan(wide(JSON_MEMBERS_MAX))).toBeTypeOf('object');
    expect(scan(wide(JSON_MEMBERS_MAX + 1))).toBe(`has more than ${JSON_MEMBERS_MAX} members`);
  });
});

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both accept → same members; the parser alone accepts → only for a reason we name; we alone accept → strings only. */
function agree(text: string): void {
  const ours = scan(text);
  const theirs = parsed(text);
  if (theirs === undefined) {
    if (typeof ours === 'object') expect(text).toMatch(/["\\]/);
    return;
  }
  if (!isPlainObject(theirs.value)) {
    expect(ours).toBe('is not a JSON object');
    return;
  }
  if (typeof ours === 'string') {
    expect(ours).toMatch(/twice$|^begins with|^is not UTF-8|^is nested/);
    return;
  }
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs.value).toSorted());
  for (const [name, value] of Object.entries(ours)) expect(JSON.parse(value)).toEqual(theirs.value[name]);
}

const spaced = fc.json({ maxDepth: 4 }).map((text) => JSON.stringify(JSON.parse(text), undefined, text.length % 3));
const objects = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }))
  .map((value) => JSON.stringify(value));

describe('scanObject agrees with JSON.parse', () => {
  it('on any object', () => {
    fc.assert(fc.property(objects, agree), { numRuns: 2000 });
  });

  it('on any document', () => {
    fc.assert(fc.property(spaced, agree), { numRuns: 1000 });
  });

  it('on documents with one piece of text cut, doubled or replaced', () => {
    const noise = fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '0', '-', 'e', 'null', 'é');
    const place = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(objects, noise, fc.tuple(place, fc.nat({ max: 3 })), (text, piece, [position, cut]) => {
        const at = position % (text.length + 1);
        agree((text.slice(0, at) + piece + text.slice(at + cut)).toWellFormed());
      }),
      { numRuns: 5000 },
    );
  });

  it('on short texts of structural characters', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 1-.e'.split(''), 'null', '"a"'), maxLength: 12 });
    fc.assert(
      fc.property(soup, (text) => agree(`{${text}}`)),
      { numRuns: 10_000 },
    );
  });
});
