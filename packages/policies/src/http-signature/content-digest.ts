import { createHash, timingSafeEqual } from 'node:crypto';
import { parseDictionary } from './structured-fields.ts';

/** RFC 9530 §5: those that are safe; others are passed over. */
const ALGORITHMS: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };

/** Whether a `Content-Digest` (RFC 9530 §2) is of this body: all that it says, and at least one thing that can be checked. */
export function isDigestOf(field: string, body: Buffer): boolean {
  const known = [...(parseDictionary(field) ?? [])].filter(([name]) => Object.hasOwn(ALGORITHMS, name));
  return known.length > 0 && known.every(([name, member]) => isRight(ALGORITHMS[name] ?? '', member, body));
}

function isRight(
  algorithm: string,
  member: { readonly kind: string; readonly value?: unknown },
  body: Buffer,
): boolean {
  const { value } = member;
  if (!Buffer.isBuffer(value)) return false;
  const digest = createHash(algorithm).update(body).digest();
  return digest.length === value.length && timingSafeEqual(digest, value);
}
