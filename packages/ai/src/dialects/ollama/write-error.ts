import type { CallerError } from '../../canonical/dialect.ts';
import type { ErrorReply } from '../../provider-error.ts';

export function writeOllamaError({ status, message }: CallerError): ErrorReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: message }) };
}
