import { isObject, jsonObject } from '../jws.ts';
import type { Claims } from '../token-claims.ts';

/** Who has logged in; all times in seconds since the epoch. */
export interface Session {
  /** When it is over, whatever happens. */
  readonly end: number;
  readonly idToken: string;
  readonly scope: string;
  /** When the provider has to be asked again; absent where it gave no refresh token. */
  readonly renewAt?: number | undefined;
  readonly refreshToken?: string | undefined;
  /** Kept where the upstream gets it. */
  readonly accessToken?: string | undefined;
}

/** Of a value that the gate sealed itself; a later version of it may have sealed something else. */
export function sessionOf(value: unknown, nowS: number): Session | undefined {
  if (!isObject(value)) return undefined;
  const { end, idToken, scope, renewAt, refreshToken, accessToken } = value;
  if (typeof end !== 'number' || nowS >= end || typeof idToken !== 'string' || typeof scope !== 'string')
    return undefined;
  return {
    end,
    idToken,
    scope,
    ...(typeof renewAt === 'number' && { renewAt }),
    ...(typeof refreshToken === 'string' && { refreshToken }),
    ...(typeof accessToken === 'string' && { accessToken }),
  };
}

/** Of the ID token, which was verified before it was sealed. */
export function claimsOf({ idToken }: Session): Claims {
  return jsonObject(Buffer.from(idToken.split('.')[1] ?? '', 'base64url')) ?? {};
}

/** A login that has begun in this browser. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly startedAt: number;
}

const ATTEMPT_S_MAX = 600;

export function attemptsOf(value: unknown, nowS: number): readonly Attempt[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (!isObject(one)) return [];
    const { state, nonce, verifier, redirectUri, returnTo, startedAt } = one;
    const texts = [state, nonce, verifier, redirectUri, returnTo].map((text) => (typeof text === 'string' ? text : ''));
    const [a = '', b = '', c = '', d = '', e = ''] = texts;
    if (texts.includes('') || typeof startedAt !== 'number' || nowS - startedAt > ATTEMPT_S_MAX) return [];
    return [{ state: a, nonce: b, verifier: c, redirectUri: d, returnTo: e, startedAt }];
  });
}
