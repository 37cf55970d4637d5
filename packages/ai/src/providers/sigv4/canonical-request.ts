/**
 * The parts of the request that Signature Version 4 signs, in the one form that both sides can work out. Services other
 * than S3 sign the path that is on the wire encoded once more: `%3A` becomes `%253A`.
 */
export function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(encodeAgain(segment));
  }
  return kept.length === 0 ? '/' : `/${kept.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

/** Sorted by encoded name, then by encoded value; a name without `=` gets one. */
export function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [encodeOnce(pair), '']
        : [encodeOnce(pair.slice(0, equals)), encodeOnce(pair.slice(equals + 1))];
    });
  return pairs
    .toSorted((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export interface CanonicalHeaders {
  /** `name:value`, sorted by name. */
  readonly lines: readonly string[];
  /** Of what is signed, joined by semicolons. */
  readonly names: string;
}

export function canonicalHeaders(headers: Readonly<Record<string, string>>): CanonicalHeaders {
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    byName.set(name.toLowerCase(), value.trim().replace(/\s+/g, ' '));
  }
  const sorted = [...byName].toSorted((a, b) => order(a[0], b[0]));
  return {
    lines: sorted.map(([name, value]) => `${name}:${value}`),
    names: sorted.map(([name]) => name).join(';'),
  };
}

/** By code unit, which for ASCII is by byte; a locale's order would differ. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3986: everything but the unreserved, which leaves less as it is than `encodeURIComponent` does. */
export function encodeAgain(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Encoded exactly once, however it came. */
function encodeOnce(text: string): string {
  try {
    return encodeAgain(decodeURIComponent(text));
  } catch {
    return encodeAgain(text);
  }
}
