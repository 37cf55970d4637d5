import { constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { CredentialMatch } from '@gatehouse/config';

export type SignatureMatch = Extract<CredentialMatch, { readonly kind: 'signature' }>;
export type Verifier = (signed: Buffer, signature: Buffer) => boolean;

/** The algorithm stands with the key (RFC 9421 §3.3.7): what a signature says of it must agree, and decides nothing. */
export function signerKey({ algorithm, key }: SignatureMatch): Verifier {
  if (algorithm === 'hmac-sha256') {
    const secret = Buffer.from(key, 'base64');
    return (signed, signature) => {
      const expected = createHmac('sha256', secret).update(signed).digest();
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    };
  }
  const publicKey = createPublicKey(key);
  const { hash, ...options } = ROWS[algorithm] ?? {};
  if (hash === undefined) return () => false;
  return (signed, signature) => verify(hash, signed, { key: publicKey, ...options }, signature);
}

interface Row {
  readonly hash: string | null;
  readonly padding?: number;
  readonly saltLength?: number;
  readonly dsaEncoding?: 'ieee-p1363';
}

const ROWS: Readonly<Record<string, Row>> = {
  ed25519: { hash: null },
  'ecdsa-p256-sha256': { hash: 'sha256', dsaEncoding: 'ieee-p1363' },
  'ecdsa-p384-sha384': { hash: 'sha384', dsaEncoding: 'ieee-p1363' },
  'rsa-pss-sha512': { hash: 'sha512', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
  'rsa-v1_5-sha256': { hash: 'sha256', padding: constants.RSA_PKCS1_PADDING },
};
