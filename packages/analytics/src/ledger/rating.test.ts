import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf, ratedMicroUsd, ratesVersion, type RatedTokens, type TokenRates } from './rating.ts';

const RATES: TokenRates = { input: 1_250_000, cached: 125_000, output: 10_000_000, reasoning: 12_000_000 };
const TIERED: TokenRates = { ...RATES, tiers: [{ above: 1000, input: 2, cached: 1, output: 4, reasoning: 4 }] };

const used = (
  input: number | null,
  cached: number | null,
  output: number | null,
  reasoning: number | null,
): RatedTokens => ({
  inputTokens: input,
  cachedTokens: cached,
  outputTokens: output,
  reasoningTokens: reasoning,
});

describe('the cost of a call', () => {
  it.each<[string, RatedTokens, TokenRates, number | undefined]>([
    ['counts each class by its own price', used(1000, 400, 100, 30), RATES, 750 + 50 + 700 + 360],
    ['takes what was not said for nothing', used(1000, null, null, null), RATES, 1250],
    ['rounds half up, once', used(1, null, null, null), { ...RATES, input: 500_000 }, 1],
    ['rounds less than a half down', used(1, null, null, null), { ...RATES, input: 499_999 }, 0],
    ['adds what a call costs by itself', used(0, 0, 0, 0), { ...RATES, perRequest: 3_000_000 }, 3],
    ['moves the whole call to the rates of its tier', used(1_000_001, 1, 0, 0), TIERED, 2],
    ['stays below a tier that is reached and not passed', used(1000, 0, 0, 0), TIERED, 1250],
    ['takes no part for more than its whole', used(10, 99, 10, 99), RATES, 121],
    ['is unknown where the use is', used(null, null, null, null), RATES, undefined],
  ])('%s', (_, tokens, rates, expected) => expect(ratedMicroUsd(tokens, rates)).toBe(expected));

  it('is a safe integer, however much was used', () => {
    const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const rate = fc.nat({ max: 1e15 });
    const rates = fc.record({ input: rate, cached: rate, output: rate, reasoning: rate });
    fc.assert(
      fc.property(count, count, rates, (input, output, of) => {
        const cost = ratedMicroUsd(used(input, 0, output, 0), of) ?? -1;
        expect(Number.isSafeInteger(cost) && cost >= 0).toBe(true);
      }),
    );
  });
});

describe('prices', () => {
  it.each<[string, number | undefined]>([
    ['1.25', 1_250_000],
    ['0', 0],
    ['0.000001', 1],
    ['0.0000001', undefined],
    ['-1', undefined],
    ['9999999999', undefined],
    ['cheap', undefined],
  ])('%s a million tokens is %s pico-USD a token', (text, expected) => expect(rateOf(text)).toBe(expected));

  it('have the same name where they are the same, and another where any is another', () => {
    const names = [
      RATES,
      { ...RATES, input: 1 },
      { ...RATES, cached: 1 },
      { ...RATES, output: 1 },
      { ...RATES, reasoning: 1 },
      { ...RATES, perRequest: 1 },
      TIERED,
    ].map(ratesVersion);
    expect(new Set(names).size).toBe(names.length);
    expect(ratesVersion({ ...RATES, perRequest: 0, tiers: [] })).toBe(names[0]);
  });
});
