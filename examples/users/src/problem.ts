export interface Fault {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

interface Kind {
  readonly status: number;
  readonly title: string;
  /** Given where the same request may succeed later. */
  readonly retryAfterSeconds?: number;
}

export const PROBLEMS = {
  'request.malformed': { status: 400, title: 'Malformed request' },
  'request.malformed_json': { status: 400, title: 'Malformed JSON' },
  'request.invalid_parameter': { status: 400, title: 'Invalid parameter' },
  'request.invalid_cursor': { status: 400, title: 'Invalid cursor' },
  'request.not_found': { status: 404, title: 'No such resource' },
  'request.method_not_allowed': { status: 405, title: 'Method not allowed' },
  'request.not_acceptable': { status: 406, title: 'Not acceptable' },
  'request.timeout': { status: 408, title: 'Request too slow' },
  'request.precondition_failed': { status: 412, title: 'The user has changed' },
  'request.body_too_large': { status: 413, title: 'Body too large' },
  'request.unsupported_media_type': { status: 415, title: 'Unsupported media type' },
  'request.invalid_body': { status: 422, title: 'Invalid body' },
  'request.precondition_required': { status: 428, title: 'If-Match is required' },
  'request.headers_too_large': { status: 431, title: 'Header fields too large' },
  'user.not_found': { status: 404, title: 'No such user' },
  'user.email_taken': { status: 409, title: 'Email taken' },
  'idempotency.in_progress': { status: 409, title: 'A request with this key is in progress', retryAfterSeconds: 1 },
  'idempotency.key_reused': { status: 422, title: 'Idempotency key used with a different body' },
  'store.busy': { status: 503, title: 'Database busy', retryAfterSeconds: 1 },
  'store.unavailable': { status: 503, title: 'Database unavailable', retryAfterSeconds: 5 },
  'service.not_ready': { status: 503, title: 'Not ready', retryAfterSeconds: 1 },
  'service.internal': { status: 500, title: 'Internal error' },
} satisfies Readonly<Record<string, Kind>>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** What went wrong underneath: for the log, never for the caller. */
  readonly cause?: unknown;
}

/** Ends the handling of a request with an RFC 9457 reply. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly kind: Kind;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? code, { cause: details.cause });
    this.code = code;
    this.kind = PROBLEMS[code];
    this.details = details;
  }

  toBody(requestId: string): Readonly<Record<string, unknown>> {
    const { detail, errors } = this.details;
    return {
      type: `urn:problem-type:${this.code}`,
      title: this.kind.title,
      status: this.kind.status,
      code: this.code,
      ...(detail === undefined ? {} : { detail }),
      request_id: requestId,
      ...(errors === undefined ? {} : { errors }),
    };
  }
}
