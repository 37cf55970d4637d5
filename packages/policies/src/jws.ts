import { JsonScan } from './json-scan.ts';

/** A signed token in the compact form of RFC 7515 §7.1, taken apart; nothing of it is believed yet. */
export interface Jws {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly type: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature is of. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** As much as a head of a request may hold anyway. */
const TOKEN_CHARS_MAX = 32_768;
const COMPACT = /^([\w-]{2,4096})\.([\w-]{2,})\.([\w-]+)$/;
/** RFC 8725 §2.4 and §3.10: two readers of one token must not read two things. */
const scan = new JsonScan({
  depth: 16,
  keys: 1000,
  arrayItems: 10_000,
  stringLength: TOKEN_CHARS_MAX,
  nameLength: 1024,
  digits: 40,
  duplicateKeys: false,
});

/**
 * Undefined for everything else: other forms, JSON that is broken or ambiguous, and headers with `crit` (§4.1.11), of
 * whose extensions none is known here. `jku`, `jwk`, `x5u` and `x5c` are not even looked at: who signs does not say by which key.
 */
export function parseJws(token: string): Jws | undefined {
  const parts = token.length > TOKEN_CHARS_MAX ? null : COMPACT.exec(token);
  if (parts === null) return undefined;
  const [, head = '', body = '', seal = ''] = parts;
  const [headBytes, bodyBytes, signature] = [head, body, seal].map(canonicalBytes);
  if (headBytes === undefined || bodyBytes === undefined || signature === undefined) return undefined;
  const header = jsonObject(headBytes);
  const claims = jsonObject(bodyBytes);
  if (header === undefined || claims === undefined || Object.hasOwn(header, 'crit')) return undefined;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !isTextOrAbsent(kid) || !isTextOrAbsent(typ)) return undefined;
  return { algorithm: alg, keyId: kid, type: typ, claims, signed: Buffer.from(`${head}.${body}`, 'latin1'), signature };
}

/** An object of JSON in which no name stands twice. */
export function jsonObject(bytes: Buffer): Record<string, unknown> | undefined {
  if (scan.scan(bytes) !== undefined) return undefined;
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** Each sequence of bytes has one text, else one token would have many. */
function canonicalBytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
