import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, usdText } from './decimal.ts';

describe('a decimal number', () => {
  it.each<[string, number, bigint | undefined]>([
    ['0', 6, 0n],
    ['1.5', 6, 1_500_000n],
    ['.5', 1, 5n],
    ['5.', 0, 5n],
    ['-0.000001', 6, -1n],
    ['+2', 0, 2n],
    ['0.0000005', 6, 1n],
    ['0.00000049', 6, 0n],
    ['-0.5', 0, -1n],
    ['1e-7', 12, 100_000n],
    ['1.25E3', 0, 1250n],
    ['9007199254740993.000001', 6, 9_007_199_254_740_993_000_001n],
    ['', 0, undefined],
    ['.', 0, undefined],
    ['-', 0, undefined],
    ['1,5', 0, undefined],
    ['0x10', 0, undefined],
    ['NaN', 0, undefined],
    ['1e999', 0, undefined],
    ['5e-324', 12, 0n],
    ['1e41', 0, undefined],
    ['1 ', 0, undefined],
    ['1'.repeat(61), 0, undefined],
  ])('%s with %i decimals is %s', (text, decimals, expected) => expect(decimalOf(text, decimals)).toBe(expected));

  it('is read again as it was written', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (micro) => {
        expect(decimalOf(usdText(micro), 6)).toBe(micro);
      }),
    );
  });

  it('agrees with what a double says, as far as that goes', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const exact = decimalOf(String(value), 3);
        expect(Math.abs(Number(exact) - value * 1000)).toBeLessThan(1);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.nat(12), (text, decimals) => void decimalOf(text, decimals)));
  });
});
