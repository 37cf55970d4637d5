const CHARS_MAX = 700;

/** A path of this very host, or its root: nobody is sent elsewhere after a login (RFC 9700 §4.11). */
export function returnAddress(text: string | undefined): string {
  if (text === undefined || text.length > CHARS_MAX) return '/';
  // What browsers take for a host: `//`, `/\`, and either behind characters that they leave out.
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : '/';
}
