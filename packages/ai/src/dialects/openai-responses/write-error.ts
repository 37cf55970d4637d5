import type { CallerError } from '../../canonical/dialect.ts';
import type { ErrorReply, ProviderErrorKind } from '../../provider-error.ts';
import { codeOf, errorReply, typeOf } from '../openai-chat/errors.ts';

/** Errors look as in Chat. The gate's own code says most; where it stands for several kinds, the kind does. */
export function writeError({ status, kind, code, message, param, retry, retryAfterMs }: CallerError): ErrorReply {
  const usedUp = code === 'limit.quota' || code === 'limit.budget';
  const gates = code.startsWith('auth.') || code.startsWith('limit.');
  return errorReply({
    status,
    type: usedUp ? 'insufficient_quota' : typeOf(status),
    code: (gates ? undefined : CODES[kind]) ?? codeOf(code),
    message,
    param,
    retry,
    retryAfterMs,
  });
}

const CODES: Partial<Readonly<Record<ProviderErrorKind, string>>> = {
  context_length: 'context_length_exceeded',
  content_blocked: 'content_filter',
  not_found: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
  overloaded: 'overloaded',
  timeout: 'timeout',
};
