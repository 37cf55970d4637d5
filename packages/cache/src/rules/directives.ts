/** `Cache-Control` and its like, taken apart: names in lower case, '' for what has no value. */
export type Directives = ReadonlyMap<string, string>;

const NONE: Directives = new Map();
const LAST_SECONDS = 2_147_483_648;

/** RFC 9111 §5.2: of a directive that stands twice the first counts (§4.2.1). What is malformed in one spoils no other. */
export function parseDirectives(header: string | undefined): Directives {
  if (header === undefined) return NONE;
  const found = new Map<string, string>();
  const pattern = /([^\s,;="]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)[^,]*))?[^,]*?(?:,|$)/g;
  for (const [, name, quoted, plain] of header.matchAll(pattern)) {
    if (name === undefined) continue;
    const lower = name.toLowerCase();
    if (!found.has(lower)) found.set(lower, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return found;
}

/** Delta seconds; 0 for what is none, so that nothing that cannot be read counts as fresh (RFC 9111 §4.2.1). Undefined: not there. */
export function seconds(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return /^\d{1,15}$/.test(value) ? Math.min(Number(value), LAST_SECONDS) : 0;
}

/**
 * What governs a reply here: `CDN-Cache-Control` is for caches like this one and takes the place of `Cache-Control` and
 * `Expires` (RFC 9213 §2.2). One that is no structured dictionary is as good as none.
 */
export function governing(header: (name: string) => string | undefined): { directives: Directives; targeted: boolean } {
  const targeted = header('cdn-cache-control');
  if (targeted !== undefined && DICTIONARY.test(targeted)) {
    return { directives: parseDirectives(targeted), targeted: true };
  }
  return { directives: parseDirectives(header('cache-control')), targeted: false };
}

/** Members of RFC 8941 §3.2, as far as directives need them: a key, and a number, a token, a string or a flag. */
const MEMBER = String.raw`[a-z*][a-z0-9_\-.*]*(?:=(?:-?\d{1,15}(?:\.\d{1,3})?|"[^"\\]*"|\?[01]|[A-Za-z*][!#$%&'*+\-.^_|~0-9A-Za-z:/]*))?`;
const DICTIONARY = new RegExp(String.raw`^\s*${MEMBER}(?:\s*,\s*${MEMBER})*\s*$`);
