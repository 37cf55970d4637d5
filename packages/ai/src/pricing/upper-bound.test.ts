import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFacts } from '../catalogue/catalogue.ts';
import type { PriceRow } from '../catalogue/catalogue-file.ts';
import type { ModelFacts } from '../catalogue/model-facts.ts';
import { modelPrices } from '../catalogue/model-prices.ts';
import { costOf } from './cost.ts';
import { OUTPUT_TOKENS_ASSUMED, upperBound } from './upper-bound.ts';

const NO_REBATE = { read: 1000, write: 1000, write1h: 1000 };
const ROW: PriceRow = {
  input: 1_000_000,
  cacheRead: 100_000,
  cacheWrite: 1_250_000,
  cacheWrite1h: 2_000_000,
  output: 5_000_000,
};

function factsOf(row: PriceRow, limits: Partial<ModelFacts> = {}): ModelFacts {
  const can = { vision: undefined, tools: undefined, schema: undefined, reasoning: undefined };
  const prices = modelPrices(row, NO_REBATE);
  return { id: 'm', prices, priceVersion: 'v', contextTokens: undefined, maxOutputTokens: undefined, can, ...limits };
}

describe('upperBound', () => {
  const asked = { inputTokensEstimate: 100, maxOutputTokens: 10 };

  it('takes the dearest of what a call may turn out to be', () => {
    expect(upperBound(asked, factsOf(ROW))).toBe(125 + 50);
    expect(upperBound({ ...asked, longCache: true }, factsOf(ROW))).toBe(200 + 50);
    expect(upperBound({ ...asked, choices: 3 }, factsOf(ROW))).toBe(125 + 150);
    expect(upperBound(asked, factsOf({ ...ROW, reasoning: 6_000_000 }))).toBe(125 + 60);
    expect(upperBound(asked, factsOf({ ...ROW, perRequest: 7_000_000 }))).toBe(125 + 50 + 7);
    const media = { ...ROW, inputAudio: 10_000_000, outputAudio: 20_000_000 };
    expect(upperBound(asked, factsOf(media))).toBe(125 + 50);
    expect(upperBound({ ...asked, media: true }, factsOf(media))).toBe(1000 + 200);
  });

  it('takes the limit that is tighter, and a usual one where there is none', () => {
    const free = { inputTokensEstimate: 0 };
    expect(upperBound(free, factsOf(ROW, { maxOutputTokens: 1000 }))).toBe(5000);
    expect(upperBound({ ...free, maxOutputTokens: 10 }, factsOf(ROW, { maxOutputTokens: 1000 }))).toBe(50);
    expect(upperBound({ ...free, maxOutputTokens: 1e12 }, factsOf(ROW, { maxOutputTokens: 1000 }))).toBe(5000);
    expect(upperBound(free, factsOf(ROW))).toBe(OUTPUT_TOKENS_ASSUMED * 5);
    expect(upperBound(free, factsOf(ROW, { contextTokens: 2000 }))).toBe(10_000);
    expect(upperBound({ ...free, maxOutputTokens: 100_000 }, factsOf(ROW))).toBe(500_000);
  });

  it('expects the tier that the prompt reaches', () => {
    const facts = factsOf({
      ...ROW,
      tiers: [{ above: 99, input: 2_000_000, cacheWrite: 2_500_000, output: 7_500_000 }],
    });
    expect(upperBound({ ...asked, inputTokensEstimate: 99 }, facts)).toBe(124 + 50);
    expect(upperBound(asked, facts)).toBe(250 + 75);
  });

  it('is rounded up, and unknown where prices are', () => {
    expect(upperBound({ inputTokensEstimate: 1, maxOutputTokens: 0 }, factsOf({ input: 1, output: 1 }))).toBe(1);
    expect(upperBound(asked, undefined)).toBeUndefined();
    expect(upperBound(asked, { ...factsOf(ROW), prices: undefined })).toBeUndefined();
    expect(upperBound(asked, factsOf({ output: 1 }))).toBeUndefined();
    expect(upperBound(asked, factsOf({ input: 1_000_000 }))).toBe(100);
  });

  it('makes a number of whatever it is asked', () => {
    for (const odd of [Number.NaN, -1, Infinity, 1e300, 0.5]) {
      const bound = upperBound({ inputTokensEstimate: odd, maxOutputTokens: odd, choices: odd }, factsOf(ROW));
      expect(Number.isSafeInteger(bound)).toBe(true);
      expect(bound).toBeGreaterThanOrEqual(0);
    }
  });

  it('is never below what the call then costs', () => {
    const models = ['gpt-5', 'gpt-5.5', 'gpt-4o', 'gpt-5.6-sol', 'o3'] as const;
    const part = fc.nat(200_000);
    const usage = fc.record({
      inputUncached: part,
      cacheRead: part,
      cacheWrite: part,
      outputText: part,
      reasoning: part,
    });
    fc.assert(
      fc.property(fc.constantFrom(...models), usage, fc.nat(1000), (model, drawn, more) => {
        const facts = modelFacts('openai', model, 1_790_000_000_000);
        const most = facts?.maxOutputTokens ?? 0;
        const used = { ...drawn, outputText: drawn.outputText % (most / 2), reasoning: drawn.reasoning % (most / 2) };
        const bound = upperBound(
          {
            inputTokensEstimate: used.inputUncached + used.cacheRead + used.cacheWrite + more,
            maxOutputTokens: used.outputText + used.reasoning + more,
          },
          facts,
        );
        expect(bound).toBeGreaterThanOrEqual(costOf(used, facts)?.microUsd ?? Infinity);
      }),
    );
  });
});
