import type { Prices } from '../pricing/prices.ts';
import { readCatalogueFile, type CatalogueFile } from './catalogue-file.ts';
import { familyOf } from './model-families.ts';
import { modelPrices } from './model-prices.ts';

export type { Prices, Rates } from '../pricing/prices.ts';

/**
 * The prices that records name so: `genai-prices@0.1.8/openai/gpt-5#0`. The catalogue of this program has those of one
 * version of its source; undefined for all others, and for prices of the operator's own.
 */
export function pricesOfVersion(priceVersion: string, file: CatalogueFile = readCatalogueFile()): Prices | undefined {
  const label = `${file.source.slice(file.source.indexOf('/') + 1)}@${file.version}/`;
  if (!priceVersion.startsWith(label)) return undefined;
  const [, source = '', id = '', at = ''] = /^([^/]+)\/(.+)#(\d{1,4})$/.exec(priceVersion.slice(label.length)) ?? [];
  const provider = Object.hasOwn(file.providers, source) ? file.providers[source] : undefined;
  const row = provider?.models.find((model) => model.id === id)?.prices?.[Number(at)];
  return row === undefined ? undefined : modelPrices(row, familyOf(id).cache);
}
