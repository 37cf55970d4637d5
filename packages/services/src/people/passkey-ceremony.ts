import { Type, type Static } from 'typebox';
import { ServiceError } from '../service-error.ts';

/** Bytes as WebAuthn's JSON writes them. */
const bytes = (max: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', minLength: 1, maxLength: max });
const credential = { id: bytes(1400), rawId: bytes(1400), type: Type.Enum(['public-key']) };

/* What `credential.toJSON()` gives in a browser; what else it says is not read. */
export const CREATED = Type.Object({
  ...credential,
  response: Type.Object({
    clientDataJSON: bytes(8000),
    attestationObject: bytes(16_000),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 10 })),
  }),
});
export const ASSERTED = Type.Object({
  ...credential,
  response: Type.Object({
    clientDataJSON: bytes(8000),
    authenticatorData: bytes(8000),
    signature: bytes(8000),
    userHandle: Type.Optional(Type.Union([bytes(100), Type.Null()])),
  }),
});

/** ECDSA over P-256, RSA and Ed25519, as COSE numbers them; what authenticators have, the usual first. */
export const ALGORITHMS: readonly number[] = [-7, -8, -257];

/** Where a ceremony takes place: under which name passkeys are kept, and of which pages they are taken. */
export interface Site {
  readonly rpId: string;
  readonly origin: string;
}

/** Browsers keep passkeys for names, over TLS or on this machine (WebAuthn §5.1.3). */
export function siteOf(ownUrl: string): Site {
  const { protocol, hostname, origin, port } = new URL(ownUrl);
  if (hostname === 'localhost') return { rpId: hostname, origin };
  if (hostname === '127.0.0.1' || hostname === '[::1]') {
    throw new ServiceError('admin.illegal', `passkeys are kept for names, come by http://localhost:${port}`);
  }
  if (protocol === 'https:' && !/^\[|^[\d.]+$/.test(hostname)) return { rpId: hostname, origin };
  throw new ServiceError('admin.illegal', 'passkeys need an address with a name and https, see --public-url');
}

/** The challenge that an authenticator says it has answered; undefined where it says nothing that can be read. */
export function challengeOf(clientDataJSON: string): string | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    const challenge = typeof said === 'object' && said !== null && 'challenge' in said ? said.challenge : undefined;
    return typeof challenge === 'string' && challenge.length <= 100 ? challenge : undefined;
  } catch {
    return undefined;
  }
}

export interface Expected extends Site {
  readonly challenge: string;
}

export interface NewPasskey {
  readonly publicKey: string;
  readonly counter: number;
  readonly isBackedUp: boolean;
}

/** What an authenticator has made for us, for this challenge and this page, with its user verified. Never throws. */
export async function madePasskey(
  { id, rawId, response }: Static<typeof CREATED>,
  { challenge, origin, rpId }: Expected,
): Promise<NewPasskey | undefined> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { clientDataJSON, attestationObject } = response;
  try {
    // Others say by whom a device was made, which we have not asked; and to check them, lists of the web would be fetched.
    if (!(await isUnattested(attestationObject))) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (registrationInfo?.credential.id !== id) return undefined;
    const { publicKey, counter } = registrationInfo.credential;
    const isBackedUp = registrationInfo.credentialBackedUp;
    return { publicKey: Buffer.from(publicKey).toString('base64url'), counter, isBackedUp };
  } catch {
    return undefined;
  }
}

async function isUnattested(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  return decodeAttestationObject(Buffer.from(attestationObject, 'base64url')).get('fmt') === 'none';
}

/** The counter of a passkey that has answered this challenge for this page, with its user verified. Never throws. */
export async function assertedCounter(
  { id, rawId, response }: Static<typeof ASSERTED>,
  publicKey: string,
  { challenge, origin, rpId }: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { clientDataJSON, authenticatorData, signature } = response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      // The one that is kept is looked at in the transaction that changes it.
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter: 0 },
    });
    return verified ? authenticationInfo.newCounter : undefined;
  } catch {
    return undefined;
  }
}
