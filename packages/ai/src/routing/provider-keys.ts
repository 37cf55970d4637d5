import type { ApiKeyLimitSpec, ProviderSpec } from '@gatehouse/config';
import { hash64 } from '@gatehouse/kernel';
import type { AttemptKey } from './attempt.ts';

/** One key of a provider, as attempts use it. */
export interface ProviderKey extends AttemptKey {
  /** The provider as if this were its only key. */
  readonly provider: ProviderSpec;
  /** Endpoint and hash of the key: two providers that share both share a vendor's account, and so what it says of it. */
  readonly identity: string;
  readonly weight: number;
  readonly limits: ApiKeyLimitSpec | undefined;
}

/** What records call the key of a provider that has one or none. */
export const ONLY_KEY = 'default';

/** At least one: a provider without a key is called without one. */
export function keysOf(provider: ProviderSpec): readonly ProviderKey[] {
  const { apiKey, apiKeys, aws } = provider;
  if (apiKeys !== undefined && apiKeys.length > 0) {
    return apiKeys.map(({ name, key, weight, limits }) => ({
      name,
      value: key,
      provider: { ...provider, apiKey: key, apiKeys: undefined },
      identity: identityOf(provider, key),
      weight,
      limits,
    }));
  }
  const secret = apiKey ?? (aws === undefined ? '' : `${aws.accessKeyId}\n${aws.secretAccessKey}`);
  const identity = identityOf(provider, secret);
  return [{ name: ONLY_KEY, value: apiKey, provider, identity, weight: 1, limits: undefined }];
}

function identityOf({ endpoint: { id, basePath } }: ProviderSpec, secret: string): string {
  const { high, low } = hash64(secret);
  return `${id}${basePath} ${high}:${low}`;
}
