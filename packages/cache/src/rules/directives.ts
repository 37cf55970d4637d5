/** `Cache-Control` and its like, taken apart: names in lower case, '' for what has no value. */
export type Directives = ReadonlyMap<string, string>;

const NONE: Directives = new Map();
const LAST_SECONDS = 2_147_483_648;

/** RFC 9111 §5.2: of a directive that stands twice the first counts (§4.2.1). What is malformed in one spoils no other. */
export function parseDirectives(header: string | undefined): Directives {
  if (header === undefined) return NONE;
  const found = new Map<string, string>();
  // By hand and forwards only: regular expressions that allow as much are slow on heads made for it.
  let at = 0;
  while (at < header.length) {
    const start = skip(header, at, (char) => SPACE.has(char) || SEPARATORS.has(char));
    const end = skip(header, start, (char) => !SPACE.has(char) && !SEPARATORS.has(char));
    const { value, next } = valueAt(header, end);
    const name = header.slice(start, end).toLowerCase();
    if (name !== '' && !found.has(name)) found.set(name, value);
    const comma = header.indexOf(',', next);
    at = comma < 0 ? header.length : comma + 1;
  }
  return found;
}

const SPACE: ReadonlySet<string> = new Set(' \t\r\n\v\f\u00a0');
const SEPARATORS: ReadonlySet<string> = new Set(',;="');

function skip(text: string, from: number, skips: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && skips(text.charAt(at))) at++;
  return at;
}

const isSpace = (char: string): boolean => SPACE.has(char);

/** What stands behind a name, and where it ends: '' where there is no `=`. A string that does not end goes to the end. */
function valueAt(text: string, from: number): { readonly value: string; readonly next: number } {
  const equals = skip(text, from, isSpace);
  if (text.charAt(equals) !== '=') return { value: '', next: equals };
  const start = skip(text, equals + 1, isSpace);
  if (text.charAt(start) !== '"') {
    const end = skip(text, start, (char) => !isSpace(char) && char !== ',' && char !== '"');
    return { value: text.slice(start, end), next: end };
  }
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return { value: text.slice(start + 1, at).replaceAll(/\\(.)/g, '$1'), next: Math.min(at + 1, text.length) };
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
