import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './json-body.ts';

const refusal = expect.objectContaining({ code: 'request.malformed_json' });

describe('parseJsonBody', () => {
  it('returns what was serialised', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = Buffer.from(JSON.stringify(value));
        expect(JSON.stringify(parseJsonBody(body))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('takes an empty body for none', () => expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined());

  it('skips a byte order mark', () => expect(parseJsonBody(Buffer.from('\uFEFF{}'))).toEqual({}));

  it.each([' ', '{', "{'a':1}", '[1,]', 'NaN', '{"a":1}x'])('refuses %j', (body) => {
    expect(() => parseJsonBody(Buffer.from(body))).toThrow(refusal);
  });

  it.each([
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('refuses %s', (_what, bytes) => {
    expect(() => parseJsonBody(Buffer.from(bytes))).toThrow(refusal);
  });

  it('survives the deepest nesting that fits the body limit', () => {
    const depth = 32_768;
    expect(() => parseJsonBody(Buffer.from('['.repeat(depth) + ']'.repeat(depth)))).not.toThrow();
  });
});
