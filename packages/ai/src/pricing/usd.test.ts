import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microFromPico, parseUsdPerMillion, roundMicro } from './usd.ts';

describe('parseUsdPerMillion', () => {
  it.each<readonly [string | number, number | undefined]>([
    ['0', 0],
    ['2.50', 2_500_000],
    [2.5, 2_500_000],
    ['0.075', 75_000],
    [0.0028, 2800],
    ['0.003625', 3625],
    [0.000001, 1],
    ['0.1230000000', 123_000],
    ['007', 7_000_000],
    ['999999999.999999', 999_999_999_999_999],
    [0.1 + 0.2, undefined],
    ['0.0000001', undefined],
    ['1000000000', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['1e3', undefined],
    ['', undefined],
    [1e-7, undefined],
    [-0.5, undefined],
    [Number.NaN, undefined],
    [Infinity, undefined],
  ])('reads %j as %j', (amount, pico) => {
    expect(parseUsdPerMillion(amount)).toBe(pico);
  });

  it('is exact for whatever six decimals can say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 - 1 }), (pico) => {
        const digits = String(pico).padStart(7, '0');
        expect(parseUsdPerMillion(`${digits.slice(0, -6)}.${digits.slice(-6)}`)).toBe(pico);
        if (pico < 1e9) expect(parseUsdPerMillion(pico / 1e6)).toBe(pico);
      }),
    );
  });
});

describe('micro-USD', () => {
  it('are rounded half up', () => {
    expect([0, 1, 499_999, 500_000, 999_999, 1_000_000, 1_499_999, 1_500_000].map(microFromPico)).toEqual([
      0, 0, 0, 1, 1, 1, 1, 2,
    ]);
    expect(microFromPico(Number.MAX_SAFE_INTEGER)).toBe(9_007_199_255);
  });

  it('are the same in both arithmetics', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (pico) => {
        expect(microFromPico(pico)).toBe(roundMicro(BigInt(pico), 1_000_000n, 'half-up'));
      }),
    );
  });

  it('stay a number, however many they are', () => {
    expect(roundMicro(10n ** 40n, 1_000_000n, 'half-up')).toBe(Number.MAX_SAFE_INTEGER);
    expect([0n, 1n, 1_000_000n, 1_000_001n].map((pico) => roundMicro(pico, 1_000_000n, 'up'))).toEqual([0, 1, 1, 2]);
  });
});
