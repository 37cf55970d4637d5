import type { CallerError } from '../../canonical/dialect.ts';
import type { ErrorReply, ProviderErrorKind } from '../../provider-error.ts';
import { waitHeader } from '../openai-chat/errors.ts';

/** A refusal or a failure as callers of this dialect expect it. SDKs choose the exception by status. */
export function writeError(error: CallerError): ErrorReply {
  const status = error.kind === 'overloaded' && error.status === 503 ? OVERLOADED : error.status;
  const retriedBySdk = status === 408 || status === 409 || status === 429 || status >= 500;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'request-id': error.requestId,
      ...(retriedBySdk !== error.retry && { 'x-should-retry': String(error.retry) }),
      ...waitHeader(error.retryAfterMs),
    },
    body: errorBody(error),
  };
}

const OVERLOADED = 529;

type Said = Pick<CallerError, 'status' | 'kind' | 'message' | 'param' | 'code' | 'requestId'>;

/** The body of a reply, or the data of the event that ends a broken stream. */
export function errorBody({ status, kind, message, param, code, requestId }: Said): string {
  const named = param === undefined || message.includes(param) ? message : `${param}: ${message}`;
  // Agents shorten their history when they read this; the type does not tell it from other bad requests.
  const known = kind !== 'context_length' || /prompt is too long/i.test(named) ? named : `prompt is too long: ${named}`;
  const error = { type: errorType(kind, status), message: known, details: { error_code: code } };
  return JSON.stringify({ type: 'error', error, request_id: requestId });
}

/**
 * The status decides where it has a type of its own: what went wrong between the gate and its provider is shown as a
 * failure of the gate, never as one of the caller's credential.
 */
export function errorType(kind: ProviderErrorKind, status: number): string {
  if (kind === 'billing' && status === 429) return 'billing_error';
  if (kind === 'overloaded') return 'overloaded_error';
  return TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
