import { ServiceError, type Directory } from '@gatehouse/services';
import type { PublicKey } from './id-token.ts';

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 512_000;

export interface OpenIdProvider {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** Where browsers end their session there (RP-Initiated Logout 1.0), if anywhere. */
  readonly endSessionEndpoint: string | undefined;
}

/** What a provider says of itself (OpenID Connect Discovery §4), if it is the one that was asked. */
export async function discover(issuer: string): Promise<OpenIdProvider> {
  requireSafe(issuer);
  const found = await json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
  if (found['issuer'] !== issuer) throw unusable('it calls itself something else');
  const endpoint = (name: string): string => {
    const url = found[name];
    if (typeof url !== 'string') throw unusable(`it has no ${name}`);
    requireSafe(url);
    return url;
  };
  return {
    authorizationEndpoint: endpoint('authorization_endpoint'),
    tokenEndpoint: endpoint('token_endpoint'),
    jwksUri: endpoint('jwks_uri'),
    endSessionEndpoint: found['end_session_endpoint'] === undefined ? undefined : endpoint('end_session_endpoint'),
  };
}

export interface Exchange {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** The id token for a code (RFC 6749 §4.1.3 with RFC 7636). */
export async function idTokenFor(
  { tokenEndpoint }: OpenIdProvider,
  { clientId, clientSecret }: Directory,
  { code, verifier, redirectUri }: Exchange,
): Promise<string> {
  const secret = Buffer.from([clientId, clientSecret].map(encodeURIComponent).join(':')).toString('base64');
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri };
  const found = await json(tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${secret}` },
    body: new URLSearchParams(fields),
  });
  if (typeof found['id_token'] !== 'string') throw unusable('it gave no id token');
  return found['id_token'];
}

export async function signingKeys({ jwksUri }: OpenIdProvider): Promise<readonly PublicKey[]> {
  const { keys } = await json(jwksUri, {});
  if (!Array.isArray(keys)) throw unusable('it has no keys');
  return keys.slice(0, 100).flatMap((key: unknown) => (typeof key === 'object' && key !== null ? [{ ...key }] : []));
}

async function json(url: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> {
  const reply = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw unusable('it cannot be reached');
  });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of reply.body ?? []) {
    bytes += piece.length;
    if (bytes > BYTES_MAX) throw unusable('it says too much');
    pieces.push(piece);
  }
  if (!reply.ok) throw unusable(`it answered ${reply.status}`);
  try {
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    throw unusable('it does not speak JSON');
  }
}

/** Codes and keys go over TLS, but on this machine. */
function requireSafe(text: string): void {
  const url = URL.parse(text);
  const isLocal = url !== null && /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
  if (url?.protocol !== 'https:' && !(isLocal && url.protocol === 'http:'))
    throw unusable('its addresses are not https');
}

function unusable(why: string): ServiceError {
  return new ServiceError('admin.illegal', `the directory cannot be used: ${why}`);
}
