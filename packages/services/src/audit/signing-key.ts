import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ed25519Key, ed25519Thumbprint } from '@gatehouse/kernel';
import type { Cipher } from '../cipher.ts';
import { canonicalJson } from './canonical-json.ts';

/** The public half of a key of Ed25519 as JWK; `kid` is its thumbprint (RFC 7638). */
export interface AuditKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly kid: string;
}

/** That the chain of a workspace had this entry as its last at this time. */
export interface Checkpoint {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
  /** ms since the epoch. */
  readonly at: number;
  /** `kid` of the key that signs. */
  readonly key: string;
}

/** A signature is over this and the checkpoint as canonical JSON, so that it is of use for nothing else. */
const CONTEXT = 'gatehouse audit checkpoint\n';
const PURPOSE = 'audit checkpoints';
const X_CHARS = 43;

/** The key of this house, derived from its secret; the same after a restart and on all gates of one store. */
export function auditKey(cipher: Cipher): AuditKey {
  return publicJwk(ed25519Key(cipher.derived(PURPOSE)).jwk['x'] ?? '');
}

export function publicJwk(x: string): AuditKey {
  return { kty: 'OKP', crv: 'Ed25519', x, kid: ed25519Thumbprint(x) };
}

/** base64url. */
export function signed(checkpoint: Checkpoint, cipher: Cipher): string {
  const { privateKey } = ed25519Key(cipher.derived(PURPOSE));
  return sign(null, Buffer.from(CONTEXT + canonicalJson(checkpoint)), privateKey).toString('base64url');
}

export function isSignedBy(checkpoint: Checkpoint, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return false;
  return verify(null, Buffer.from(CONTEXT + canonicalJson(checkpoint)), key, bytes);
}

/** Of its `x`; undefined: it is no such key. */
export function publicKeyOf(x: string): KeyObject | undefined {
  if (x.length !== X_CHARS) return undefined;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
