import { headerOf, isNotModified, partOf, type Field, type HeaderOf, type StoredReply } from '@gatehouse/cache';
import type { OwnReply } from '../policy.ts';

/** What a 304 says of the reply that it stands for (RFC 9110 §15.4.5). */
const IN_NOT_MODIFIED: ReadonlySet<string> = new Set([
  'cache-control',
  'cdn-cache-control',
  'content-location',
  'date',
  'etag',
  'expires',
  'last-modified',
  'vary',
]);

/** A stored reply as the answer to one request: the whole, a part, or that the caller has it already. */
export function storedAnswer(
  stored: StoredReply,
  request: HeaderOf,
  { ageMs, nowMs }: { readonly ageMs: number; readonly nowMs: number },
): OwnReply {
  const fields = [...stored.fields.filter(([name]) => name !== 'age'), ageField(ageMs)];
  if (isNotModified(stored, request, nowMs)) {
    return { status: 304, headers: fields.filter(([name]) => IN_NOT_MODIFIED.has(name) || name === 'age'), body: '' };
  }
  const part = partOf(stored, request, nowMs);
  const size = stored.body.length;
  if (part === null) return { status: 416, headers: [['content-range', `bytes */${size}`]], body: '' };
  if (part === undefined) return { status: stored.status, headers: fields, body: stored.body };
  const { first, last } = part;
  return {
    status: 206,
    headers: [...fields, ['content-range', `bytes ${first}-${last}/${size}`]],
    body: stored.body.subarray(first, last + 1),
  };
}

export function ageField(ageMs: number): Field {
  return ['age', String(Number.isFinite(ageMs) ? Math.max(0, Math.floor(ageMs / 1000)) : 2_147_483_648)];
}

/** Names by which a reply may be purged. */
export function tagsOf(fields: readonly Field[], name: string): readonly string[] {
  return (headerOf(fields)(name) ?? '')
    .split(/[\s,]+/)
    .filter((tag) => tag !== '')
    .slice(0, 100);
}
