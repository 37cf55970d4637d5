import { restOf } from '../../canonical/collect-ext.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { fieldsOf } from './fields.ts';

/** Does a body, or an event, that came under a status of success say that the call failed? */
export function isFailure(said: JsonFields): boolean {
  return (
    said['status'] === 'failed' || Boolean(said['error']) || said['object'] === 'error' || said['type'] === 'error'
  );
}

/**
 * A failed response, a body with an error, or one of the two shapes of the event `error`: nested as it is sent, and flat
 * as it is documented.
 */
export function readFailure(said: JsonFields): ProviderError {
  const error = fieldsOf(said['error']) ?? (said['type'] === 'error' ? restOf(said, FLAT) : undefined);
  if (error === undefined) return classifyProviderError(200, JSON.stringify(said));
  const type = asText(error['type']) ?? typeOf(asText(error['code']) ?? '');
  return classifyProviderError(200, JSON.stringify({ error: { ...error, ...(type !== undefined && { type }) } }));
}

const FLAT = new Set(['type', 'sequence_number']);

/** Codes of responses that say by themselves whose fault it is; whatever else fails is the provider's. */
function typeOf(code: string): string | undefined {
  if (/policy/.test(code)) return 'content_policy_violation';
  return /^(?:invalid_|unsupported_|empty_|image_|failed_to_download_)/.test(code)
    ? 'invalid_request_error'
    : undefined;
}
