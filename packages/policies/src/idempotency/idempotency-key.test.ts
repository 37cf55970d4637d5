import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idempotencyKey } from './idempotency-key.ts';

describe('idempotencyKey', () => {
  it.each([
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['  a  ', 'a'],
    ['"with space"', 'with space'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['a"b', 'a"b'],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['', undefined],
    ['""', undefined],
    ['"a', undefined],
    ['"a" ; p=1', undefined],
    ['"a", "b"', undefined],
    ['a, b', undefined],
    [String.raw`"a\b"`, undefined],
    ['x'.repeat(256), undefined],
    ['ü', undefined],
    ['a\tb', undefined],
    ['"\0"', undefined],
  ])('reads %j', (field, key) => {
    expect(idempotencyKey(field)).toBe(key);
  });

  it('gives visible ASCII and spaces alone, of at most 255 characters, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `"${text}"`),
        ),
        (field) => {
          expect(idempotencyKey(field) ?? 'a').toMatch(/^[ -~]{1,255}$/);
        },
      ),
    );
  });
});
