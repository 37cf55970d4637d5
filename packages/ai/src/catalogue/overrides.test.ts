import { describe, expect, it } from 'vitest';
import { costOf } from '../pricing/cost.ts';
import { OverriddenCatalogue, type ModelOverride } from './overrides.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const GPT5 = { provider: 'mine', kind: 'openai', model: 'gpt-5' };
const OWN = { provider: 'mine', kind: 'vllm', model: 'llama' };

function over(model: string, override: ModelOverride): OverriddenCatalogue {
  return new OverriddenCatalogue({ mine: { [model]: override } });
}

describe('OverriddenCatalogue', () => {
  const listed = new OverriddenCatalogue({}).facts(GPT5, NOW);

  it('changes nothing that is not named', () => {
    const catalogue = over('gpt-5', { input: 1 });
    expect(catalogue.facts({ ...GPT5, provider: 'other' }, NOW)).toBe(listed);
    expect(catalogue.facts({ ...GPT5, model: 'gpt-5-mini' }, NOW)?.priceVersion).not.toMatch(/override/);
    expect(catalogue.facts(OWN, NOW)).toBeUndefined();
    expect(catalogue.facts({ ...GPT5, provider: '__proto__' }, NOW)).toBe(listed);
  });

  it('prices what the catalogue does not know', () => {
    const facts = over('llama', { input: '0.50', output: 1.25, contextTokens: 8000, maxOutputTokens: 4000 }).facts(
      OWN,
      NOW,
    );
    expect(facts).toMatchObject({ contextTokens: 8000, maxOutputTokens: 4000, id: 'llama' });
    expect(facts?.prices?.base).toMatchObject({ input: 500_000, cacheRead: 500_000, output: 1_250_000 });
    expect(costOf({ inputUncached: 3, cacheRead: 1, outputText: 4 }, facts)).toEqual({
      microUsd: 7,
      priceVersion: expect.stringMatching(/^override:[0-9a-f]{12}$/),
    });
  });

  it('lets what costs nothing cost nothing', () => {
    const facts = over('llama', { input: 0, output: '0' }).facts(OWN, NOW);
    expect(costOf({ inputUncached: 1e6, outputText: 1e6 }, facts)).toMatchObject({ microUsd: 0 });
  });

  it('keeps the cache in proportion to the input, unless it is given', () => {
    expect(listed?.prices?.base).toMatchObject({ input: 1_250_000, cacheRead: 125_000 });
    const half = over('gpt-5', { input: '0.625' }).facts(GPT5, NOW)?.prices?.base;
    expect(half).toMatchObject({ input: 625_000, cacheRead: 62_500, output: 10_000_000 });
    const given = over('gpt-5', { input: 2, cacheRead: '0.1', cacheWrite: 3 }).facts(GPT5, NOW)?.prices?.base;
    expect(given).toMatchObject({
      input: 2_000_000,
      cacheRead: 100_000,
      cacheWrite: 3_000_000,
      cacheWrite1h: 3_000_000,
    });
    expect(over('gpt-5', { input: 0 }).facts(GPT5, NOW)?.prices?.base).toMatchObject({ input: 0, cacheRead: 0 });
  });

  it('holds a price whatever the length of the prompt', () => {
    const place = { provider: 'mine', kind: 'openai', model: 'gpt-5.5' };
    const prices = over('gpt-5.5', { input: 4 }).facts(place, NOW)?.prices;
    expect(prices?.tiers.map(({ rates }) => [rates.input, rates.cacheRead, rates.output])).toEqual([
      [4_000_000, 400_000, 45_000_000],
    ]);
  });

  it('says better what a model can, and leaves the rest as it is known', () => {
    const known = over('gpt-5', { capabilities: { vision: false, mediaUrls: false } }).facts(GPT5, NOW);
    expect(known?.can).toEqual({ ...listed?.can, vision: false, mediaUrls: false });
    expect(known?.priceVersion).toBe(listed?.priceVersion);
    expect(over('llama', { capabilities: { tools: true } }).facts(OWN, NOW)?.can).toEqual({ tools: true });
  });

  it('names the prices anew only where they change', () => {
    const version = (override: ModelOverride): string | undefined =>
      over('gpt-5', override).facts(GPT5, NOW)?.priceVersion;
    expect(version({ contextTokens: 5 })).toBe(listed?.priceVersion);
    expect(version({ input: 1 })).toBe(version({ input: '1.0' }));
    expect(version({ input: 1 })).not.toBe(version({ input: 2 }));
    expect(version({ input: 1 })).toContain(`${listed?.priceVersion}+override:`);
  });

  it('gives the same object for the same facts', () => {
    for (const [place, catalogue] of [
      [GPT5, over('gpt-5', { input: 1 })],
      [OWN, over('llama', { input: 1 })],
    ] as const) {
      expect(catalogue.facts(place, NOW)).toBe(catalogue.facts(place, NOW));
    }
  });

  it.each(['', '-1', '1e3', '1,5', ' 1', '0.0000001', 'NaN', '1'.repeat(400), -1, Number.NaN, Infinity, 1e21, 1e-7])(
    'refuses %j as a price',
    (input) => {
      expect(() => over('gpt-5', { input })).toThrow(/gpt-5: input: .* no price/);
    },
  );
});
