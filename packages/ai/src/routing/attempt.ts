import type { ProviderSpec } from '@gatehouse/config';
import type { Identified } from './cooldowns.ts';

/** One place where a call may be served: a model of a provider, by one of its keys. */
export interface Attempt extends Identified {
  /** As configured, with the key of this attempt as its `apiKey`. */
  readonly provider: ProviderSpec;
  /** The provider's name of the model. */
  readonly model: string;
  readonly key: AttemptKey;
}

export interface AttemptKey {
  /** What records call it. */
  readonly name: string;
  /** In clear; undefined for providers that take none, or sign with something else. */
  readonly value: string | undefined;
}
