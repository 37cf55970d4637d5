/**
 * Every refusal and failure that a caller, an operator or a log can meet.
 * The table is the single source of status codes; docs and tests are checked against it.
 */

/** Who has to act: the caller, the service behind us, the AI vendor, whoever runs the gate, or we. */
export type Blame = 'caller' | 'upstream' | 'provider' | 'operator' | 'us';

export interface ErrorRow {
  readonly status: number;
  readonly title: string;
  readonly blame: Blame;
  /** May the same call succeed when it is made again later? */
  readonly retry: boolean;
}

const row = (status: number, title: string, blame: Blame, retry = false): ErrorRow => ({ status, title, blame, retry });

export const ERRORS = {
  'request.malformed': row(400, 'Malformed request', 'caller'),
  'request.ambiguous': row(400, 'Ambiguous request', 'caller'),
  'request.head_too_large': row(431, 'Request header fields too large', 'caller'),
  'request.target_too_long': row(414, 'Request target too long', 'caller'),
  'request.body_too_large': row(413, 'Request body too large', 'caller'),
  'request.invalid': row(400, 'Request does not fit its description', 'caller'),
  'request.body_invalid': row(400, 'Invalid request body', 'caller'),
  'request.capability': row(400, 'The model cannot do this', 'caller'),
  'request.context_length': row(400, 'Prompt too long for the model', 'caller'),
  'request.media': row(400, 'Media not to be had', 'caller'),
  'request.idempotency_key': row(400, 'Idempotency key missing or not valid', 'caller'),
  'request.idempotency_in_flight': row(409, 'The first such request is under way', 'caller', true),
  'request.idempotency_mismatch': row(422, 'Idempotency key used for another request', 'caller'),
  'request.idempotency_lost': row(409, 'Done before but its reply was not kept', 'caller'),
  'request.method_unsupported': row(501, 'Method not supported', 'caller'),
  'request.coding_unsupported': row(501, 'Transfer coding not supported', 'caller'),
  'request.version_unsupported': row(505, 'HTTP version not supported', 'caller'),
  'request.expectation_failed': row(417, 'Expectation failed', 'caller'),
  'request.timeout': row(408, 'Request timed out', 'caller', true),
  'request.cancelled': row(499, 'Caller left', 'caller'),
  'request.not_cached': row(504, 'Not kept here', 'operator', true),
  'request.loop': row(508, 'Request loop detected', 'operator'),
  'request.misdirected': row(421, 'Misdirected request', 'caller'),
  'auth.missing': row(401, 'Credential required', 'caller'),
  'auth.invalid': row(401, 'Credential not valid', 'caller'),
  'auth.expired': row(401, 'Credential expired', 'caller'),
  'auth.forbidden': row(403, 'Not allowed', 'caller'),
  'auth.not_subscribed': row(403, 'Not subscribed', 'caller'),
  'auth.unavailable': row(503, 'Cannot find out who calls', 'operator', true),
  'auth.ip_denied': row(403, 'Address not allowed', 'caller'),
  'route.not_found': row(404, 'No such route', 'caller'),
  'route.method_not_allowed': row(405, 'Method not allowed', 'caller'),
  'route.unavailable': row(503, 'Route unavailable', 'operator', true),
  'route.gone': row(410, 'No longer served', 'caller'),
  'route.brownout': row(503, 'Refused for a while', 'operator', true),
  'route.maintenance': row(503, 'Under maintenance', 'operator', true),
  'route.fault': row(503, 'Fault injected on purpose', 'operator', true),
  'limit.rate': row(429, 'Too many requests', 'caller', true),
  'limit.quota': row(429, 'Quota used up', 'caller', true),
  'limit.concurrency': row(429, 'Too many requests at once', 'caller', true),
  'limit.budget': row(429, 'Budget used up', 'caller', true),
  'policy.failed': row(503, 'A policy failed', 'operator', true),
  'guard.blocked': row(400, 'Blocked by a guardrail', 'caller'),
  'upstream.unreachable': row(502, 'Upstream unreachable', 'upstream', true),
  'upstream.broken': row(502, 'Bad reply from upstream', 'upstream', true),
  'upstream.invalid_reply': row(502, 'Reply does not fit its description', 'upstream'),
  'upstream.unhealthy': row(503, 'No healthy upstream', 'upstream', true),
  'upstream.circuit_open': row(503, 'Upstream left alone for a while', 'upstream', true),
  'upstream.overloaded': row(503, 'Upstream connections exhausted', 'upstream', true),
  'upstream.timeout': row(504, 'Upstream timed out', 'upstream', true),
  'provider.model_not_found': row(404, 'Unknown model', 'caller'),
  'provider.unavailable': row(502, 'Model provider failed', 'provider', true),
  'provider.overloaded': row(503, 'Model provider overloaded', 'provider', true),
  'provider.timeout': row(504, 'Model provider timed out', 'provider', true),
  'provider.truncated': row(502, 'Model stream broke off', 'provider', true),
  'provider.output_invalid': row(502, 'Model output not usable', 'provider', true),
  'admin.unauthenticated': row(401, 'Sign in or send a token', 'caller'),
  'admin.forbidden': row(403, 'Not among your rights', 'caller'),
  'admin.not_found': row(404, 'There is no such thing here', 'caller'),
  'admin.conflict': row(409, 'Another one has it', 'caller'),
  'admin.illegal': row(409, 'Not possible in this state', 'caller'),
  'admin.managed': row(409, 'Managed by a configuration', 'caller'),
  'admin.stale': row(412, 'Changed in the meantime', 'caller', true),
  'admin.unsupported': row(415, 'Not a format of the admin API', 'caller'),
  'admin.invalid': row(422, 'Not valid', 'caller'),
  'admin.standards': row(422, 'Does not meet the standards', 'caller'),
  'admin.key_mismatch': row(422, 'Idempotency key used for something else', 'caller'),
  'admin.unconditional': row(428, 'Say which one you have seen', 'caller'),
  'admin.throttled': row(429, 'Too many attempts', 'caller', true),
  'admin.unavailable': row(503, 'Not to be had at the moment', 'us', true),
  'admin.unenforced': row(503, 'Stored but not yet enforced', 'us', true),
  'config.invalid': row(500, 'Configuration refused', 'operator'),
  'gateway.draining': row(503, 'Shutting down', 'us', true),
  'gateway.overloaded': row(503, 'Too much at once', 'us', true),
  'gateway.worker_lost': row(502, 'Gateway worker lost', 'us', true),
  'gateway.internal': row(500, 'Internal error', 'us'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Ends the exchange it is thrown in. `detail` is shown to the caller; `cause` goes to the record and the log only. */
export class GatehouseError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: { readonly cause?: unknown }) {
    super(`${code}: ${detail}`, options);
    this.name = 'GatehouseError';
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
