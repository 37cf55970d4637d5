/** One `name=value` of a query or a form, as it was written. */
export interface RawPair {
  readonly name: string;
  /** Still encoded: what stands between two values is found before they are decoded. Undefined without a `=`. */
  readonly raw: string | undefined;
}

/** No form that people fill in has more. */
const PAIRS_MAX = 10_000;

/** Undefined for a name that is not encoded well, and for too many. */
export function rawPairs(text: string): readonly RawPair[] | undefined {
  const pairs: RawPair[] = [];
  for (const piece of text.split('&')) {
    if (piece === '') continue;
    if (pairs.length >= PAIRS_MAX) return undefined;
    const equals = piece.indexOf('=');
    const name = formDecoded(equals < 0 ? piece : piece.slice(0, equals));
    if (name === undefined) return undefined;
    pairs.push({ name, raw: equals < 0 ? undefined : piece.slice(equals + 1) });
  }
  return pairs;
}

/** `+` is a space, as HTML forms have it. Undefined for what is not UTF-8 or not encoded well. */
export function formDecoded(text: string): string | undefined {
  return decoded(text.replaceAll('+', ' '));
}

export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
