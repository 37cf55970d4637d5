import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FEE_NAMES, RATE_NAMES } from '../pricing/prices.ts';
import { readCatalogueFile, type Matcher, type PriceRow, type SourceModel } from './catalogue-file.ts';
import { isSource } from './source-for-kind.ts';

const FILE = readCatalogueFile();
const PROVIDERS = Object.entries(FILE.providers);
const MODELS = PROVIDERS.flatMap(([provider, { models }]) =>
  models.map((model): readonly [string, SourceModel] => [`${provider}/${model.id}`, model]),
);
const PRICES: ReadonlySet<string> = new Set([...RATE_NAMES, ...FEE_NAMES]);
const LEAVES = ['equals', 'starts', 'contains', 'ends'] as const;

function strangeMembers(value: object, known: Iterable<string>): readonly string[] {
  const names = new Set(known);
  return Object.keys(value).filter((name) => !names.has(name));
}

function matchersOf(matcher: Matcher): readonly Matcher[] {
  return [matcher, ...(matcher.all ?? []).flat().flatMap(matchersOf)];
}

function rowsOf([name, { prices = [] }]: readonly [string, SourceModel]): readonly (readonly [string, PriceRow])[] {
  return prices.map((row) => [name, row]);
}

describe('catalogue.json', () => {
  it('says where and when it is from', () => {
    expect(strangeMembers(FILE, ['format', 'source', 'version', 'date', 'providers'])).toEqual([]);
    expect(FILE).toMatchObject({ format: 1, source: '@pydantic/genai-prices' });
    expect(FILE.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(FILE.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it('is small', () => {
    expect(readFileSync(path.join(import.meta.dirname, 'catalogue.json')).length).toBeLessThan(500_000);
  });

  it('has each provider once, in order, and no other than are needed', () => {
    const names = PROVIDERS.map(([name]) => name);
    expect(names).toEqual(names.toSorted());
    const fallbacks = new Set(PROVIDERS.flatMap(([, { fallbacks: others = [] }]) => others));
    expect(names.filter((name) => !isSource(name) && !fallbacks.has(name))).toEqual([]);
    expect([...fallbacks].filter((name) => !names.includes(name))).toEqual([]);
    for (const [, provider] of PROVIDERS) {
      expect(strangeMembers(provider, ['fallbacks', 'models'])).toEqual([]);
      expect(provider.models.length).toBeGreaterThan(0);
    }
  });

  it('has models with nothing that the code does not know', () => {
    const known = ['id', ...LEAVES, 'regex', 'all', 'context', 'prices'];
    const strange = MODELS.filter(([, model]) => strangeMembers(model, known).length > 0);
    const bad = MODELS.filter(([, { id, context }]) => id === '' || (context !== undefined && !(context > 0)));
    expect([strange, bad]).toEqual([[], []]);
  });

  it('matches by lower case, and by expressions that take no time', () => {
    const matchers = MODELS.flatMap(([, model]) => matchersOf(model));
    for (const matcher of matchers) {
      for (const text of LEAVES.flatMap((leaf) => matcher[leaf] ?? [])) expect(text).toBe(text.toLowerCase());
      for (const text of matcher.regex ?? []) {
        expect(text).toMatch(/^\^/);
        expect(text).not.toMatch(/\)[*+{]|[*+].*[*+]/);
        expect(() => new RegExp(text)).not.toThrow();
      }
    }
  });

  it('has prices that are whole pico-USD', () => {
    const bad = MODELS.flatMap(rowsOf).filter(([, { from, daily, tiers = [], ...prices }]) => {
      const whole = [prices, ...tiers]
        .flatMap((row) => Object.values(row))
        .every((value) => Number.isSafeInteger(value));
      const negative = [prices, ...tiers].flatMap((row) => Object.values(row)).some((value) => value < 0);
      const dated = from === undefined || /^20\d\d-\d\d-\d\d$/.test(from);
      const timed = daily === undefined || daily.every((second) => second >= 0 && second < 86_400);
      return !whole || negative || !dated || !timed || strangeMembers(prices, PRICES).length > 0;
    });
    expect(bad).toEqual([]);
  });

  it('has tiers that rise, of rates only', () => {
    const rates = new Set<string>(['above', ...RATE_NAMES]);
    for (const [, { tiers = [] }] of MODELS.flatMap(rowsOf)) {
      expect(tiers.map(({ above }) => above)).toEqual(tiers.map(({ above }) => above).toSorted((a, b) => a - b));
      expect(tiers.flatMap((tier) => strangeMembers(tier, rates))).toEqual([]);
    }
  });

  it('knows the models that everybody uses', () => {
    const count = (provider: string): number => FILE.providers[provider]?.models.length ?? 0;
    expect(MODELS.length).toBeGreaterThan(1000);
    expect(count('openai')).toBeGreaterThan(50);
    expect(count('anthropic')).toBeGreaterThan(15);
    expect(count('google')).toBeGreaterThan(30);
  });
});
