/** A JSON value. Numbers that a double cannot hold are `JSON.rawJSON` objects, which `JSON.stringify` writes back as sent. */
export type Json = null | boolean | number | string | readonly Json[] | JsonFields;

export interface JsonFields {
  readonly [name: string]: Json;
}

/** Of many digits, or larger than a double may be. */
const LONG_NUMBER = /\d{16}|\.\d{16}|\d[eE]\+?\d{3,}(?=[\s,\]}]|$)/;

/**
 * Parses text that a stranger wrote; `undefined` when it is no JSON. Digits survive: an id of twenty digits in a tool's
 * arguments is not rounded on its way through (reference T47). A member called `__proto__` is an ordinary member.
 */
export function parseExact(text: string): Json | undefined {
  try {
    return asJson(LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What JSON.parse gives is JSON. */
function asJson(value: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's word is good
  return value as Json;
}

function keepDigits(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  if (typeof value !== 'number' || source === undefined) return value;
  // It would be written as null.
  if (!Number.isFinite(value)) return JSON.rawJSON(source);
  // What comes out again as it came in stays a number: 0.30000000000000004 is what a caller's own double printed.
  return source.replace(/[^0-9]/g, '').length > 15 && String(value) !== source ? JSON.rawJSON(source) : value;
}

export function isJsonFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
