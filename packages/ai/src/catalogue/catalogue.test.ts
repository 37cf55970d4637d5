import { describe, expect, it } from 'vitest';
import { Catalogue, modelFacts } from './catalogue.ts';
import type { CatalogueFile, PriceRow } from './catalogue-file.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');

function catalogueOf(providers: CatalogueFile['providers']): Catalogue {
  return new Catalogue({ format: 1, source: '@a/facts', version: '1.2.3', date: '2026-01-01', providers });
}

describe('modelFacts', () => {
  const known: readonly (readonly [kind: string, model: string, id: string])[] = [
    ['openai', 'gpt-5', 'openai/gpt-5'],
    ['openai', 'GPT-5 ', 'openai/gpt-5'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
    ['claude', 'claude-opus-4-6', 'anthropic/claude-opus-4-6'],
    ['google', 'models/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['vertex', 'claude-opus-4-6@20260101', 'google/claude-opus-4-6'],
    ['azure-openai', 'gpt-4o', 'openai/gpt-4o'],
    ['azure-foundry-claude', 'claude-opus-4-6', 'anthropic/claude-opus-4-6'],
    [
      'bedrock',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'aws/global.anthropic.claude-haiku-4-5-20251001-v1:0',
    ],
    ['openrouter', 'openai/gpt-6-sol', 'openrouter/openai/gpt-6-sol'],
    ['vercel', 'openai/gpt-5', 'openai/gpt-5'],
    ['moonshot', 'kimi-k2.5', 'moonshotai/kimi-k2.5'],
  ];
  it.each(known)('%s %s is %s', (kind, model, id) => {
    expect(modelFacts(kind, model, NOW)?.id).toBe(id);
  });

  it('says what is known', () => {
    expect(modelFacts('anthropic', 'claude-opus-4-6', NOW)).toMatchObject({
      priceVersion: expect.stringMatching(/^genai-prices@[\d.]+\/anthropic\/claude-opus-4-6#1$/),
      contextTokens: 1_000_000,
      maxOutputTokens: 128_000,
      can: { vision: true, tools: true, schema: true, reasoning: true },
      prices: { base: { input: 5_000_000, cacheRead: 500_000, cacheWrite: 6_250_000, output: 25_000_000 } },
    });
  });

  it('gives the same object for the same facts', () => {
    expect(modelFacts('openai', 'gpt-5', NOW)).toBe(modelFacts('openai', 'gpt-5', NOW + 1000));
  });

  const unknown: readonly (readonly [kind: string, model: string])[] = [
    ['openai', 'no-such-model'],
    ['openai', ''],
    ['openai', '__proto__'],
    ['openai', 'toString'],
    ['openai', '^gpt-5$'],
    ['openai', '.*'],
    ['openai', '(gpt-5|gpt-4)+$'],
    ['openai', 'gpt-5\0'],
    ['openai', '\ud800'],
    ['huggingface', 'x:__proto__'],
    ['huggingface', ':'],
    ['ollama', 'llama3'],
    ['demo', 'demo'],
    ['openai-compatible', 'gpt-5'],
    ['no-such-kind', 'gpt-5'],
    ['__proto__', 'gpt-5'],
  ];
  it.each(unknown)('knows nothing of %s %j', (kind, model) => {
    expect(modelFacts(kind, model, NOW)).toBeUndefined();
    expect(modelFacts(kind, model, NOW)).toBeUndefined();
  });

  it('takes no longer for names made to take long', () => {
    const startMs = performance.now();
    for (const part of ['gpt-5-', 'claude-', '-tts', 'gemini-2.5-pro-tts', '20250514-', 'a', 'İ']) {
      for (const length of [250, 256, 257, 100_000]) {
        const name = part.repeat(length / part.length + 1).slice(0, length);
        for (const kind of ['openai', 'google', 'bedrock', 'openrouter', 'cursor']) modelFacts(kind, name, NOW);
      }
    }
    expect(performance.now() - startMs).toBeLessThan(1000);
    expect(modelFacts('anthropic', `claude-opus-4-6-${'x'.repeat(1000)}`, NOW)).toBeUndefined();
  });

  it('finds a version whose day is written together', () => {
    const catalogue = catalogueOf({
      openai: { models: [{ id: 'gpt-9-2026-05-14', prices: [{ input: 1, output: 2 }] }] },
    });
    expect(catalogue.facts('openai', 'gpt-9-20260514', NOW)?.id).toBe('openai/gpt-9-2026-05-14');
    expect(catalogue.facts('openai', 'gpt-9-20261514', NOW)).toBeUndefined();
  });
});

describe('Catalogue', () => {
  const FREE_UNTIL = Date.parse('2026-03-13T00:00:00Z');

  function inputAt(rows: readonly PriceRow[], atMs: number): number | undefined {
    const catalogue = catalogueOf({ openai: { models: [{ id: 'm', prices: rows }] } });
    return catalogue.facts('openai', 'm', atMs)?.prices?.base.input;
  }

  it('takes the prices of the day', () => {
    const rows: PriceRow[] = [{ input: 1 }, { from: '2026-03-13', input: 2 }, { from: '2027-01-01', input: 3 }];
    expect(inputAt(rows, FREE_UNTIL - 1)).toBe(1);
    expect(inputAt(rows, FREE_UNTIL)).toBe(2);
    expect(inputAt(rows, Date.parse('2026-12-31T23:59:59.999Z'))).toBe(2);
    expect(inputAt(rows, Date.parse('2027-01-01T00:00:00Z'))).toBe(3);
  });

  it('takes the first where none holds', () => {
    expect(
      inputAt(
        [
          { from: '2026-03-13', input: 1 },
          { from: '2027-01-01', input: 2 },
        ],
        0,
      ),
    ).toBe(1);
  });

  it('takes the prices of the hour', () => {
    const rows: PriceRow[] = [{ input: 1 }, { daily: [1800, 59_400], input: 2 }];
    const at = (time: string): number | undefined => inputAt(rows, Date.parse(`2026-11-26T${time}Z`));
    expect(['00:29:59.999', '00:30:00', '16:29:59.999', '16:30:00'].map(at)).toEqual([1, 2, 2, 1]);
    expect(inputAt(rows, -1)).toBe(1);
  });

  it('takes the prices of the night', () => {
    const rows: PriceRow[] = [{ input: 1 }, { daily: [79_200, 21_600], input: 2 }];
    const at = (time: string): number | undefined => inputAt(rows, Date.parse(`2026-11-26T${time}Z`));
    expect(['21:59:59', '22:00:00', '00:00:00', '05:59:59', '06:00:00'].map(at)).toEqual([1, 2, 2, 2, 1]);
  });

  it('names each row of prices', () => {
    const rows: PriceRow[] = [{ input: 1 }, { from: '2026-03-13', input: 2 }];
    const catalogue = catalogueOf({ openai: { models: [{ id: 'm', prices: rows }] } });
    expect([0, NOW].map((atMs) => catalogue.facts('openai', 'm', atMs)?.priceVersion)).toEqual([
      'facts@1.2.3/openai/m#0',
      'facts@1.2.3/openai/m#1',
    ]);
  });

  it('prices a cache that nobody lists as the vendor usually does', () => {
    const models = ['claude-opus-4-5', 'claude-fable-5-1', 'gpt-4o', 'gpt-5.6-sol', 'gemini-2.5-pro', 'other'];
    const catalogue = catalogueOf({
      openai: { models: models.map((id) => ({ id, prices: [{ input: 1_000_000, output: 1 }] })) },
    });
    const shares = models.map((model) => {
      const base = catalogue.facts('openai', model, NOW)?.prices?.base;
      return [base?.cacheRead, base?.cacheWrite, base?.cacheWrite1h];
    });
    expect(shares).toEqual([
      [100_000, 1_250_000, 2_000_000],
      [25_000, 1_250_000, 2_000_000],
      [500_000, 1_000_000, 1_000_000],
      [500_000, 1_250_000, 1_250_000],
      [250_000, 1_000_000, 1_000_000],
      [1_000_000, 1_000_000, 1_000_000],
    ]);
  });

  it('keeps what a tier does not change', () => {
    const row: PriceRow = {
      input: 10,
      output: 20,
      cacheRead: 1,
      tiers: [
        { above: 100, input: 20 },
        { above: 200, output: 30 },
      ],
    };
    const catalogue = catalogueOf({ openai: { models: [{ id: 'm', prices: [row] }] } });
    const prices = catalogue.facts('openai', 'm', NOW)?.prices;
    expect(
      prices?.tiers.map(({ above, rates }) => [above, rates.input, rates.output, rates.cacheRead, rates.cacheWrite]),
    ).toEqual([
      [100, 20, 20, 1, 20],
      [200, 20, 30, 1, 20],
    ]);
  });

  it('knows a model whose prices it does not', () => {
    const catalogue = catalogueOf({ openai: { models: [{ id: 'gpt-4.1', context: 10_000 }] } });
    expect(catalogue.facts('openai', 'gpt-4.1', NOW)).toMatchObject({
      prices: undefined,
      contextTokens: 10_000,
      maxOutputTokens: 10_000,
    });
  });
});
