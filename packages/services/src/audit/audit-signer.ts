import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify, type KeyObject } from 'node:crypto';
import { canonical } from './canonical.ts';

/** RFC 8410 §7: what precedes the 32 bytes of a private key of Ed25519 in PKCS #8, and of a public one in SPKI. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/** That the chain of a workspace had this hash at this entry. */
export interface Checkpoint {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
  /** ms since the epoch. */
  readonly at: number;
  /** The public key, 32 bytes in base64url. */
  readonly key: string;
  readonly signature: string;
}

/** Signs ends of chains by Ed25519, with a key that follows from the secret of the house. */
export class AuditSigner {
  /** 32 bytes in base64url. */
  readonly publicKey: string;
  readonly #key: KeyObject;

  constructor(secret: Uint8Array) {
    const seed = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', 'audit checkpoints', KEY_BYTES));
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(SPKI.length).toString('base64url');
  }

  signed(end: Omit<Checkpoint, 'key' | 'signature'>): Checkpoint {
    const content = { ...end, key: this.publicKey };
    return { ...content, signature: sign(null, Buffer.from(canonical(content)), this.#key).toString('base64url') };
  }
}

/** Whether whoever has its key signed it. */
export function isSigned({ signature, ...content }: Checkpoint): boolean {
  const raw = Buffer.from(content.key, 'base64url');
  if (raw.length !== KEY_BYTES) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(canonical(content)), key, Buffer.from(signature, 'base64url'));
}

/** The beginning of its SHA-256, for people. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 16);
}
