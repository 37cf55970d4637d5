import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonFields, parseExact } from './json.ts';

describe('parseExact', () => {
  it.each([
    '{"id":12345678901234567890}',
    '[0.12345678901234567890]',
    '{"__proto__":{"a":1},"b":-9007199254740993}',
    '{"x":1e999,"y":[-2.5E+400]}',
    `[${'9'.repeat(400)}]`,
    '1e0999',
  ])('keeps the digits of %s (T47)', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it('leaves numbers that a double holds as numbers', () => {
    expect(parseExact('{"temperature":0.30000000000000004,"seed":9007199254740991}')).toEqual({
      temperature: 0.1 + 0.2,
      seed: Number.MAX_SAFE_INTEGER,
    });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseExact(String(number))).toBe(Object.is(number, -0) ? 0 : number);
      }),
    );
  });

  it('makes an ordinary member of __proto__', () => {
    const fields = parseExact('{"__proto__":{"admin":true}}');
    expect(isJsonFields(fields) && Object.keys(fields)).toEqual(['__proto__']);
    expect(fields).not.toHaveProperty('admin');
  });

  it('gives nothing for what is no JSON', () => {
    for (const text of ['', '{', 'undefined', '{"a":1}{']) expect(parseExact(text)).toBeUndefined();
  });

  it('reads other JSON like the parser of the language', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExact(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
