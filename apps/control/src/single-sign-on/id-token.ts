import { createPublicKey, verify, type webcrypto } from 'node:crypto';

/** RFC 7517, as a provider publishes it. */
export type PublicKey = webcrypto.JsonWebKey & Readonly<Record<string, unknown>>;

export type Claims = Readonly<Record<string, unknown>>;

interface Algorithm {
  readonly kty: string;
  readonly hash: string;
  readonly padding?: number;
  readonly saltLength?: number;
  readonly dsaEncoding?: 'ieee-p1363';
}

/** RFC 7518 §3.1: signatures only; neither `none` nor a secret that both sides have. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { kty: 'RSA', hash: 'sha256' },
  RS384: { kty: 'RSA', hash: 'sha384' },
  RS512: { kty: 'RSA', hash: 'sha512' },
  ES256: { kty: 'EC', hash: 'sha256', dsaEncoding: 'ieee-p1363' },
  ES384: { kty: 'EC', hash: 'sha384', dsaEncoding: 'ieee-p1363' },
};
const CHARS_MAX = 32_000;
/** How far the clocks of two machines may be apart. */
const SKEW_S = 60;

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly nowMs: number;
}

/** The claims of an id token that one of these keys has signed for us, now, for this sign-in (OpenID Connect Core §3.1.3.7). */
export function idTokenClaims(token: string, keys: readonly PublicKey[], expected: Expected): Claims | undefined {
  const claims = signedClaims(token, keys);
  if (claims === undefined || !isForUs(claims, expected)) return undefined;
  const { nonce, sub } = claims;
  return nonce === expected.nonce && isName(sub) ? claims : undefined;
}

/** What stands for somebody or something at a provider. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255;
}

/** What one of these keys has signed, whoever it is for. */
export function signedClaims(token: string, keys: readonly PublicKey[]): Claims | undefined {
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  if (token.length > CHARS_MAX || parts.length !== 3) return undefined;
  const header = jsonIn(head);
  const claims = jsonIn(body);
  if (header === undefined || claims === undefined || 'crit' in header) return undefined;
  const signed = Buffer.from(`${head}.${body}`);
  const isSigned = keys.some((key) => isBy(key, header, { signed, signature: Buffer.from(signature, 'base64url') }));
  return isSigned ? claims : undefined;
}

interface Signed {
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function isBy(key: PublicKey, header: Claims, { signed, signature }: Signed): boolean {
  const { alg, kid } = header;
  const algorithm = typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined || key.kty !== algorithm.kty) return false;
  if (key['use'] === 'enc' || (kid !== undefined && key['kid'] !== undefined && key['kid'] !== kid)) return false;
  const { hash, dsaEncoding } = algorithm;
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return verify(hash, signed, dsaEncoding === undefined ? publicKey : { key: publicKey, dsaEncoding }, signature);
  } catch {
    return false; // a key that is none signs nothing
  }
}

/** By this provider, for us, and not over. */
export function isForUs(claims: Claims, { issuer, clientId, nowMs }: Omit<Expected, 'nonce'>): boolean {
  const { iss, aud, azp, exp } = claims;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const nowS = nowMs / 1000;
  return (
    iss === issuer &&
    audiences.includes(clientId) &&
    (audiences.length === 1 || azp === clientId) &&
    (azp === undefined || azp === clientId) &&
    typeof exp === 'number' &&
    exp > nowS - SKEW_S
  );
}

function jsonIn(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
