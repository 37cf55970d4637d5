import type { CallerError } from '../../canonical/dialect.ts';
import type { ErrorReply } from '../../provider-error.ts';

/** SDKs choose the exception by status. */
export function writeCohereError({ status, message, requestId }: CallerError): ErrorReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: requestId, message }),
  };
}
