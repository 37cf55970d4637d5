/**
 * The decoded first value of `name` in a raw query (`?a=1&b=2` or ''); undefined when it is not there.
 * Only routes with `when.query` ask. The first value, because most servers behind us take it too.
 */
export function queryValue(query: string, name: string): string | undefined {
  let equals = query.indexOf('=');
  let end: number;
  for (let at = 1; at < query.length; at = end + 1) {
    const ampersand = query.indexOf('&', at);
    end = ampersand < 0 ? query.length : ampersand;
    // Looked for again only when passed: a long query without `=` must not be scanned once per pair.
    if (equals >= 0 && equals < at) equals = query.indexOf('=', at);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (decode(query.slice(at, nameEnd)) === name) return decode(query.slice(nameEnd + 1, end));
  }
  return undefined;
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
