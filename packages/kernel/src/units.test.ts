import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseSize } from './units.ts';

function check(parse: (text: string) => number | undefined, cases: Readonly<Record<string, number | undefined>>): void {
  for (const [text, expected] of Object.entries(cases)) {
    it(`reads "${text}" as ${expected === undefined ? 'nothing' : expected}`, () => expect(parse(text)).toBe(expected));
  }
}

describe('parseDuration', () => {
  check(parseDuration, {
    '250ms': 250,
    '10s': 10_000,
    '5m': 300_000,
    '1h': 3_600_000,
    '1d': 86_400_000,
    '0s': 0,
    '1.5s': 1500,
    '0.25h': 900_000,
    '007s': 7000,
    '0.4ms': 0,
  });

  check(parseDuration, {
    '': undefined,
    '10': undefined,
    s: undefined,
    '10 s': undefined,
    ' 10s': undefined,
    '10s\n': undefined,
    '-1s': undefined,
    '+1s': undefined,
    '1e3s': undefined,
    '.5s': undefined,
    '1.s': undefined,
    '1S': undefined,
    '1w': undefined,
    '1h30m': undefined,
    '١s': undefined,
    '99999999999999999d': undefined,
  });

  it('is exact for whole numbers of every unit', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...Object.entries(units)), (count, [unit, ms]) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * ms);
      }),
    );
  });
});

describe('parseSize', () => {
  check(parseSize, {
    '0B': 0,
    '512B': 512,
    '1KB': 1000,
    '10MB': 10_000_000,
    '2GB': 2_000_000_000,
    '1KiB': 1024,
    '64KiB': 65_536,
    '1MiB': 1_048_576,
    '1GiB': 1_073_741_824,
    '1.5KiB': 1536,
    '0.1MB': 100_000,
  });

  check(parseSize, {
    '': undefined,
    '512': undefined,
    '512b': undefined,
    '1kB': undefined,
    '1kb': undefined,
    '1 MB': undefined,
    '1TB': undefined,
    '-1B': undefined,
    '9999999999GiB': undefined,
  });
});

describe('both', () => {
  it('answer any text with nothing or a whole number that is not negative', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,12}(\.\d{1,3})?(ms|s|m|h|d|B|[KMG]i?B)$/));
    fc.assert(
      fc.property(text, (written) => {
        for (const value of [parseDuration(written), parseSize(written)]) {
          if (value === undefined) continue;
          expect(Number.isSafeInteger(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
