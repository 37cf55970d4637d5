import type { ProviderSpec } from '@gatehouse/config';

/** One place where a call may be served: a model of a provider, by one of its keys. */
export interface Attempt extends Identified {
  /** As configured, with the key of this attempt as its `apiKey`. */
  readonly provider: ProviderSpec;
  /** The provider's name of the model. */
  readonly model: string;
  readonly key: AttemptKey;
}

/** What an attempt is remembered by: endpoint, key and model, never the host alone. */
export interface Identified {
  readonly identity: string;
}

export interface AttemptKey {
  /** What records call it. */
  readonly name: string;
  /** In clear; undefined for providers that take none, or sign with something else. */
  readonly value: string | undefined;
}
