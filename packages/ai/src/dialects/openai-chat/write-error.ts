import type { ErrorCode } from '@gatehouse/kernel';
import type { CallerError } from '../../canonical/dialect.ts';
import { asFields, asText, parseJson } from '../../loose-json.ts';
import type { ErrorReply, ProviderError, ProviderErrorKind } from '../../provider-error.ts';
import { codeOf, errorReply, typeOf } from './errors.ts';

/** The gate's own refusal, or a provider's failure as the caller may see it. */
export function writeError({ status, kind, code, message, param, retry, retryAfterMs }: CallerError): ErrorReply {
  return errorReply({
    status,
    message,
    param,
    retry,
    retryAfterMs,
    type: typeFor(status, code),
    code: CODES[kind] ?? codeOf(code),
  });
}

/** A provider's failure inside the stream, with the provider's own code where that may be seen. */
export function streamErrorBody(error: ProviderError): string {
  const { status, kind, code, message, param, retry } = error;
  const own = asText(asFields(asFields(parseJson(error.body))?.['error'])?.['code']);
  return errorReply({
    status,
    message,
    param,
    retry,
    type: typeFor(status, code),
    code: own ?? CODES[kind] ?? codeOf(code),
  }).body;
}

/** What is used up at the gate is the caller's; what is used up at a provider's is the operator's. */
function typeFor(status: number, code: ErrorCode): string {
  return code === 'limit.quota' || code === 'limit.budget' ? 'insufficient_quota' : typeOf(status);
}

/** Codes that callers compare with, where the gate's own code says less. */
const CODES: Readonly<Partial<Record<ProviderErrorKind, string>>> = {
  context_length: 'context_length_exceeded',
  content_blocked: 'content_filter',
  rate_limited: 'rate_limit_exceeded',
};
