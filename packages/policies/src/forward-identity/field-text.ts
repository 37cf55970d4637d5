/** Visible ASCII and spaces inside, without the sign that begins what is encoded. */
const PLAIN = /^(?! )[\x20-\x24\x26-\x7e]*(?<! )$/;

/**
 * A text as it can stand in a field: all that is not visible ASCII, and `%`, is percent-encoded as UTF-8, so that whoever
 * decodes it has the text again and no text can split a head (RFC 9110 §5.5).
 */
export function fieldText(text: string): string {
  if (PLAIN.test(text)) return text;
  const bytes = Buffer.from(text);
  let out = '';
  for (const [at, byte] of bytes.entries()) {
    const edge = byte === 0x20 && (at === 0 || at === bytes.length - 1);
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && !edge;
    out += plain ? String.fromCodePoint(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
