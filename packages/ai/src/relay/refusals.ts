import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import type { CallerError } from '../canonical/dialect.ts';
import type { FieldProblem } from '../dialects/openai-chat/request-members.ts';
import type { ProviderError, ProviderErrorKind } from '../provider-error.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly param?: string | undefined;
  /** For callers whose errors can name several members. */
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly requestId: string;
  /** Undefined, or Infinity, when waiting does not help. */
  readonly retryAfterMs?: number | undefined;
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

/** Where the status says less than the code. */
const OWN_KINDS: Readonly<Partial<Record<ErrorCode, ProviderErrorKind>>> = {
  'guard.blocked': 'content_blocked',
  'request.context_length': 'context_length',
};

/** The gate's own refusal as an error that any dialect can write. */
export function ownError({ code, detail, param, requestId, retryAfterMs = Infinity }: Refusal): CallerError {
  const { status, retry } = ERRORS[code];
  // What is used up comes back with the next period, not with the next try.
  const usedUp = code === 'limit.quota' || code === 'limit.budget';
  const kind = usedUp ? 'billing' : (OWN_KINDS[code] ?? KINDS[status] ?? 'upstream');
  const waits = Number.isFinite(retryAfterMs) && { retryAfterMs };
  return { status, kind, code, message: detail, param, retry: retry && !usedUp, requestId, ...waits };
}

/** A provider's failure, as the caller may see it. */
export function providersError(error: ProviderError, requestId: string): CallerError {
  const { status, kind, code, message, param, retry, retryAfterMs } = error;
  return { status, kind, code, message, param, retry, retryAfterMs, requestId };
}
