import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFacts } from '../catalogue/catalogue.ts';
import type { ModelFacts } from '../catalogue/model-facts.ts';
import { modelPrices } from '../catalogue/model-prices.ts';
import type { PriceRow } from '../catalogue/catalogue-file.ts';
import type { Usage } from '../usage.ts';
import { costOf, type Extras } from './cost.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const NO_REBATE = { read: 1000, write: 1000, write1h: 1000 };

function factsOf(row: PriceRow): ModelFacts {
  const can = { vision: undefined, tools: undefined, schema: undefined, reasoning: undefined };
  const prices = modelPrices(row, NO_REBATE);
  return { id: 'm', prices, priceVersion: 'v', contextTokens: undefined, maxOutputTokens: undefined, can };
}

function microUsd(row: PriceRow, usage: Usage, extras?: Extras): number | undefined {
  return costOf(usage, factsOf(row), extras)?.microUsd;
}

describe('costOf', () => {
  const golden: readonly (readonly [kind: string, model: string, usage: Usage, microUsd: number])[] = [
    ['openai', 'gpt-4o', { inputUncached: 1000, outputText: 500 }, 7500],
    ['openai', 'gpt-5', { inputUncached: 1000, cacheRead: 9000, outputText: 200, reasoning: 800 }, 12_375],
    [
      'anthropic',
      'claude-opus-4-6',
      { inputUncached: 10, cacheRead: 100_000, cacheWrite: 2000, outputText: 700 },
      80_050,
    ],
    ['anthropic', 'claude-fable-5-1', { inputUncached: 0, cacheRead: 1_000_000, outputText: 0 }, 250_000],
    ['google', 'gemini-2.5-pro', { inputUncached: 200_000, outputText: 1000 }, 260_000],
    ['google', 'gemini-2.5-pro', { inputUncached: 200_001, outputText: 1000 }, 515_003],
    ['google', 'gemini-2.5-pro', { inputUncached: 1, cacheRead: 200_000, outputText: 1000 }, 65_003],
    ['perplexity', 'sonar', { inputUncached: 0, outputText: 0 }, 12_000],
    ['openrouter', 'deepseek/deepseek-r1:free', { inputUncached: 1000, outputText: 1000 }, 0],
  ];
  it.each(golden)('%s %s', (kind, model, usage, expected) => {
    expect(costOf(usage, modelFacts(kind, model, NOW))?.microUsd).toBe(expected);
  });

  it('names the prices', () => {
    const cost = costOf({ inputUncached: 1, outputText: 1 }, modelFacts('openai', 'gpt-4o', NOW));
    expect(cost).toEqual({
      microUsd: 13,
      priceVersion: expect.stringMatching(/^genai-prices@[\d.]+\/openai\/gpt-4o#0$/),
    });
  });

  it('rounds once, at the end, half up', () => {
    const row = { input: 250_000, cacheRead: 250_000, output: 1 };
    expect(microUsd(row, { inputUncached: 1, outputText: 249_999 })).toBe(0);
    expect(microUsd(row, { inputUncached: 1, outputText: 250_000 })).toBe(1);
    expect(microUsd(row, { inputUncached: 1, cacheRead: 1, outputText: 0 })).toBe(1);
  });

  it('is unknown, and not 0, where a price is', () => {
    expect(costOf({ inputUncached: 0, outputText: 0 }, undefined)).toBeUndefined();
    expect(costOf({ inputUncached: 0, outputText: 0 }, { ...factsOf({}), prices: undefined })).toBeUndefined();
    expect(microUsd({ input: 1 }, { inputUncached: 1, outputText: 1 })).toBeUndefined();
    expect(microUsd({ output: 1 }, { inputUncached: 1, outputText: 1 })).toBeUndefined();
    expect(microUsd({ input: 1_000_000 }, { inputUncached: 7, outputText: 0 })).toBe(7);
  });

  it.each([-1, 0.5, Number.NaN, Infinity, -Infinity, 2 ** 53])('is unknown where the usage says %s', (count) => {
    const row = { input: 1, output: 1 };
    for (const name of ['inputUncached', 'cacheRead', 'cacheWrite', 'outputText', 'reasoning']) {
      const usage = { inputUncached: 5, outputText: 5, [name]: count };
      expect(microUsd(row, usage)).toBeUndefined();
      expect(microUsd(row, usage, { webSearches: 0 })).toBeUndefined();
    }
  });

  it('is exact beyond what a double holds', () => {
    const row = { input: 600_000_001, output: 1 };
    expect(microUsd(row, { inputUncached: 9_000_000_001, outputText: 0 })).toBe(5_400_000_009_600);
    expect(microUsd(row, { inputUncached: Number.MAX_SAFE_INTEGER, outputText: 1 })).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('charges reasoning as output unless it has its own price', () => {
    const usage = { inputUncached: 0, outputText: 1, reasoning: 10 };
    expect(microUsd({ output: 8_000_000 }, usage)).toBe(88);
    expect(microUsd({ output: 8_000_000, reasoning: 3_000_000 }, usage)).toBe(38);
  });

  it('moves the whole call to the rates of a long prompt', () => {
    const row = {
      input: 1_000_000,
      cacheRead: 0,
      output: 1_000_000,
      tiers: [
        { above: 10, input: 2_000_000 },
        { above: 20, output: 5_000_000 },
      ],
    };
    const costs = [10, 11, 20, 21].map((cacheRead) => microUsd(row, { inputUncached: 0, cacheRead, outputText: 1 }));
    expect(costs).toEqual([1, 1, 1, 5]);
    expect(microUsd(row, { inputUncached: 5, cacheRead: 3, cacheWrite: 3, outputText: 1 })).toBe(10 + 6 + 1);
  });
});

describe('costOf with extras', () => {
  const ROW: PriceRow = {
    input: 1_000_000,
    cacheRead: 100_000,
    cacheWrite: 1_250_000,
    cacheWrite1h: 2_000_000,
    output: 5_000_000,
    inputAudio: 10_000_000,
    cacheReadAudio: 3_000_000,
    outputAudio: 20_000_000,
    perWebSearch: 10_000_000_000,
  };
  const USAGE = { inputUncached: 100, cacheRead: 100, cacheWrite: 100, outputText: 100 };
  const PLAIN = 100 + 10 + 125 + 500;

  const cases: readonly (readonly [extras: Extras, microUsd: number])[] = [
    [{}, PLAIN],
    [{ inputAudio: 10 }, PLAIN + 90],
    [{ inputAudio: 10, inputImage: 20 }, PLAIN + 90],
    [{ inputAudio: 1000 }, PLAIN + 900],
    [{ cacheReadAudio: 100 }, PLAIN + 290],
    [{ outputAudio: 1, outputImage: 99 }, PLAIN + 15],
    [{ webSearches: 3 }, PLAIN + 30_000],
    [{ percent: 50 }, 368],
    [{ percent: 110, webSearches: 1 }, 10_809],
    [{ percent: 0 }, 0],
  ];
  it.each(cases)('%j', (extras, expected) => {
    expect(microUsd(ROW, USAGE, extras)).toBe(expected);
  });

  it('prices what is kept for an hour apart, and never more than was written', () => {
    const costs = [0, 40, 100, 1000].map((cacheWrite1h) => microUsd(ROW, { ...USAGE, cacheWrite1h }));
    expect(costs).toEqual([PLAIN, PLAIN + 30, PLAIN + 75, PLAIN + 75]);
    expect(microUsd(ROW, { ...USAGE, cacheWrite1h: 40 }, { inputAudio: 10 })).toBe(PLAIN + 30 + 90);
    const { cacheWrite1h: _, ...unlisted } = ROW;
    expect(costOf({ ...USAGE, cacheWrite1h: 40 }, factsOf(unlisted))).toEqual(costOf(USAGE, factsOf(unlisted)));
    expect(microUsd(ROW, { ...USAGE, cacheWrite1h: -1 })).toBeUndefined();
  });

  it('says what has no price', () => {
    const cost = costOf(USAGE, factsOf(ROW), { webSearches: 1, fileSearches: 2 });
    expect(cost).toMatchObject({ microUsd: PLAIN + 10_000, unpriced: ['fileSearches'] });
    expect(costOf(USAGE, factsOf(ROW), { fileSearches: 0 })).not.toHaveProperty('unpriced');
  });

  it('takes no part that is no count', () => {
    for (const count of [-1, 0.5, Number.NaN]) {
      expect(microUsd(ROW, USAGE, { inputAudio: count })).toBeUndefined();
      expect(microUsd(ROW, USAGE, { percent: count })).toBeUndefined();
    }
  });

  it('is the same as without where there are none', () => {
    const count = fc.oneof(fc.nat(1e6), fc.maxSafeNat());
    const usage = fc.record({
      inputUncached: count,
      cacheRead: count,
      cacheWrite: count,
      cacheWrite1h: count,
      outputText: count,
      reasoning: count,
    });
    fc.assert(
      fc.property(usage, (used) => {
        expect(costOf(used, factsOf(ROW), {})).toEqual(costOf(used, factsOf(ROW)));
      }),
    );
  });
});

describe('costOf is fast', () => {
  it('from a name to a price', () => {
    const names = ['gpt-5', 'gpt-4o', 'gpt-5.5', 'gpt-4.1-mini'];
    const calls = 200_000;
    let [best, sum] = [0, 0];
    for (let round = 0; round < 5; round++) {
      const startMs = performance.now();
      for (let at = 0; at < calls; at++) {
        const usage = { inputUncached: at, cacheRead: at * 2, outputText: 300, reasoning: 100 };
        sum += costOf(usage, modelFacts('openai', names[at % 4] ?? '', NOW))?.microUsd ?? 0;
      }
      best = Math.max(best, (calls / (performance.now() - startMs)) * 1000);
    }
    expect(sum).toBeGreaterThan(0);
    // A million a second and more where nothing else runs.
    expect(best).toBeGreaterThan(250_000);
  });
});
