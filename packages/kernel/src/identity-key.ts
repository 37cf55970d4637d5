import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What a private key of Ed25519 begins with in PKCS #8 (RFC 8410 §7); its 32 bytes follow. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PURPOSE = 'identity tokens';

export interface IdentityKey {
  readonly privateKey: KeyObject;
  /** RFC 7638, so that a key that changes has another name. */
  readonly id: string;
  readonly jwk: Readonly<Record<string, string>>;
}

/** The key by which the gate signs what upstreams learn of callers; the same in all workers, and after a restart. */
export function identityKey(secret: (purpose: string) => Buffer): IdentityKey {
  return ed25519Key(secret(PURPOSE));
}

/** A key of the gate's own, made of 32 bytes that are derived for its purpose. */
export function ed25519Key(seed: Uint8Array): IdentityKey {
  const der = Buffer.concat([ED25519_PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { crv = '', kty = '', x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const id = ed25519Thumbprint(x);
  return { privateKey, id, jwk: { kty, crv, x, kid: id, alg: 'EdDSA', use: 'sig' } };
}

/** RFC 7638, of a public key by its `x`. */
export function ed25519Thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

/** The JWK Set by which upstreams check it. */
export function identityJwks(secret: (purpose: string) => Buffer): string {
  return JSON.stringify({ keys: [identityKey(secret).jwk] });
}
