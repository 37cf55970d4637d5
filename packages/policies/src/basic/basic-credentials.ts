export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** Longer ones are nobody's, and would cost a hash. */
const BYTES_MAX = 2048;
const FIELD = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Of an `Authorization` field, by RFC 7617 §2 with UTF-8; undefined for what is none. */
export function basicCredentials(field: string): BasicCredentials | undefined {
  const encoded = FIELD.exec(field)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length > BYTES_MAX || !isSame(bytes, encoded)) return undefined;
  const text = decoded(bytes);
  const colon = text?.indexOf(':') ?? -1;
  // Control characters are in neither.
  if (text === undefined || colon < 0 || /\p{Cc}/u.test(text)) return undefined;
  return { username: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1).normalize('NFC') };
}

/** Padding may be missing, bits may not be left over. */
function isSame(bytes: Buffer, encoded: string): boolean {
  return bytes.toString('base64').replaceAll('=', '') === encoded.replaceAll('=', '');
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
