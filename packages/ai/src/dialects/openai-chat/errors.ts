import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import type { ErrorReply } from '../../provider-error.ts';

export interface ErrorFacts {
  readonly status: number;
  readonly type: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly param?: string | undefined;
  /** May the same call succeed later? */
  readonly retry: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** The gate's own refusal: `detail` is shown, `param` names the request member at fault. */
export function openAiError(code: ErrorCode, detail: string, param?: string): ErrorReply {
  const { status, retry } = ERRORS[code];
  const usedUp = code === 'limit.quota' || code === 'limit.budget';
  return errorReply({
    status,
    type: usedUp ? 'insufficient_quota' : typeOf(status),
    code: codeOf(code),
    message: detail,
    param,
    retry: retry && !usedUp,
  });
}

/** Official SDKs choose the exception by status and retry 408, 409, 429 and 5xx unless `x-should-retry` says otherwise. */
export function errorReply({ status, type, code, message, param, retry, retryAfterMs }: ErrorFacts): ErrorReply {
  const retriedBySdk = status === 408 || status === 409 || status === 429 || status >= 500;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(retriedBySdk !== retry && { 'x-should-retry': String(retry) }),
      ...waitHeader(retryAfterMs),
    },
    body: JSON.stringify({ error: { message, type, param: param ?? null, code: code ?? null } }),
  };
}

/** Official SDKs of OpenAI's dialects and Anthropic's take it before `retry-after`, which knows whole seconds only. */
export function waitHeader(ms: number | undefined): Readonly<Record<string, string>> {
  return ms === undefined || !Number.isFinite(ms) || ms % 1000 === 0 ? {} : { 'retry-after-ms': String(Math.ceil(ms)) };
}

export function withWait(reply: ErrorReply, ms: number | undefined): ErrorReply {
  return { ...reply, headers: { ...reply.headers, ...waitHeader(ms) } };
}

/** The event that ends a broken stream; SDKs throw on it, so that a truncated reply never looks complete. */
export function errorEvent(body: string): Buffer {
  return Buffer.from(`data: ${body}\n\n`);
}

/** OpenAI's own code where it has one, or the gate's. */
export function codeOf(code: ErrorCode): string {
  return OPENAI_CODES[code] ?? code;
}

/** Where OpenAI has a code of its own, which callers may compare with; elsewhere the gate's code stands. */
const OPENAI_CODES: Partial<Readonly<Record<ErrorCode, string>>> = {
  'auth.missing': 'invalid_api_key',
  'auth.invalid': 'invalid_api_key',
  'request.context_length': 'context_length_exceeded',
  'auth.expired': 'invalid_api_key',
  'limit.rate': 'rate_limit_exceeded',
  'limit.concurrency': 'rate_limit_exceeded',
  'limit.quota': 'insufficient_quota',
  'limit.budget': 'insufficient_quota',
  'guard.blocked': 'content_filter',
  'provider.model_not_found': 'model_not_found',
  'provider.overloaded': 'overloaded',
  'provider.timeout': 'timeout',
  'upstream.timeout': 'timeout',
};

export function typeOf(status: number): string {
  if (status >= 500) return 'server_error';
  if (status === 429) return 'rate_limit_error';
  return status === 403 ? 'permission_error' : 'invalid_request_error';
}
