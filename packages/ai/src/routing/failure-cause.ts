import type { ProviderErrorKind } from '../provider-error.ts';

/**
 * Why an attempt failed: what the provider said, that it could not be reached or stopped in the middle, or that the gate
 * has as many connections to it as it opens (`crowded`).
 */
export type FailureCause = ProviderErrorKind | 'connect' | 'truncated' | 'crowded';
