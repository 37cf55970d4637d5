import type { ProviderErrorKind } from '../provider-error.ts';

/** Why an attempt failed: what the provider said, or that it could not be reached or stopped in the middle. */
export type FailureCause = ProviderErrorKind | 'connect' | 'truncated';
