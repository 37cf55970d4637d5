import { costOf, OverriddenCatalogue, type Usage } from '@gatehouse/ai';
import { ratedMicroUsd } from '@gatehouse/analytics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cataloguePrices } from '../src/catalogue-prices.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const catalogue = new OverriddenCatalogue({});

const MODELS = [
  ['openai', 'gpt-5'],
  ['openai', 'gpt-4o-mini'],
  ['openai', 'o3'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-3-haiku'],
  ['gemini', 'gemini-2.5-pro'],
  ['gemini', 'gemini-2.5-flash'],
  ['mistral', 'mistral-large-latest'],
  ['deepseek', 'deepseek-chat'],
] as const;

/** As records count it. */
function tokensOf({ inputUncached, cacheRead = 0, outputText, reasoning = 0 }: Usage) {
  return {
    inputTokens: inputUncached + cacheRead,
    cachedTokens: cacheRead,
    outputTokens: outputText + reasoning,
    reasoningTokens: reasoning,
  };
}

describe('the prices of the catalogue by their names', () => {
  const tokens = fc.nat({ max: 400_000 });
  const usages = fc.record({ inputUncached: tokens, cacheRead: tokens, outputText: tokens, reasoning: tokens });

  it.each(MODELS)('rate a call to %s %s as the gate did', (kind, model) => {
    const facts = catalogue.facts({ provider: 'p', kind, model }, NOW_MS);
    const rates = cataloguePrices.ratesOf(facts?.priceVersion ?? '');
    if (rates === undefined) expect.fail(`${model} has no prices`);
    fc.assert(
      fc.property(usages, (usage) => {
        expect(ratedMicroUsd(tokensOf(usage), rates)).toBe(costOf(usage, facts)?.microUsd);
      }),
    );
  });

  it('are not known where the catalogue has none', () => {
    for (const name of ['', 'free', 'genai-prices@0.1.8/openai/none#0'])
      expect(cataloguePrices.ratesOf(name)).toBeUndefined();
  });
});
