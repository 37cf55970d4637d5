import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from './json-text.ts';

describe('jsonText', () => {
  const check = (input: string, expected: string): void => expect(jsonText(input)).toBe(expected);

  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'returns nothing for nothing': ['', ''],
    'returns plain text as it is': ['/v1/users/42?x=1&y={z}~', '/v1/users/42?x=1&y={z}~'],
    'escapes a quote': ['a"b', 'a\\"b'],
    'escapes a backslash': ['a\\b', 'a\\\\b'],
    'escapes a newline': ['a\nb', 'a\\nb'],
    'escapes a carriage return and a tab': ['\r\t', '\\r\\t'],
    'escapes NUL': ['\u0000', '\\u0000'],
    'escapes the escape character': ['\u001b[2J', '\\u001b[2J'],
    'escapes DEL': ['\u007f', '\\u007f'],
    'escapes the second control block': ['\u0080\u009b', '\\u0080\\u009b'],
    'escapes letters beyond ASCII': ['ü€', '\\u00fc\\u20ac'],
    'escapes line separators': ['\u2028\u2029', '\\u2028\\u2029'],
    'escapes both halves of a character': ['🏯', '\\ud83c\\udfef'],
    'escapes half a character': ['\ud800', '\\ud800'],
    'escapes the last code unit': ['\uffff', '\\uffff'],
  };
  for (const [name, [input, expected]] of Object.entries(cases)) it(name, () => check(input, expected));

  it('is read back by any JSON parser as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(JSON.parse(`"${jsonText(value)}"`)).toBe(value);
      }),
    );
  });

  it('is printable ASCII for every code unit', () => {
    for (let code = 0; code < 0x1_0000; code++) {
      const text = jsonText(String.fromCharCode(code));
      if (!/^[ -~]+$/.test(text)) expect.fail(`code unit ${code} gives ${JSON.stringify(text)}`);
    }
  });
});
