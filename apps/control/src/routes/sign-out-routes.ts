import {
  directoryNamed,
  ServiceError,
  signOut,
  signOutExternal,
  type Directory,
  type ServiceContext,
  type SignedOut,
} from '@gatehouse/services';
import { Type } from 'typebox';
import { KnownKeys } from '../single-sign-on/known-keys.ts';
import { loggedOut, type LoggedOut } from '../single-sign-on/logout-token.ts';
import { discover } from '../single-sign-on/open-id-client.ts';
import type { AdminReply, Caller, Route } from './route.ts';

const SIGN_OUT: Route = {
  tag: 'people',
  method: 'DELETE',
  path: '/session',
  operationId: 'signOut',
  summary: 'Ends the session; where it began at a directory, says where the browser ends the one there.',
  permission: 'self',
  once: true,
  replies: { 200: '`location` is where the browser goes.', 204: 'It is done.' },
  handle: async (ctx, { caller }) => {
    if (ctx.principal.via?.kind !== 'session') throw new ServiceError('admin.illegal', 'there is no session');
    const location = await endSessionUrl(ctx, await signOut(ctx), caller);
    return location === undefined ? { status: 204, session: '' } : { status: 200, session: '', body: { location } };
  },
};

/** RP-Initiated Logout 1.0 §2. Our own session has ended already, whatever becomes of this. */
async function endSessionUrl(
  ctx: ServiceContext,
  { directory: name, token }: SignedOut,
  { ownUrl }: Caller,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  try {
    const { issuer, clientId } = await directoryNamed(ctx, name);
    const { endSessionEndpoint } = await discover(issuer);
    if (endSessionEndpoint === undefined) return undefined;
    const url = new URL(endSessionEndpoint);
    url.searchParams.set('client_id', clientId);
    if (token !== undefined) url.searchParams.set('id_token_hint', token);
    if (ownUrl !== undefined) url.searchParams.set('post_logout_redirect_uri', `${ownUrl}/`);
    return url.href;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    ctx.log.warn('a session ended here and not at its directory', { directory: name, why: error.detail });
    return undefined;
  }
}

/** As the specification wants refusals. */
const REFUSED: AdminReply = { status: 400, body: { error: 'invalid_request' } };

const BACK_CHANNEL: Route = {
  tag: 'people',
  method: 'POST',
  path: '/single-sign-on/{name}/sign-out',
  operationId: 'signOutByDirectory',
  summary: 'Where a directory tells of sign-outs (OpenID Connect Back-Channel Logout), in a form with `logout_token`.',
  permission: 'none',
  form: true,
  body: Type.Object({ logout_token: Type.String({ maxLength: 32_000 }) }),
  once: true,
  replies: { 200: 'The sessions that began there have ended.', 400: 'This is not by the directory.' },
  handle: async (ctx, { params, body }) => {
    const token = typeof body === 'object' && body !== null && 'logout_token' in body ? body.logout_token : undefined;
    if (typeof token !== 'string') return REFUSED;
    const directory = await directoryNamed(ctx, params['name'] ?? '').catch(() => undefined);
    const ended = directory && (await saidBy(ctx, directory, token));
    if (directory === undefined || ended === undefined) return REFUSED;
    await signOutExternal(ctx, { ...ended, directory: directory.name, issuer: directory.issuer });
    return { status: 200 };
  },
};

const KEYS_MS = 10_000;
/** A key that is not known may be a new one: then keys are not older than this. */
const NEW_KEYS_MS = 1000;
const knownKeys = new KnownKeys();

/** Nobody waits here, as those who guess do: there is nothing to guess, and a directory that signs out many comes often. */
async function saidBy(
  { clock }: ServiceContext,
  { issuer, clientId }: Directory,
  token: string,
): Promise<LoggedOut | undefined> {
  const nowMs = clock.now();
  for (const ageMs of [KEYS_MS, NEW_KEYS_MS]) {
    const keys = await knownKeys.of(issuer, { nowMs, ageMs });
    const ended = loggedOut(token, keys, { issuer, clientId, nowMs });
    if (ended !== undefined) return ended;
  }
  return undefined;
}

export const SIGN_OUT_ROUTES: readonly Route[] = [SIGN_OUT, BACK_CHANNEL];
