import { ERROR_MEANINGS } from '../../error-meanings.ts';
import { asCount, asFields, asText, listFields, parseJson, type Fields } from '../../loose-json.ts';
import type { ProviderError, ProviderErrorKind } from '../../provider-error.ts';
import { safeMessage } from '../../safe-message.ts';
import { errorBody, retryInfo } from './error-body.ts';

/**
 * What a failure means. What the caller did wrong is said in Google's words, made safe; what is between the gate and
 * Google in ours, and never as 401 or 403, which would make callers throw their own key away.
 */
export function readGeminiError(status: number, body: string): ProviderError {
  const said = readSaid(body.slice(0, BODY_CHARS_READ));
  const real = status >= 400 ? status : (said?.code ?? 0);
  const kind = kindOf(real, said);
  const row = ERROR_MEANINGS[kind];
  const shown = row.status ?? (real >= 400 && real < 500 ? real : 400);
  const message = row.message ?? safeMessage(said?.message ?? 'The model provider refused the request.');
  const retryAfterMs = said?.retryAfterMs;
  const details = retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)];
  return {
    status: shown,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(errorBody({ status: shown, message, details })),
    kind,
    retryElsewhere: row.retryElsewhere,
    code: row.code,
    message,
    param: row.message === undefined ? said?.field : undefined,
    retry: row.retry,
    retryAfterMs,
  };
}

const BODY_CHARS_READ = 65_536;

interface Said {
  readonly message: string;
  readonly code: number | undefined;
  /** `RESOURCE_EXHAUSTED` and its like. */
  readonly status: string;
  /** `API_KEY_INVALID` and its like. */
  readonly reasons: readonly string[];
  /** How long to wait. */
  readonly retryAfterMs: number | undefined;
  /** The member at fault. */
  readonly field: string | undefined;
}

/** Undefined for what is no error of Google's, such as a proxy's page. */
function readSaid(body: string): Said | undefined {
  const parsed = parseJson(body);
  const error = asFields(asFields(Array.isArray(parsed) ? parsed[0] : parsed)?.['error']);
  if (error === undefined) return undefined;
  const details = listFields(error['details']);
  return {
    message: asText(error['message'])?.slice(0, MESSAGE_CHARS_READ) ?? '',
    code: asCount(error['code']),
    status: asText(error['status']) ?? '',
    reasons: details.flatMap((detail) => asText(detail['reason']) ?? []),
    retryAfterMs: details.map(delayOf).find((delay) => delay !== undefined),
    field: details.flatMap(({ fieldViolations }) => listFields(fieldViolations)).flatMap(fieldOf)[0],
  };
}

const MESSAGE_CHARS_READ = 4096;

/** Such as `34s` or `0.5s`. */
function delayOf(detail: Fields): number | undefined {
  const delay = asText(detail['retryDelay']);
  const seconds = delay === undefined ? undefined : /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delay)?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

function fieldOf({ field }: Fields): readonly string[] {
  const name = asText(field)?.slice(0, 200);
  return name === undefined ? [] : [name];
}

function kindOf(status: number, said: Said | undefined): ProviderErrorKind {
  // A page instead of an error comes from something in between that knows neither models nor keys (reference T54).
  if (said === undefined) return SPEAKING.has(status) ? (STATUSES[status] ?? 'upstream') : 'upstream';
  for (const reason of said.reasons) {
    const kind = REASONS.get(reason);
    if (kind !== undefined) return kind;
  }
  const phrase = PHRASES.find(({ statuses, says }) => statuses.includes(status) && says.test(said.message));
  return phrase?.kind ?? STATUSES[status] ?? NAMES.get(said.status) ?? 'upstream';
}

/** Details that mean the same under any status: a bad key is a 400 here. */
const REASONS: ReadonlyMap<string, ProviderErrorKind> = new Map([
  ['API_KEY_INVALID', 'authentication'],
  ['API_KEY_EXPIRED', 'authentication'],
  ['ACCESS_TOKEN_EXPIRED', 'authentication'],
  ['ACCESS_TOKEN_TYPE_UNSUPPORTED', 'authentication'],
  ['CREDENTIALS_MISSING', 'authentication'],
  ['API_KEY_SERVICE_BLOCKED', 'permission'],
  ['SERVICE_DISABLED', 'permission'],
  ['CONSUMER_INVALID', 'permission'],
  ['IAM_PERMISSION_DENIED', 'permission'],
  ['BILLING_DISABLED', 'billing'],
  ['RATE_LIMIT_EXCEEDED', 'rate_limited'],
]);

interface Phrase {
  readonly kind: ProviderErrorKind;
  readonly statuses: readonly number[];
  readonly says: RegExp;
}

/** What is said in prose only. */
const PHRASES: readonly Phrase[] = [
  {
    kind: 'context_length',
    statuses: [400],
    says: /token count.{0,80}exceeds|exceeds the maximum number of tokens|(?:prompt|input) is too long/i,
  },
  { kind: 'authentication', statuses: [400, 403], says: /api[ _]key (?:not valid|not found|expired|was reported)/i },
  {
    kind: 'billing',
    statuses: [400, 403, 429],
    says: /spend(?:ing)? (?:limit|cap)|credits? (?:are|is) depleted|enable billing/i,
  },
  { kind: 'permission', statuses: [400], says: /user location is not supported/i },
  { kind: 'too_large', statuses: [400], says: /request payload size exceeds/i },
];

const STATUSES: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  413: 'too_large',
  422: 'invalid_request',
  429: 'rate_limited',
  499: 'timeout',
  503: 'overloaded',
  504: 'timeout',
};

/** Those that mean the same whoever says them. */
const SPEAKING: ReadonlySet<number> = new Set([408, 413, 429, 503, 504]);

/** For errors inside a stream that name no code. */
const NAMES: ReadonlyMap<string, ProviderErrorKind> = new Map([
  ['INVALID_ARGUMENT', 'invalid_request'],
  ['FAILED_PRECONDITION', 'invalid_request'],
  ['OUT_OF_RANGE', 'invalid_request'],
  ['UNAUTHENTICATED', 'authentication'],
  ['PERMISSION_DENIED', 'permission'],
  ['NOT_FOUND', 'not_found'],
  ['ABORTED', 'conflict'],
  ['RESOURCE_EXHAUSTED', 'rate_limited'],
  ['UNAVAILABLE', 'overloaded'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['CANCELLED', 'timeout'],
]);
