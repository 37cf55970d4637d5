/**
 * What tokens cost, in pico-USD each: a price of 1 USD for a million tokens is 1 000 000. Published prices have up to six
 * decimals, so every one of them is an integer here, and no sum is ever a binary fraction.
 */
export interface Rates {
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  /** Kept for an hour rather than for minutes. */
  readonly cacheWrite1h: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
  /** Tokens that are no text; `undefined` where they cost what text does. */
  readonly inputAudio: number | undefined;
  readonly inputImage: number | undefined;
  readonly inputVideo: number | undefined;
  readonly cacheReadAudio: number | undefined;
  readonly cacheReadImage: number | undefined;
  readonly outputAudio: number | undefined;
  readonly outputImage: number | undefined;
  readonly outputVideo: number | undefined;
}

export type RateName = keyof Rates;

export const RATE_NAMES = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'cacheReadAudio',
  'cacheReadImage',
  'outputAudio',
  'outputImage',
  'outputVideo',
] as const satisfies readonly RateName[];

/** What is charged per piece, in pico-USD. */
export interface Fees {
  readonly perRequest: number | undefined;
  readonly perWebSearch: number | undefined;
  readonly perFileSearch: number | undefined;
}

export type FeeName = keyof Fees;

export const FEE_NAMES = ['perRequest', 'perWebSearch', 'perFileSearch'] as const satisfies readonly FeeName[];

export interface Prices {
  readonly base: Rates;
  /** Ascending. A prompt of more than `above` tokens moves the whole call to that tier's rates. */
  readonly tiers: readonly Tier[];
  readonly fees: Fees;
}

export interface Tier {
  readonly above: number;
  readonly rates: Rates;
}

export function ratesFor({ base, tiers }: Prices, inputTokens: number): Rates {
  for (let at = tiers.length - 1; at >= 0; at--) {
    const tier = tiers[at];
    if (tier !== undefined && inputTokens > tier.above) return tier.rates;
  }
  return base;
}
