import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm, SignatureSource } from '../schema/credential-schema.ts';
import type { CredentialMatch } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { pemText } from './pem-text.ts';

const SECRET_BYTES_MIN = 32;
const RSA_BITS_MIN = 2048;

/** What verifies signatures of a `keyid`: PEM of a public key, or a secret in base64; undefined, and a problem, for what cannot. */
export function signatureKey(source: SignatureSource, compilation: Compilation): CredentialMatch | undefined {
  const { places, report } = compilation;
  const { keyId, publicKey, secret } = source;
  if (places.wrote(source, 'publicKey') === places.wrote(source, 'secret')) {
    report.problem(places.of(source), 'a signature needs a `publicKey` or a `secret`, write one of them');
    return undefined;
  }
  if (secret !== undefined) return sharedSecret(source, secret, compilation);
  if (publicKey === undefined) return undefined;
  const pem = pemText({ holder: source, key: 'publicKey', value: publicKey }, compilation);
  if (pem === undefined) return undefined;
  const key = publicKeyOf(pem);
  const place = places.at(source, 'publicKey');
  if (key === undefined) {
    report.problem(place, '`publicKey` is no public key in PEM');
    return undefined;
  }
  const possible = algorithmsOf(key);
  const [usual] = possible;
  if (usual === undefined) {
    report.problem(place, '`publicKey` is of no kind that signs requests, write one of Ed25519, P-256, P-384 or RSA');
    return undefined;
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < RSA_BITS_MIN) {
    report.problem(place, `\`publicKey\` has fewer than ${RSA_BITS_MIN} bits, make a longer one`);
    return undefined;
  }
  if (source.algorithm !== undefined && !possible.includes(source.algorithm)) {
    report.problem(
      places.at(source, 'algorithm'),
      `\`algorithm\` does not fit this key, write ${possible.join(' or ')}`,
    );
    return undefined;
  }
  return { kind: 'signature', keyId, algorithm: source.algorithm ?? usual, key: pem };
}

function sharedSecret(
  source: SignatureSource,
  secret: string,
  { places, report }: Compilation,
): CredentialMatch | undefined {
  const { keyId, algorithm = 'hmac-sha256' } = source;
  const place = places.at(source, 'secret');
  if (algorithm !== 'hmac-sha256') {
    report.problem(places.at(source, 'algorithm'), '`algorithm` does not fit a secret, write hmac-sha256');
    return undefined;
  }
  const key = Buffer.from(secret, source.secretEncoding === 'base64' ? 'base64' : 'utf8');
  if (source.secretEncoding === 'base64' && key.toString('base64') !== secret) {
    report.problem(place, '`secret` is not base64, write it so or leave `secretEncoding` out');
  } else if (key.length < SECRET_BYTES_MIN) {
    report.problem(place, `\`secret\` is shorter than ${SECRET_BYTES_MIN} bytes, make a longer one`);
  }
  return { kind: 'signature', keyId, algorithm, key: key.toString('base64') };
}

function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    // A private key would be taken too, and has no place in what every worker holds.
    return pem.includes('PRIVATE KEY') ? undefined : createPublicKey(pem);
  } catch {
    return undefined;
  }
}

const ALGORITHMS_OF: Readonly<Record<string, readonly SignatureAlgorithm[]>> = {
  ed25519: ['ed25519'],
  'rsa-pss': ['rsa-pss-sha512'],
  rsa: ['rsa-pss-sha512', 'rsa-v1_5-sha256'],
};

/** The usual one first. */
function algorithmsOf(key: KeyObject): readonly SignatureAlgorithm[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec') return curveAlgorithms(details?.namedCurve);
  return (type === undefined ? undefined : ALGORITHMS_OF[type]) ?? [];
}

function curveAlgorithms(curve: string | undefined): readonly SignatureAlgorithm[] {
  if (curve === 'prime256v1') return ['ecdsa-p256-sha256'];
  return curve === 'secp384r1' ? ['ecdsa-p384-sha384'] : [];
}
