import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import type { CallerError } from '../canonical/dialect.ts';
import type { ProviderError, ProviderErrorKind } from '../provider-error.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly param?: string | undefined;
  readonly requestId: string;
}

const KINDS: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not_found',
  405: 'invalid_request',
  408: 'timeout',
  409: 'conflict',
  413: 'too_large',
  415: 'invalid_request',
  422: 'invalid_request',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'timeout',
};

/** The gate's own refusal as an error that any dialect can write. */
export function ownError({ code, detail, param, requestId }: Refusal): CallerError {
  const { status, retry } = ERRORS[code];
  // What is used up comes back with the next period, not with the next try.
  const usedUp = code === 'limit.quota' || code === 'limit.budget';
  const kind = usedUp ? 'billing' : (KINDS[status] ?? 'upstream');
  return { status, kind, code, message: detail, param, retry: retry && !usedUp, requestId };
}

/** A provider's failure, as the caller may see it. */
export function providersError(error: ProviderError, requestId: string): CallerError {
  const { status, kind, code, message, param, retry } = error;
  return { status, kind, code, message, param, retry, requestId };
}
