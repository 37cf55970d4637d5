import type { JsonFields } from '../../canonical/json.ts';
import { asCount } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';

/** The failure that a body of success or an event of a stream is; undefined when it is none. */
export function readFailure(fields: JsonFields): ProviderError | undefined {
  if (!fields['error'] && fields['object'] !== 'error') return undefined;
  return classifyProviderError(statusOf(fields), JSON.stringify(fields));
}

/** Errors say the status that they would have had, or else a type of Mistral's own. */
function statusOf({ raw_status_code: status, type }: JsonFields): number {
  return asCount(status) ?? STATUSES.get(type) ?? 200;
}

const STATUSES: ReadonlyMap<unknown, number> = new Map([
  ['rate_limited', 429],
  ['service_tier_capacity_exceeded', 429],
]);
