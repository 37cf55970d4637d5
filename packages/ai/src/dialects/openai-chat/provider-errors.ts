import { ERROR_MEANINGS } from '../../error-meanings.ts';
import type { ProviderError, ProviderErrorKind } from '../../provider-error.ts';
import { safeMessage } from '../../safe-message.ts';
import { errorReply, typeOf } from './errors.ts';
import { readSaid, SAID_NOTHING, type Said } from './provider-said.ts';

/**
 * Reads an error reply, or an error that came with a status of success: in a body or as a stream event.
 * What the caller did wrong is shown in the provider's words with addresses and keys blotted out. What is between the
 * gate and its provider (the gate's key, its account, outages) is said in ours, and never as 401 or 403, which would
 * make callers throw their own key away.
 */
export function classifyProviderError(status: number, body: Uint8Array | string): ProviderError {
  const said = readSaid(typeof body === 'string' ? body : Buffer.from(body).toString('utf8', 0, ERROR_BYTES_READ));
  const real = status >= 400 ? status : (said?.status ?? 0);
  const kind = kindOf(real, said);
  const row = ERROR_MEANINGS[kind];
  const message = row.message ?? safeMessage(said?.message ?? SAID_NOTHING);
  const param = row.message === undefined ? said?.param : undefined;
  // A stream event without a status can still be the caller's fault.
  const shown = row.status ?? (real === 0 ? 400 : real);
  const reply = errorReply({
    status: shown,
    type: typeOf(shown),
    code: OPENAI_CODES[kind] ?? said?.code,
    message,
    param,
    retry: row.retry,
  });
  return { ...reply, kind, retryElsewhere: row.retryElsewhere, code: row.code, message, param, retry: row.retry };
}

const ERROR_BYTES_READ = 65_536;

/** OpenAI's own word for a kind; undefined: the provider's own. */
const OPENAI_CODES: Readonly<Record<ProviderErrorKind, string | undefined>> = {
  invalid_request: undefined,
  context_length: 'context_length_exceeded',
  content_blocked: 'content_filter',
  too_large: undefined,
  conflict: undefined,
  not_found: 'model_not_found',
  authentication: 'provider.unavailable',
  permission: 'provider.unavailable',
  billing: 'provider.unavailable',
  rate_limited: 'rate_limit_exceeded',
  upstream: 'provider.unavailable',
  overloaded: 'overloaded',
  timeout: 'timeout',
};

/** Marks that mean the same under any status. */
const MARKS: Readonly<Record<string, ProviderErrorKind>> = {
  api_key_invalid: 'authentication',
  invalid_api_key: 'authentication',
  authentication_error: 'authentication',
  insufficient_quota: 'billing',
  billing_error: 'billing',
  billing_not_active: 'billing',
  insufficient_balance: 'billing',
  rate_limit_exceeded: 'rate_limited',
  rate_limit_error: 'rate_limited',
  context_length_exceeded: 'context_length',
  content_filter: 'content_blocked',
  content_policy_violation: 'content_blocked',
  model_not_found: 'not_found',
  invalid_model: 'not_found',
  overloaded_error: 'overloaded',
  request_too_large: 'too_large',
};

/** Marks that count only where no status of failure speaks. */
const WEAK_MARKS: Readonly<Record<string, ProviderErrorKind>> = {
  invalid_request_error: 'invalid_request',
  invalid_argument: 'invalid_request',
  permission_error: 'permission',
  permission_denied: 'permission',
  not_found_error: 'not_found',
  resource_exhausted: 'rate_limited',
  unavailable: 'overloaded',
  overloaded: 'overloaded',
  timeout: 'timeout',
  timeout_error: 'timeout',
  deadline_exceeded: 'timeout',
};

interface Phrase {
  readonly kind: ProviderErrorKind;
  readonly statuses: readonly number[];
  readonly says: RegExp;
}

/** For providers that say only in prose what happened. */
const PHRASES: readonly Phrase[] = [
  {
    kind: 'context_length',
    statuses: [400, 413, 422],
    says: /maximum context length|context (?:window|length)|(?:prompt|input) is too long|too many (?:input )?tokens/i,
  },
  {
    kind: 'billing',
    statuses: [400, 403, 429],
    says: /credit balance|insufficient (?:balance|credits?|funds)|spend(?:ing)? (?:limit|cap)/i,
  },
  { kind: 'authentication', statuses: [400, 403], says: /api key not valid|(?:invalid|incorrect) api[ _-]?key/i },
  { kind: 'content_blocked', statuses: [400, 403], says: /content (?:management )?policy|responsible ?ai/i },
  { kind: 'not_found', statuses: [400], says: /model\b.{0,200}\b(?:not found|(?:does )?not exist)|unknown model/i },
];

const STATUSES: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  410: 'not_found',
  413: 'too_large',
  422: 'invalid_request',
  429: 'rate_limited',
  // Not registered, but sent for an invalid token.
  498: 'authentication',
  503: 'overloaded',
  504: 'timeout',
  // Not registered, but sent for overload.
  529: 'overloaded',
};

function kindOf(status: number, said: Said | undefined): ProviderErrorKind {
  // A page instead of a JSON error comes from something in between that does not know models.
  if (status === 404 && said === undefined) return 'upstream';
  const marked = firstOf(MARKS, said?.marks);
  if (marked !== undefined) return marked;
  const phrase = PHRASES.find(({ statuses, says }) => statuses.includes(status) && says.test(said?.message ?? ''));
  return (
    phrase?.kind ?? STATUSES[status] ?? (status === 0 ? firstOf(WEAK_MARKS, said?.marks) : undefined) ?? 'upstream'
  );
}

function firstOf(
  table: Readonly<Record<string, ProviderErrorKind>>,
  marks: readonly string[] = [],
): ProviderErrorKind | undefined {
  for (const mark of marks) if (Object.hasOwn(table, mark)) return table[mark];
  return undefined;
}
