import { httpTime } from './http-time.ts';
import { headerOf, type Field, type HeaderOf, type StoredReply } from './stored-reply.ts';

/** Fields by which the gate asks whether a stored reply still holds (RFC 9111 §4.3.1). */
export function validators({ fields }: StoredReply): readonly Field[] {
  const header = headerOf(fields);
  const tag = header('etag');
  const modified = header('last-modified');
  return [
    ...(tag === undefined ? [] : [['if-none-match', tag] as const]),
    ...(modified === undefined ? [] : [['if-modified-since', modified] as const]),
  ];
}

/** The caller has it already: 304 (RFC 9110 §13.1). Only `If-None-Match` counts where both are asked. */
export function isNotModified(stored: StoredReply, request: HeaderOf, nowMs: number): boolean {
  if (stored.status !== 200) return false;
  const header = headerOf(stored.fields);
  const tags = request('if-none-match');
  if (tags !== undefined) {
    const own = header('etag');
    return tags.trim() === '*' || (own !== undefined && tagsIn(tags).some((tag) => weak(tag) === weak(own)));
  }
  const sinceMs = httpTime(request('if-modified-since'), nowMs);
  if (sinceMs === undefined) return false;
  const changedMs = httpTime(header('last-modified'), nowMs) ?? httpTime(header('date'), nowMs);
  return changedMs !== undefined && changedMs <= sinceMs;
}

function tagsIn(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function weak(tag: string): string {
  return tag.replace(/^W\//, '');
}

/** What a 304 does not change of what is stored (RFC 9111 §3.2): the body was not sent again. */
const KEPT: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'etag',
  'transfer-encoding',
  'connection',
]);

/** The stored reply after a 304 for it. */
export function refreshed(
  stored: StoredReply,
  reply: { readonly fields: readonly Field[]; readonly requestMs: number; readonly responseMs: number },
): StoredReply {
  const news = reply.fields.filter(([name]) => !KEPT.has(name));
  const names = new Set(news.map(([name]) => name));
  // An age of the past is none of what was just confirmed.
  names.add('age');
  return {
    ...stored,
    fields: [...stored.fields.filter(([name]) => !names.has(name)), ...news],
    requestMs: reply.requestMs,
    responseMs: reply.responseMs,
  };
}

export interface Part {
  readonly first: number;
  readonly last: number;
}

/**
 * The part of a complete reply that a request asks for (RFC 9110 §14.2): undefined for the whole, null for one that
 * cannot be. Several parts at once are answered with the whole.
 */
export function partOf(stored: StoredReply, request: HeaderOf, nowMs: number): Part | null | undefined {
  const range = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(request('range') ?? '');
  if (range === null || stored.status !== 200 || !rangeHolds(stored, request('if-range'), nowMs)) return undefined;
  const [, from = '', to = ''] = range;
  if (from === '' && to === '') return undefined;
  const size = stored.body.length;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return first >= size || (from === '' && Number(to) === 0) ? null : { first, last };
}

/** RFC 9110 §13.1.5: strong comparison, or the very date. */
function rangeHolds({ fields }: StoredReply, condition: string | undefined, nowMs: number): boolean {
  if (condition === undefined) return true;
  const header = headerOf(fields);
  if (/^(?:W\/)?"/.test(condition)) return !condition.startsWith('W/') && condition === header('etag');
  const dateMs = httpTime(condition, nowMs);
  return dateMs !== undefined && dateMs === httpTime(header('last-modified'), nowMs);
}
