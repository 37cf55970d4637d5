import { isForUs, isName, signedClaims, type Expected, type PublicKey } from './id-token.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Whoever tells of a sign-out tells of it now. */
const AGE_S_MAX = 600;

export interface LoggedOut {
  readonly subject: string | undefined;
  readonly sid: string | undefined;
}

/** Who has signed out, as a provider tells us behind browsers' backs (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export function loggedOut(
  token: string,
  keys: readonly PublicKey[],
  expected: Omit<Expected, 'nonce'>,
): LoggedOut | undefined {
  const claims = signedClaims(token, keys);
  if (claims === undefined || !isForUs(claims, expected)) return undefined;
  const { events, nonce, iat, sub, sid } = claims;
  // With a nonce it is an id token, by which whoever has seen one would sign others out.
  if (nonce !== undefined || !hasEvent(events)) return undefined;
  if (typeof iat !== 'number' || Math.abs(expected.nowMs / 1000 - iat) > AGE_S_MAX) return undefined;
  if (sub !== undefined && !isName(sub)) return undefined;
  if (sid !== undefined && !isName(sid)) return undefined;
  return sub === undefined && sid === undefined ? undefined : { subject: sub, sid };
}

function hasEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, EVENT)) return false;
  const event: unknown = Reflect.get(events, EVENT);
  return typeof event === 'object' && event !== null;
}
