import type { ProviderErrorKind } from '../../provider-error.ts';

/** What AWS calls its failures, without the namespace in front and the address behind (reference §3.7). */
const KINDS: Readonly<Record<string, ProviderErrorKind>> = {
  ValidationException: 'invalid_request',
  SerializationException: 'invalid_request',
  AccessDeniedException: 'permission',
  UnrecognizedClientException: 'authentication',
  InvalidSignatureException: 'authentication',
  SignatureDoesNotMatch: 'authentication',
  IncompleteSignature: 'authentication',
  IncompleteSignatureException: 'authentication',
  InvalidClientTokenId: 'authentication',
  MissingAuthenticationToken: 'authentication',
  MissingAuthenticationTokenException: 'authentication',
  ExpiredToken: 'authentication',
  ExpiredTokenException: 'authentication',
  NotAuthorizedException: 'permission',
  OptInRequired: 'billing',
  ServiceQuotaExceededException: 'billing',
  ResourceNotFoundException: 'not_found',
  ModelNotReadyException: 'overloaded',
  ServiceUnavailableException: 'overloaded',
  ServiceUnavailable: 'overloaded',
  ThrottlingException: 'rate_limited',
  Throttling: 'rate_limited',
  TooManyRequestsException: 'rate_limited',
  ConflictException: 'conflict',
  RequestEntityTooLargeException: 'too_large',
  ModelTimeoutException: 'timeout',
  RequestTimeout: 'timeout',
  RequestTimeoutException: 'timeout',
  ModelErrorException: 'upstream',
  ModelStreamErrorException: 'upstream',
  InternalServerException: 'upstream',
  InternalFailure: 'upstream',
};

/**
 * Of a header or body, such as `com.amazon.coral.validate#ValidationException:http://…`, or of a frame, where the first
 * letter is small.
 */
export function exceptionKind(type: string | undefined): ProviderErrorKind | undefined {
  const bare = type?.split(':', 1)[0]?.split('#').at(-1)?.trim() ?? '';
  const name = bare.charAt(0).toUpperCase() + bare.slice(1);
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

export interface ExceptionRow {
  readonly name: string;
  readonly status: number;
}

/** What callers get: the SDKs choose the class by name, and retry by name and status. */
const WRITTEN: Readonly<Record<ProviderErrorKind, ExceptionRow>> = {
  invalid_request: { name: 'ValidationException', status: 400 },
  context_length: { name: 'ValidationException', status: 400 },
  content_blocked: { name: 'ValidationException', status: 400 },
  authentication: { name: 'AccessDeniedException', status: 403 },
  billing: { name: 'ServiceQuotaExceededException', status: 400 },
  permission: { name: 'AccessDeniedException', status: 403 },
  not_found: { name: 'ResourceNotFoundException', status: 404 },
  conflict: { name: 'ConflictException', status: 400 },
  too_large: { name: 'ValidationException', status: 413 },
  rate_limited: { name: 'ThrottlingException', status: 429 },
  upstream: { name: 'InternalServerException', status: 500 },
  overloaded: { name: 'ServiceUnavailableException', status: 503 },
  timeout: { name: 'ModelTimeoutException', status: 408 },
};

/** The one failure of the far side that SDKs do not try again. */
const FINAL: ExceptionRow = { name: 'ModelErrorException', status: 424 };

export interface ExceptionFacts {
  readonly kind: ProviderErrorKind;
  readonly status: number;
  readonly retry: boolean;
}

/** A provider that refuses the gate's key is no fault of the caller, whose status then says so. */
export function exceptionFor({ kind, status, retry }: ExceptionFacts): ExceptionRow {
  const far = (status >= 500 || status === FINAL.status) && FOR_CALLERS.has(kind);
  return (far || kind === 'upstream') && !retry ? FINAL : WRITTEN[far ? 'upstream' : kind];
}

const FOR_CALLERS: ReadonlySet<ProviderErrorKind> = new Set(['authentication', 'permission', 'billing']);

/** The five that streams know; others would be an unknown event to the SDKs, and no failure at all. */
const STREAMED: Readonly<Record<string, string>> = {
  ValidationException: 'validationException',
  ThrottlingException: 'throttlingException',
  ServiceUnavailableException: 'serviceUnavailableException',
  InternalServerException: 'internalServerException',
};

export function streamedException(name: string): string {
  return STREAMED[name] ?? 'modelStreamErrorException';
}
