import type { ErrorCode } from '@gatehouse/kernel';
import type { ProviderErrorKind } from './provider-error.ts';

/** What a kind of failure means, whichever dialect it came in. */
export interface ErrorMeaning {
  /** Shown to the caller; undefined: the provider's own. */
  readonly status: number | undefined;
  /** Shown to the caller; undefined: the provider's own, made safe. */
  readonly message: string | undefined;
  readonly code: ErrorCode;
  readonly retryElsewhere: boolean;
  /** May the caller's SDK try the same call again? */
  readonly retry: boolean;
}

export const PROVIDER_FAILED = 'The model provider failed to answer.';

const callersFault: ErrorMeaning = {
  status: 400,
  message: undefined,
  code: 'request.body_invalid',
  retryElsewhere: false,
  retry: false,
};

const providersFault: ErrorMeaning = {
  status: 502,
  message: PROVIDER_FAILED,
  code: 'provider.unavailable',
  retryElsewhere: true,
  retry: true,
};

export const operatorsFault = (what: string): ErrorMeaning => ({
  ...providersFault,
  message: `The model provider refused this gateway's ${what}; the caller's own key is not concerned.`,
  retry: false,
});

export const ERROR_MEANINGS: Readonly<Record<ProviderErrorKind, ErrorMeaning>> = {
  // 400 and 422 are different exceptions in official SDKs.
  invalid_request: { ...callersFault, status: undefined },
  context_length: callersFault,
  content_blocked: callersFault,
  too_large: { ...callersFault, status: 413, code: 'request.body_too_large' },
  conflict: { ...callersFault, status: 409, retry: true },
  not_found: {
    ...callersFault,
    status: 404,
    message: 'The model provider does not know this model.',
    code: 'provider.model_not_found',
    retryElsewhere: true,
  },
  authentication: operatorsFault('credential'),
  permission: operatorsFault('access to this model'),
  billing: operatorsFault('account for reasons of billing'),
  rate_limited: {
    ...providersFault,
    status: 429,
    message: "The model provider's rate limit is reached.",
    code: 'provider.overloaded',
  },
  upstream: providersFault,
  overloaded: {
    ...providersFault,
    status: 503,
    message: 'The model provider is overloaded.',
    code: 'provider.overloaded',
  },
  timeout: { ...providersFault, status: 504, message: 'The model provider took too long.', code: 'provider.timeout' },
};
