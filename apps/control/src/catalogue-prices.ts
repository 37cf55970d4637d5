import { pricesOfVersion, type Prices, type Rates } from '@gatehouse/ai/prices';
import type { TokenRates } from '@gatehouse/analytics';
import type { PriceBook } from '@gatehouse/services';

/** The catalogue of this program, by the names that records have of its prices. */
export const cataloguePrices: PriceBook = {
  ratesOf: (priceVersion) => {
    const prices = pricesOfVersion(priceVersion);
    return prices && tokenRates(prices);
  },
};

/** By the classes that records count; undefined where the price of one is not known. */
function tokenRates({ base, tiers, fees }: Prices): TokenRates | undefined {
  const rates = classRates(base);
  const above = tiers.flatMap((tier) => {
    const own = classRates(tier.rates);
    return own === undefined ? [] : [{ above: tier.above, ...own }];
  });
  if (rates === undefined || above.length < tiers.length) return undefined;
  return {
    ...rates,
    ...(fees.perRequest !== undefined && { perRequest: fees.perRequest }),
    ...(above.length > 0 && { tiers: above }),
  };
}

/** What makes no output, such as an embedding, has no price for it. */
function classRates({
  input,
  cacheRead,
  output,
  reasoning,
}: Rates): Omit<TokenRates, 'perRequest' | 'tiers'> | undefined {
  if (input === undefined) return undefined;
  return { input, cached: cacheRead ?? input, output: output ?? 0, reasoning: reasoning ?? output ?? 0 };
}
