import { HEX_VALUE, TARGET_CHAR } from './grammar.ts';
import { tableAt } from './table-read.ts';

/**
 * Spellings that servers behind us may read differently (reference rows 34, 35). They are counted while the path is
 * brought into its one canonical form; a route lets some through, everybody else gets 400.
 */
export const AMBIGUITY = {
  'encoded-slash': 1,
  'encoded-backslash': 2,
  'encoded-nul': 4,
  'encoded-dot': 8,
  'empty-segment': 16,
  semicolon: 32,
} as const;

export type AmbiguityName = keyof typeof AMBIGUITY;

/** Never let through: control characters and percent signs that encode nothing. */
export const NEVER_ALLOWED = 64;

export interface CanonicalTarget {
  /** Unreserved characters decoded, other escapes in upper case, dot segments resolved; starts with `/`, or is `*`. */
  readonly path: string;
  /** With its `?`, as it came; '' without. */
  readonly query: string;
  /** Bits of `AMBIGUITY` and `NEVER_ALLOWED`. */
  readonly ambiguity: number;
}

const PLAIN = new Uint8Array(256);
for (const char of "-._~!$&'()*+,=:@/0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  PLAIN[char.charCodeAt(0)] = 1;
}
const SLASH = 47;
const DOT = 46;
const PERCENT = 37;
const QUESTION = 63;
const SEMICOLON = 59;

/** Canonical form of an origin-form target, or undefined when it holds what no target may hold. */
export function canonicalTarget(raw: string): CanonicalTarget | undefined {
  if (raw.charCodeAt(0) !== SLASH) return undefined;
  let at = 1;
  let previous = SLASH;
  let code = raw.charCodeAt(1);
  // The plain path: no escapes, no `//`, no `/.`, no `;`. Nothing is copied but the cut at the query.
  for (; at < raw.length && code !== QUESTION; code = raw.charCodeAt(++at)) {
    if (tableAt(PLAIN, code) !== 1 || (previous === SLASH && (code === SLASH || code === DOT))) return spelledOut(raw);
    previous = code;
  }
  const query = at === raw.length ? '' : raw.slice(at);
  if (!targetChars(query)) return undefined;
  return { path: query === '' ? raw : raw.slice(0, at), query, ambiguity: 0 };
}

function targetChars(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (tableAt(TARGET_CHAR, text.charCodeAt(i)) !== 1) return false;
  return true;
}

function spelledOut(raw: string): CanonicalTarget | undefined {
  if (!targetChars(raw)) return undefined;
  const mark = raw.indexOf('?');
  const query = mark < 0 ? '' : raw.slice(mark);
  return { ...canonicalPath(mark < 0 ? raw : raw.slice(0, mark)), query };
}

/** Brings any absolute path into canonical form; also used on what a rewrite made. */
export function canonicalPath(path: string): { readonly path: string; readonly ambiguity: number } {
  const decoded = decodeUnreserved(path);
  const folded = removeDotSegments(decoded.path);
  return { path: folded.path, ambiguity: decoded.ambiguity | folded.ambiguity };
}

/** RFC 3986 §6.2.2.1–2: `%7e` → `~`, `%2f` → `%2F`. An encoded dot is decoded too, and told of. */
function decodeUnreserved(path: string): { path: string; ambiguity: number } {
  let out = '';
  let ambiguity = 0;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === SEMICOLON) ambiguity |= AMBIGUITY.semicolon;
    if (code !== PERCENT) {
      out += path[at];
      continue;
    }
    const byte = escapedByte(path, at);
    if (byte < 0) return { path, ambiguity: NEVER_ALLOWED };
    ambiguity |= escapeAmbiguity(byte);
    out += isUnreserved(byte) ? String.fromCharCode(byte) : path.slice(at, at + 3).toUpperCase();
    at += 2;
  }
  return { path: out, ambiguity };
}

function escapedByte(path: string, at: number): number {
  if (at + 2 >= path.length) return -1;
  const high = tableAt(HEX_VALUE, path.charCodeAt(at + 1));
  const low = tableAt(HEX_VALUE, path.charCodeAt(at + 2));
  return high === 255 || low === 255 ? -1 : high * 16 + low;
}

function escapeAmbiguity(byte: number): number {
  if (byte === SLASH) return AMBIGUITY['encoded-slash'];
  if (byte === 92) return AMBIGUITY['encoded-backslash'];
  if (byte === 0) return AMBIGUITY['encoded-nul'];
  if (byte === DOT) return AMBIGUITY['encoded-dot'];
  if (byte === SEMICOLON) return AMBIGUITY.semicolon;
  if (byte === PERCENT) return NEVER_ALLOWED; // `%25` hides a second layer: `%252e` becomes `%2e` one hop on
  return byte < 32 || byte === 127 ? NEVER_ALLOWED : 0;
}

function isUnreserved(byte: number): boolean {
  return tableAt(PLAIN, byte) === 1 && !"!$&'()*+,=:@/".includes(String.fromCharCode(byte));
}

/** RFC 3986 §5.2.4. A path that climbs above its root is told of; an empty segment stays and is told of. */
function removeDotSegments(path: string): { path: string; ambiguity: number } {
  let ambiguity = 0;
  const out: string[] = [];
  const segments = path.slice(1).split('/');
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') {
      if (out.length === 0) ambiguity |= NEVER_ALLOWED;
      out.pop();
    }
    if (segment === '.' || segment === '..') {
      if (last) out.push('');
      return;
    }
    if (segment === '' && !last) ambiguity |= AMBIGUITY['empty-segment'];
    out.push(segment);
  });
  return { path: `/${out.join('/')}`, ambiguity };
}
