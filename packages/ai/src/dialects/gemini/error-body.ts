import type { JsonFields } from '../../canonical/json.ts';

/** An error as Google's APIs write it; SDKs throw on one inside a stream when its code is between 400 and 599. */
export function errorBody(error: {
  readonly status: number;
  readonly message: string;
  readonly details?: readonly JsonFields[];
}): JsonFields {
  const { message, details = [] } = error;
  const code = error.status >= 400 && error.status <= 599 ? error.status : 500;
  return { error: { code, message, status: statusName(code), ...(details.length > 0 && { details }) } };
}

/** Google's name for a status (reference §3.7). */
function statusName(code: number): string {
  return NAMES[code] ?? (code < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}

const NAMES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const TYPES = 'type.googleapis.com/google.rpc.';

/** `reason` is the gate's own code, as Google's services name theirs. */
export function errorInfo(reason: string): JsonFields {
  const name = reason.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return { '@type': `${TYPES}ErrorInfo`, reason: name, domain: 'gatehouse' };
}

export function badRequest(field: string, description: string): JsonFields {
  return { '@type': `${TYPES}BadRequest`, fieldViolations: [{ field, description }] };
}

export function requestInfo(requestId: string): JsonFields {
  return { '@type': `${TYPES}RequestInfo`, requestId };
}

export function retryInfo(delayMs: number): JsonFields {
  return { '@type': `${TYPES}RetryInfo`, retryDelay: `${delayMs / 1000}s` };
}
