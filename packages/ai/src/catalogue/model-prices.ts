import { FEE_NAMES, type Fees, type Prices, type RateName, type Rates, type Tier } from '../pricing/prices.ts';
import type { PriceRow } from './catalogue-file.ts';
import type { CacheShares } from './model-families.ts';

type SomeRates = Readonly<Partial<Record<RateName, number>>>;

/** The prices of a row, with the cache's from what is usual where the row does not say. */
export function modelPrices(row: PriceRow, usual: CacheShares): Prices {
  const tiers: Tier[] = [];
  let rates: SomeRates = row;
  for (const { above, ...changed } of row.tiers ?? []) {
    rates = { ...rates, ...changed };
    tiers.push({ above, rates: wholeRates(rates, usual) });
  }
  const [perRequest, perWebSearch, perFileSearch] = FEE_NAMES.map((fee) => row[fee]);
  const fees: Fees = { perRequest, perWebSearch, perFileSearch };
  return { base: wholeRates(row, usual), tiers, fees };
}

/** All objects of one shape, which keeps pricing fast. */
function wholeRates(rates: SomeRates, usual: CacheShares): Rates {
  const cacheWrite = rates.cacheWrite ?? share(rates.input, usual.write);
  return {
    input: rates.input,
    cacheRead: rates.cacheRead ?? share(rates.input, usual.read),
    cacheWrite,
    cacheWrite1h:
      rates.cacheWrite1h ?? (usual.write1h === usual.write ? cacheWrite : share(rates.input, usual.write1h)),
    output: rates.output,
    reasoning: rates.reasoning ?? rates.output,
    inputAudio: rates.inputAudio,
    inputImage: rates.inputImage,
    inputVideo: rates.inputVideo,
    cacheReadAudio: rates.cacheReadAudio,
    cacheReadImage: rates.cacheReadImage,
    outputAudio: rates.outputAudio,
    outputImage: rates.outputImage,
    outputVideo: rates.outputVideo,
  };
}

/** In thousandths, rounded half up. */
export function share(rate: number | undefined, thousandths: number): number | undefined {
  return rate === undefined ? undefined : Math.floor((rate * thousandths + 500) / 1000);
}
