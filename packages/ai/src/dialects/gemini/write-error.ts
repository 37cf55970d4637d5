import type { CallerError } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { ErrorReply } from '../../provider-error.ts';
import { badRequest, errorBody, errorInfo, requestInfo, retryInfo } from './error-body.ts';

export function writeGeminiError(error: CallerError): ErrorReply {
  return { status: error.status, headers: JSON_TYPE, body: JSON.stringify(callerErrorBody(error)) };
}

/** Without SSE a stream is a list, and so is its error. */
export function writeGeminiArrayError(error: CallerError): ErrorReply {
  return { status: error.status, headers: JSON_TYPE, body: `[${JSON.stringify(callerErrorBody(error))}]` };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

export function callerErrorBody(error: CallerError): JsonFields {
  const { status, message, code, param, requestId, retryAfterMs } = error;
  return errorBody({
    status,
    message,
    details: [
      errorInfo(code),
      ...(param === undefined ? [] : [badRequest(param, message)]),
      ...(requestId === '' ? [] : [requestInfo(requestId)]),
      ...(retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)]),
    ],
  });
}
