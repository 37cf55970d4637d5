import type { LedgerExported, LedgerStore, TokenRates } from '@gatehouse/analytics';

/** What calls cost, wherever it is kept. */
export interface Ledger extends Pick<LedgerStore, 'sums' | 'rerate' | 'verify'> {
  /** All chains as lines of JSON, to be read once. */
  export(): Promise<LedgerExported & { readonly content: AsyncIterable<Uint8Array> }>;
}

/** Prices that have a name for good. */
export interface PriceBook {
  /** Undefined: there are none of this name, or not any more. */
  ratesOf(priceVersion: string): TokenRates | undefined;
}
