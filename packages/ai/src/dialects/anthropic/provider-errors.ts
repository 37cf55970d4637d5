import { asFields, asText, parseJson, type Fields } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { errorType } from './errors.ts';

/**
 * What a provider of this dialect reports, as a reply or in the middle of a stream (status 200). Which failure means what
 * is settled in one place for all dialects; this one's types stand for statuses, and limits of spending hide behind codes.
 */
export function readError(status: number, body: string): ProviderError {
  const said = asFields(asFields(parseJson(body))?.['error']) ?? {};
  const real = status >= 400 ? status : (STATUSES.get(asText(said['type']) ?? '') ?? status);
  const error = classifyProviderError(real, isSpendingLimit(said) ? asBilling(said) : body);
  const { kind, message } = error;
  return { ...error, body: JSON.stringify({ type: 'error', error: { type: errorType(kind, error.status), message } }) };
}

const STATUSES: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

function isSpendingLimit({ details }: Fields): boolean {
  return /spend_limit|billing|ramp_limit/.test(asText(asFields(details)?.['error_code']) ?? '');
}

function asBilling({ message }: Fields): string {
  return JSON.stringify({ error: { type: 'billing_error', message: asText(message) ?? '' } });
}
