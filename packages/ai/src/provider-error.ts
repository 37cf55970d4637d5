import type { ErrorCode } from '@gatehouse/kernel';

/** An error in a caller's dialect. Add what only the transport knows: request id, `retry-after`. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One line of JSON. */
  readonly body: string;
}

export type ProviderErrorKind =
  | 'invalid_request'
  | 'context_length'
  | 'content_blocked'
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'upstream'
  | 'overloaded'
  | 'timeout';

/** A provider's failure: what it means for routing and for the record, and the reply that the caller may see. */
export interface ProviderError extends ErrorReply {
  readonly kind: ProviderErrorKind;
  /** May another provider, model or key serve the call? */
  readonly retryElsewhere: boolean;
  readonly code: ErrorCode;
  /** What the caller may read, in whatever dialect it is then written. */
  readonly message: string;
  readonly param: string | undefined;
  /** May the same call succeed later? */
  readonly retry: boolean;
  /** And not sooner than so. */
  readonly retryAfterMs?: number | undefined;
}
