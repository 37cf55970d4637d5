import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

describe('repeatedKey', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['[{"b":{"c":[{"d":1, "d" :2}]}}]', 'd'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a\\"b":1,"a\\u0022b":2}', 'a"b'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"x":"\\\\","y":{"z":"}"},"x":1}', 'x'],
    ['{"":1,"":2}', ''],
  ])('finds it in %s', (text, key) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(repeatedKey(text)).toBe(key);
  });

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"b","b":"a","c":"\\"a\\":1,\\"a\\":2"}',
    '["a","a"]',
    '"a"',
    '{"a":"\\\\\\"{","b":["{","}"],"c":1}',
  ])('finds none in %s', (text) => expect(repeatedKey(text)).toBeUndefined());

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedKey(JSON.stringify(JSON.parse(text)))).toBeUndefined();
      }),
    );
  });

  it('finds every pair that is put into what JSON.stringify writes', () => {
    const member = fc.tuple(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.jsonValue(), member, fc.jsonValue(), (before, [name, value], after) => {
        const pair = [value, after].map((each) => `${JSON.stringify(name)} : ${JSON.stringify(each)}`).join(',');
        const text = `[${JSON.stringify(before)},{"in":{${pair}}}]`;
        expect(repeatedKey(text)).toBe(name);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const text = JSON.stringify({ a: '\\"'.repeat(200_000), b: 'x'.repeat(200_000) });
    const begun = performance.now();
    expect(repeatedKey(text)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
