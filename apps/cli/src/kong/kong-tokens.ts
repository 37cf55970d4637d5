import { createPublicKey, type KeyObject } from 'node:crypto';
import { listOf, textOf, textsOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';

/** Who signs tokens of its own: what Kong's plugin jwt knows a consumer by. */
export interface KongToken {
  readonly consumer: Fields;
  readonly issuer: string;
  readonly algorithm: string;
  /** In PEM. */
  readonly publicKey: string;
  readonly name: string;
}

/** Each is a policy of its own at each API that takes tokens, and is asked in turn. */
const TOKENS_MAX = 16;
const RSA_BITS_MIN = 2048;
/** As `issuer` takes them, and nothing that would be taken for a variable. */
const ISSUER = /^(?!.*\$\{)[!-~]{1,512}$/;
const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** Of consumers whose tokens are checked by a public key: secrets are not written into files. */
export function tokensOf(
  consumers: readonly Fields[],
  calledOf: (consumer: Fields, index: number) => string,
  left: LeftOuts,
): readonly KongToken[] {
  const tokens = new Map<string, KongToken>();
  for (const [index, consumer] of consumers.entries()) {
    for (const fields of listOf(consumer['jwt_secrets'])) {
      const token = tokenOf(consumer, fields);
      const problem =
        typeof token === 'string'
          ? token
          : tokens.has(token.issuer)
            ? 'its `key` is that of another'
            : tokens.size >= TOKENS_MAX
              ? `more than ${TOKENS_MAX} who sign their own`
              : undefined;
      if (problem !== undefined) left.add(`consumer ${calledOf(consumer, index)}`, `signed tokens: ${problem}`, true);
      else if (typeof token !== 'string') tokens.set(token.issuer, token);
    }
  }
  return [...tokens.values()];
}

/** A text says why it is none. */
function tokenOf(consumer: Fields, fields: Fields): KongToken | string {
  const issuer = textOf(fields['key']);
  if (issuer === undefined || !ISSUER.test(issuer)) return 'their `key` is no `issuer` here';
  const algorithm = textOf(fields['algorithm']) ?? 'HS256';
  if (algorithm.startsWith('HS')) {
    return `\`${issuer}\` signs by ${algorithm}, with a secret that is not copied: add a policy \`jwt\` with it, and \`clients\``;
  }
  const publicKey = publicKeyFor(algorithm, textOf(fields['rsa_public_key']) ?? '');
  if (publicKey === undefined) return `\`${issuer}\` has no public key that can be used for ${algorithm}`;
  const [tag] = textsOf(fields['tags']);
  return { consumer, issuer, algorithm, publicKey, name: tag ?? 'tokens' };
}

function publicKeyFor(algorithm: string, pem: string): string | undefined {
  // A private key has a public part too, but has no business here.
  if (!/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    const key = createPublicKey(pem);
    return isFor(key, algorithm) ? key.export({ type: 'spki', format: 'pem' }) : undefined;
  } catch {
    return undefined;
  }
}

function isFor({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, algorithm: string): boolean {
  if (/^[RP]S(?:256|384|512)$/.test(algorithm)) return type === 'rsa' && (details?.modulusLength ?? 0) >= RSA_BITS_MIN;
  if (algorithm === 'EdDSA') return type === 'ed25519' || type === 'ed448';
  return type === 'ec' && Object.hasOwn(CURVES, algorithm) && details?.namedCurve === CURVES[algorithm];
}
