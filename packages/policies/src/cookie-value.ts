/** The first value of a cookie in a `Cookie` field (RFC 6265 §5.4), as it stands there. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let equals = -1;
  for (let at = 0; at < header.length;) {
    const semicolon = header.indexOf(';', at);
    const end = semicolon < 0 ? header.length : semicolon;
    // One that lies ahead is looked for once.
    if (equals < at) equals = header.indexOf('=', at);
    if (equals < 0) return undefined;
    if (equals < end && header.slice(at, equals).trim() === name) {
      return header.slice(equals + 1, end).trim();
    }
    at = end + 1;
  }
  return undefined;
}

/** All values of a cookie: which of several another reader would take is its own affair. */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals >= 0 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
}

/** The other cookies of a `Cookie` field. Those that could not stand in a head that we write are left out too. */
export function withoutCookies(header: string, isLeftOut: (name: string) => boolean): string {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && /^[\t\x20-\x7e]*$/.test(pair) && !isLeftOut((pair.split('=')[0] ?? '').trim()))
    .join('; ');
}
