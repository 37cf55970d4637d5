import { constants, createHmac, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { isObject, type Jws } from './jws.ts';

/** A key with the algorithms that it is for: which of them may be used is its own affair, never the token's (RFC 8725 §3.1). */
export interface JwsKey {
  readonly id: string | undefined;
  readonly algorithms: ReadonlySet<string>;
  verifies(jws: Jws): boolean;
}

interface Row {
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed';
  readonly hash: string | null;
  /** OpenSSL's name of the curve, and how long signatures are. */
  readonly curve?: string;
  readonly signatureBytes?: number;
}

const ROWS: Readonly<Record<string, Row>> = {
  RS256: { kind: 'rsa', hash: 'sha256' },
  RS384: { kind: 'rsa', hash: 'sha384' },
  RS512: { kind: 'rsa', hash: 'sha512' },
  PS256: { kind: 'rsa-pss', hash: 'sha256' },
  PS384: { kind: 'rsa-pss', hash: 'sha384' },
  PS512: { kind: 'rsa-pss', hash: 'sha512' },
  ES256: { kind: 'ec', hash: 'sha256', curve: 'prime256v1', signatureBytes: 64 },
  ES384: { kind: 'ec', hash: 'sha384', curve: 'secp384r1', signatureBytes: 96 },
  ES512: { kind: 'ec', hash: 'sha512', curve: 'secp521r1', signatureBytes: 132 },
  EdDSA: { kind: 'ed', hash: null },
  // RFC 9864 says which of the two curves is meant.
  Ed25519: { kind: 'ed', hash: null, curve: 'ed25519' },
  Ed448: { kind: 'ed', hash: null, curve: 'ed448' },
};
const HMAC_HASHES: Readonly<Record<string, { readonly hash: string; readonly bytes: number }>> = {
  HS256: { hash: 'sha256', bytes: 32 },
  HS384: { hash: 'sha384', bytes: 48 },
  HS512: { hash: 'sha512', bytes: 64 },
};

const RSA_BITS = { min: 2048, max: 16_384 };
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/** Of a JWK (RFC 7517). Undefined for keys that are not for signatures here: other uses and kinds, secrets, short RSA keys. */
export function jwkKey(jwk: unknown): JwsKey | undefined {
  if (!isObject(jwk)) return undefined;
  const { use, key_ops: operations, kid, alg } = jwk;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined;
  const parts = Object.fromEntries(PUBLIC_MEMBERS.flatMap((name) => (name in jwk ? [[name, jwk[name]]] : [])));
  if (parts['kty'] === 'oct') return undefined;
  try {
    const key = createPublicKey({ key: parts, format: 'jwk' });
    return publicKey(key, {
      id: typeof kid === 'string' ? kid : undefined,
      algorithm: typeof alg === 'string' ? alg : undefined,
    });
  } catch {
    return undefined;
  }
}

/** Of a public key or a certificate in PEM. */
export function pemKey(pem: string): JwsKey | undefined {
  try {
    return publicKey(createPublicKey(pem), { id: undefined, algorithm: undefined });
  } catch {
    return undefined;
  }
}

/** A secret that is at least as long as what an algorithm's hash gives (RFC 7518 §3.2). */
export function secretKey(secret: Buffer): JwsKey {
  const algorithms = Object.keys(HMAC_HASHES).filter((name) => secret.length >= (HMAC_HASHES[name]?.bytes ?? Infinity));
  return {
    id: undefined,
    algorithms: new Set(algorithms),
    verifies: ({ algorithm, signed, signature }) => {
      const row = HMAC_HASHES[algorithm];
      if (row === undefined || signature.length !== row.bytes) return false;
      return timingSafeEqual(createHmac(row.hash, secret).update(signed).digest(), signature);
    },
  };
}

function publicKey(
  key: KeyObject,
  { id, algorithm }: { readonly id: string | undefined; readonly algorithm: string | undefined },
): JwsKey | undefined {
  const possible = algorithmsOf(key);
  const algorithms = new Set(algorithm === undefined ? possible : possible.filter((name) => name === algorithm));
  if (algorithms.size === 0) return undefined;
  return {
    id,
    algorithms,
    verifies: (jws) => {
      const row = algorithms.has(jws.algorithm) ? ROWS[jws.algorithm] : undefined;
      return row !== undefined && isSignedBy(key, row, jws);
    },
  };
}

function isSignedBy(key: KeyObject, row: Row, { signed, signature }: Jws): boolean {
  if (row.signatureBytes !== undefined && signature.length !== row.signatureBytes) return false;
  return verify(row.hash, signed, { key, ...OPTIONS[row.kind] }, signature);
}

const OPTIONS = {
  rsa: { padding: constants.RSA_PKCS1_PADDING },
  // RFC 7518 §3.5: as much salt as hash.
  'rsa-pss': { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  ec: { dsaEncoding: 'ieee-p1363' },
  ed: {},
} as const;

function algorithmsOf(key: KeyObject): readonly string[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const bits = details?.modulusLength ?? 0;
  const curve = type === 'ec' ? details?.namedCurve : type;
  return Object.entries(ROWS).flatMap(([name, row]) => {
    const fits =
      row.kind === 'rsa' || row.kind === 'rsa-pss'
        ? (type === row.kind || type === 'rsa') && bits >= RSA_BITS.min && bits <= RSA_BITS.max
        : row.kind === 'ec'
          ? curve === row.curve
          : (type === 'ed25519' || type === 'ed448') && (row.curve ?? type) === type;
    return fits ? [name] : [];
  });
}
