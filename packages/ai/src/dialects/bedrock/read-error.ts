import { ERROR_MEANINGS, operatorsFault } from '../../error-meanings.ts';
import { asFields, asText, parseJson, type Fields } from '../../loose-json.ts';
import type { ProviderError, ProviderErrorKind } from '../../provider-error.ts';
import { safeMessage } from '../../safe-message.ts';
import { exceptionKind } from './exceptions.ts';
import { writeBedrockError } from './write-error.ts';

export interface BedrockFailure {
  /** 0 where there is none, as in a stream. */
  readonly status: number;
  readonly body: string;
  /** `x-amzn-errortype`, or the type of the frame. */
  readonly errorType?: string | undefined;
}

/**
 * What the caller did wrong is told in AWS's words, without accounts and addresses; what is between the gate and AWS in
 * ours.
 */
export function readBedrockError({ status, body, errorType }: BedrockFailure): ProviderError {
  const said = asFields(parseJson(body.slice(0, BODY_CHARS_READ)));
  const message = said === undefined ? undefined : messageIn(said);
  const type = errorType ?? asText(said?.['__type']) ?? asText(said?.['code']);
  const kind = kindOf({ status, type, message, json: said !== undefined });
  const row = MEANINGS[kind];
  const shownStatus = row.status ?? 400;
  const { code, retry, retryElsewhere } = row;
  const told = { kind, code, retry, message: row.message ?? shown(message), param: undefined };
  const reply = writeBedrockError({ ...told, status: shownStatus, requestId: '' });
  // The status is ours, for whatever dialect the caller speaks; SDKs of this one go by the name.
  return { ...reply, ...told, status: shownStatus, retryElsewhere };
}

const BODY_CHARS_READ = 65_536;

function messageIn(said: Fields): string | undefined {
  const inner = asFields(said['error']);
  return (
    asText(said['message']) ?? asText(said['Message']) ?? asText(inner?.['message']) ?? asText(said['originalMessage'])
  );
}

function shown(message: string | undefined): string {
  const safe = (message ?? 'The model provider refused the request.')
    .replace(/\barn:aws[a-z-]*:[^\s"'<>)]+/g, '[resource]')
    .replace(/\b\d{12}\b/g, '[account]');
  return safeMessage(safe);
}

interface Told {
  readonly status: number;
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly json: boolean;
}

function kindOf({ status, type, message = '', json }: Told): ProviderErrorKind {
  const named = exceptionKind(type);
  const broad = named ?? STATUSES[status] ?? (status === 0 ? 'upstream' : undefined);
  // A page instead of a JSON error comes from something in between that does not know models.
  if (broad === 'not_found' && named === undefined && !json) return 'upstream';
  const phrase = PHRASES.find(({ of, says }) => broad !== undefined && of.includes(broad) && says.test(message));
  return phrase?.kind ?? broad ?? (status >= 400 && status < 500 ? 'invalid_request' : 'upstream');
}

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
  424: 'upstream',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'timeout',
};

interface Phrase {
  readonly kind: ProviderErrorKind;
  /** What name and status alone make of it. */
  readonly of: readonly ProviderErrorKind[];
  readonly says: RegExp;
}

/** Names are few, and what they mean is often said in prose only. */
const PHRASES: readonly Phrase[] = [
  {
    kind: 'context_length',
    of: ['invalid_request'],
    says: /(?:input|prompt) is too long|too many (?:input )?tokens|maximum (?:context|input|prompt) (?:length|tokens)|context (?:window|length)/i,
  },
  {
    kind: 'content_blocked',
    of: ['invalid_request'],
    says: /content (?:filtering|management|moderation)? ?polic|responsible ai/i,
  },
  {
    kind: 'not_found',
    of: ['invalid_request'],
    says: /model identifier is invalid|model\b.{0,100}\b(?:is not supported|not found|does(?:n't| not) exist)|on-demand throughput/i,
  },
  {
    kind: 'authentication',
    of: ['invalid_request', 'permission'],
    says: /security token|signature|credential should be scoped|authentication|api key|authorization header/i,
  },
  {
    kind: 'billing',
    of: ['permission', 'rate_limited', 'invalid_request'],
    says: /payment instrument|billing|marketplace subscription/i,
  },
];

/** AWS refuses accounts for their quotas too. */
const MEANINGS = { ...ERROR_MEANINGS, billing: operatorsFault('account for reasons of quota or billing') };
