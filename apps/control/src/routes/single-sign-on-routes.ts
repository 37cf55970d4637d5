import { createHash, randomBytes } from 'node:crypto';
import {
  directoryNamed,
  keepDeparture,
  ServiceError,
  signInExternal,
  takeDeparture,
  type Directory,
  type ExternalUser,
} from '@gatehouse/services';
import { Type } from 'typebox';
import { idTokenClaims, isName, type Claims } from '../single-sign-on/id-token.ts';
import { discover, idTokenFor, signingKeys } from '../single-sign-on/open-id-client.ts';
import { requireOwnUrl, type Caller, type Route } from './route.ts';

const PATH = '/api/v1/single-sign-on';
const CHARS_MAX = 1000;
const GROUPS_MAX = 500;

const BEGIN: Route = {
  tag: 'people',
  method: 'GET',
  path: '/single-sign-on/{name}',
  operationId: 'beginSingleSignOn',
  summary: 'Sends the browser to a directory to sign in.',
  permission: 'none',
  query: { return: Type.String({ description: 'A path of ours to come back to.' }) },
  replies: { 302: 'To the directory.' },
  handle: async (ctx, { params, query, caller }) => {
    const directory = await directoryNamed(ctx, params['name'] ?? '');
    const provider = await discover(directory.issuer);
    const [nonce, verifier] = [secret(), secret()];
    const redirect = redirectUri(caller);
    const ticket = await keepDeparture(ctx, {
      directory: directory.name,
      nonce,
      verifier,
      returnTo: ownPath(query['return']),
    });
    const url = new URL(provider.authorizationEndpoint);
    const fields = {
      response_type: 'code',
      client_id: directory.clientId,
      redirect_uri: redirect,
      scope: 'openid email profile',
      state: stateOf(ticket),
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    return { status: 302, location: url.href, departure: ticket };
  },
};

const END: Route = {
  tag: 'people',
  method: 'GET',
  path: '/single-sign-on/callback',
  operationId: 'endSingleSignOn',
  summary: 'Where directories send browsers back to.',
  permission: 'none',
  replies: { 302: 'To where it began, signed in.' },
  handle: async (ctx, { query, caller }) => {
    const { departure: ticket = '' } = caller;
    // Another browser than the one that left has another ticket, or none.
    if (query['state'] !== stateOf(ticket)) throw refused('this browser has not begun to sign in');
    const { directory: name, nonce, verifier, returnTo } = await takeDeparture(ctx, ticket);
    const { code } = query;
    if (code === undefined) throw refused('the directory has not let you in');
    const directory = await directoryNamed(ctx, name);
    const provider = await discover(directory.issuer);
    if (query['iss'] !== undefined && query['iss'] !== directory.issuer) throw refused('another directory answers');
    const token = await idTokenFor(provider, directory, { code, verifier, redirectUri: redirectUri(caller) });
    const { issuer, clientId } = directory;
    const expected = { issuer, clientId, nonce, nowMs: ctx.clock.now() };
    const claims = idTokenClaims(token, await signingKeys(provider), expected);
    if (claims === undefined) throw refused('what the directory says cannot be relied on');
    const { session } = await signInExternal(ctx, caller, externalUser(directory, claims, token));
    return { status: 302, location: returnTo, session, departure: '' };
  },
};

export const SINGLE_SIGN_ON_ROUTES: readonly Route[] = [END, BEGIN];

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function stateOf(ticket: string): string {
  return createHash('sha256').update(`state ${ticket}`).digest('base64url');
}

function redirectUri(caller: Caller): string {
  return `${requireOwnUrl(caller)}${PATH}/callback`;
}

/** Nowhere else: neither `//host` nor `/\host`, which browsers take for the same. */
export function ownPath(text = '/'): string {
  if (text.length <= CHARS_MAX && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return text;
  throw new ServiceError('admin.invalid', 'return is a path of ours');
}

function externalUser(directory: Directory, claims: Claims, token: string): ExternalUser {
  const { sub, sid, email, email_verified: verified, name } = claims;
  const groups = claims[directory.groupsClaim];
  const list: readonly unknown[] = Array.isArray(groups) ? groups : [groups];
  return {
    directory,
    subject: String(sub),
    sid: isName(sid) ? sid : undefined,
    token,
    email: typeof email === 'string' && /^[^\s@]{1,64}@[^\s@]{1,189}$/.test(email) ? email : undefined,
    isEmailVerified: verified === true,
    title: typeof name === 'string' ? name.slice(0, 200) : undefined,
    groups: groups === undefined ? undefined : list.filter((each) => typeof each === 'string').slice(0, GROUPS_MAX),
  };
}

function refused(why: string): ServiceError {
  return new ServiceError('admin.unauthenticated', why);
}
