import type { Client } from '../clients/client.ts';
import type { Vendor } from '../vendors/vendor.ts';

/** What a vendor answers instead of an answer, and what callers must see of it (reference §3.7). */
export interface VendorFailure {
  readonly name: string;
  readonly status: (vendor: Vendor) => number;
  readonly retryAfter?: string;
  readonly message: string;
  /** What the vendor says of the call is for the caller; what it says of itself or of the gate's key is not. */
  readonly shown: boolean;
  readonly kind: FailureKind;
}

export type FailureKind = 'invalid' | 'key' | 'limited' | 'broken' | 'busy';

export const FAILURES: readonly VendorFailure[] = [
  {
    name: 'refuses the call',
    status: () => 400,
    message: 'temperature: must be below 2',
    shown: true,
    kind: 'invalid',
  },
  { name: "refuses the gate's key", status: () => 401, message: 'no such key: sk-1234', shown: false, kind: 'key' },
  {
    name: 'asks to wait',
    status: () => 429,
    retryAfter: '7',
    message: 'org-1234: slow',
    shown: false,
    kind: 'limited',
  },
  { name: 'is asked too much', status: () => 429, message: 'org-1234: slow', shown: false, kind: 'limited' },
  { name: 'breaks', status: () => 500, message: 'at 10.1.2.3: oops', shown: false, kind: 'broken' },
  {
    name: 'is busy',
    status: ({ name }) => (name === 'anthropic' ? 529 : 503),
    message: 'at 10.1.2.3: busy',
    shown: false,
    kind: 'busy',
  },
];

const STATUSES: Readonly<Record<FailureKind, number>> = {
  invalid: 400,
  key: 502,
  limited: 429,
  broken: 502,
  busy: 503,
};
const OWN_STATUSES: Readonly<Record<string, Partial<Record<FailureKind, number>>>> = {
  anthropic: { busy: 529 },
  bedrock: { key: 424, broken: 500 },
};

export function statusFor({ dialect }: Client, kind: FailureKind): number {
  return OWN_STATUSES[dialect]?.[kind] ?? STATUSES[kind];
}

type Words = Readonly<Record<FailureKind, string>>;

const OPENAI: Words = {
  invalid: 'invalid_request_error',
  key: 'server_error',
  limited: 'rate_limit_exceeded',
  broken: 'server_error',
  busy: 'overloaded',
};

const WORDS: Readonly<Record<string, Words>> = {
  'openai-chat': OPENAI,
  'openai-responses': OPENAI,
  anthropic: {
    invalid: 'invalid_request_error',
    key: 'api_error',
    limited: 'rate_limit_error',
    broken: 'api_error',
    busy: 'overloaded_error',
  },
  gemini: {
    invalid: 'INVALID_ARGUMENT',
    key: 'INTERNAL',
    limited: 'RESOURCE_EXHAUSTED',
    broken: 'INTERNAL',
    busy: 'UNAVAILABLE',
  },
  bedrock: {
    invalid: 'ValidationException',
    key: 'ModelErrorException',
    limited: 'ThrottlingException',
    broken: 'InternalServerException',
    busy: 'ServiceUnavailableException',
  },
};

/** What the SDK's error must hold; Cohere and Ollama have no words but those of the message. */
export function wordFor({ dialect }: Client, kind: FailureKind): string {
  return WORDS[dialect]?.[kind] ?? '';
}

/** How long to wait, for those whose dialect says it in the body too. */
export function waitFor({ dialect }: Client, { retryAfter }: VendorFailure): RegExp | undefined {
  if (dialect !== 'gemini' || retryAfter === undefined) return undefined;
  return new RegExp(String.raw`RetryInfo\\*",\\*"retryDelay\\*":\\*"${retryAfter}s`);
}

/** All that an SDK's error shows. */
export function shownBy(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [error.name, error.message, JSON.stringify(error), shownBy(error.cause ?? null)].join(' ');
}
