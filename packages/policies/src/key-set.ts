import { isObject, jsonObject, type Jws } from './jws.ts';
import { jwkKey, pemKey, type JwsKey } from './jws-key.ts';

const KEYS_MAX = 100;
/** A token without a `kid` is tried with so many. */
const TRIED_MAX = 8;

/** The keys that an issuer signs with. */
export class KeySet {
  readonly keys: readonly JwsKey[];

  constructor(keys: readonly JwsKey[]) {
    this.keys = keys;
  }

  /** By the token's `kid`, where both have one, and by whether a key is for its algorithm. */
  candidates({ keyId, algorithm }: Pick<Jws, 'keyId' | 'algorithm'>): readonly JwsKey[] {
    const fits = (key: JwsKey): boolean =>
      key.algorithms.has(algorithm) && (keyId === undefined || key.id === undefined || key.id === keyId);
    return this.keys.filter(fits).slice(0, TRIED_MAX);
  }

  /** Whether it has the key that a token names, whatever that is for. */
  knows({ keyId }: Pick<Jws, 'keyId'>): boolean {
    return keyId === undefined || this.keys.some(({ id }) => id === undefined || id === keyId);
  }
}

/** A JWK Set (RFC 7517 §5), or a single JWK; keys of no use here are left out. Undefined for what is neither, or has no other. */
export function keySetOf(json: unknown): KeySet | undefined {
  if (!isObject(json)) return undefined;
  const listed = 'keys' in json ? json['keys'] : [json];
  if (!Array.isArray(listed) || listed.length > KEYS_MAX) return undefined;
  const keys = listed.flatMap((jwk) => jwkKey(jwk) ?? []);
  return keys.length === 0 ? undefined : new KeySet(keys);
}

/** Of a JWK Set, a JWK, or public keys and certificates in PEM, as people put them into files. */
export function keySetOfText(text: string): KeySet | undefined {
  if (text.trimStart().startsWith('{')) return keySetOf(jsonObject(Buffer.from(text)));
  const blocks = text.match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g) ?? [];
  const keys = blocks.flatMap((block) => pemKey(block) ?? []);
  return keys.length === 0 || keys.length < blocks.length || keys.length > KEYS_MAX ? undefined : new KeySet(keys);
}
