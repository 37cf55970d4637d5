/** Character tables of RFC 9110 §5.6.2 and RFC 9112: one look-up a character, no regular expressions on the hot path. */

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const HT = 9;
export const COLON = 58;

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function table(fill: (code: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => fill(code));
}

/** Token character → its lower-case code, anything else → 0. */
export const TOKEN_LOWER = table((code) => {
  const char = String.fromCharCode(code);
  return TOKEN.includes(char) ? char.toLowerCase().charCodeAt(0) : 0;
});

/** 1 for what a field value may hold: visible ASCII, SP, HT and obs-text (RFC 9110 §5.5). */
export const VALUE_CHAR = table((code) => (code === HT || (code >= SP && code !== 127) ? 1 : 0));

/** 1 for what a request target may hold: RFC 3986 characters; never a fragment, a space, a quote, a brace or a non-ASCII byte. */
export const TARGET_CHAR = table((code) =>
  "%-._~!$&'()*+,;=:@/?[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".includes(
    String.fromCharCode(code),
  )
    ? 1
    : 0,
);

/** Hex digit → its value, anything else → 255. */
export const HEX_VALUE = table((code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return value < 0 ? 255 : value;
});
