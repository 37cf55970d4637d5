/** Where numbers may be that do not come back as they were written: long ones, exponents, zeros at the end. */
const ODD_NUMBER = /[\d.]{16}|\d[eE]|\.\d*0(?!\d)|-0|0\.00000/;

/**
 * Parses JSON so that every number that stays is written as it was: `12345678901234567890` and `1.10` are the upstream's
 * own affair. Throws a `SyntaxError`.
 */
export function parseKeeping(text: string): unknown {
  if (!ODD_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context: { readonly source?: string }) =>
    typeof value === 'number' && context.source !== undefined ? JSON.rawJSON(context.source) : value,
  );
}
