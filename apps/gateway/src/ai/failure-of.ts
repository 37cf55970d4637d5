import { classifyProviderError, type ProviderError } from '@gatehouse/ai';

/** Failures of which the provider says nothing itself. */
export type FailureCode = 'provider.unavailable' | 'provider.timeout' | 'provider.truncated';

export function failureOf(code: FailureCode): ProviderError {
  return { ...classifyProviderError(code === 'provider.timeout' ? 504 : 502, ''), code };
}
