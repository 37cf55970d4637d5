import { createHash } from 'node:crypto';

/**
 * What stays the same of a change however the documents are written, so that an approval given once still holds: the
 * rule, the operation without the names of its path parameters, the place and the words. 16 digits of a SHA-256.
 */
export function fingerprintOf({
  id,
  operation,
  path,
  message,
}: Readonly<Record<'id' | 'operation' | 'path' | 'message', string>>): string {
  return createHash('sha256')
    .update(JSON.stringify([id, operation, path, message]))
    .digest('hex')
    .slice(0, 16);
}
