import { describe, expect, it } from 'vitest';
import { Catalogue } from './catalogue.ts';
import { readCatalogueFile } from './catalogue-file.ts';
import { pricesOfVersion } from './prices-of-version.ts';

const FILE = readCatalogueFile();
const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

describe('the prices of a version', () => {
  const catalogue = new Catalogue(FILE);
  const models = (['openai', 'anthropic', 'google', 'mistral', 'deepseek'] as const).flatMap((kind) =>
    (FILE.providers[kind]?.models ?? []).map(({ id }) => [kind, id] as const),
  );

  it('are those that calls were priced by', () => {
    const priced = models.flatMap(([kind, id]) => catalogue.facts(kind, id, NOW_MS) ?? []);
    for (const { priceVersion, prices } of priced.filter((facts) => facts.prices !== undefined))
      expect(pricesOfVersion(priceVersion, FILE), priceVersion).toEqual(prices);
    expect(priced.length).toBeGreaterThan(50);
  });

  const known = catalogue.facts('anthropic', 'claude-3-haiku', NOW_MS)?.priceVersion ?? '';
  it.each([
    '',
    'free',
    `${known}9`,
    known.replace('#0', ''),
    known.replace(/@[^/]+/, '@0.0.1'),
    known.replace('anthropic', '__proto__'),
    `${known}+override:0123456789ab`,
    'rates:0123456789abcdef',
  ])('are not known of %j', (version) => expect(pricesOfVersion(version, FILE)).toBeUndefined());
  it('are known of the one that those are like', () => expect(pricesOfVersion(known, FILE)).toBeDefined());
});
