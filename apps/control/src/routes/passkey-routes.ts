import {
  ADD_PASSKEY,
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  listPasskeys,
  PASSKEY_SIGN_IN,
  proveByPasskey,
  removePasskey,
  removePasskeysOf,
  ServiceError,
  signInByPasskey,
  siteOf,
  waysIn,
} from '@gatehouse/services';
import { idOf } from './entity-routes.ts';
import { signedIn } from './people-routes.ts';
import { requireOwnUrl, type AdminRequest, type Caller, type Route } from './route.ts';

const PASSKEY_ID = /^passkey_[0-9a-v]{9}[0-9a-f]{18}$/;

function passkeyId({ passkey = '' }: AdminRequest['params']): string {
  if (!PASSKEY_ID.test(passkey)) throw new ServiceError('admin.not_found', 'this is no id of ours');
  return passkey;
}

const presented = ({ caller, body: input }: AdminRequest) => ({ caller, ownUrl: requireOwnUrl(caller), input });

type Row = Pick<Route, 'method' | 'path' | 'operationId' | 'summary' | 'permission' | 'handle'> &
  Partial<Pick<Route, 'body'>>;

/** Whether passkeys work under the address that this browser has. */
function takesPasskeys({ ownUrl }: Caller): boolean {
  try {
    return ownUrl !== undefined && siteOf(ownUrl).rpId !== '';
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

const ROWS: readonly Row[] = [
  {
    method: 'GET',
    path: '/session/ways',
    operationId: 'listWaysIn',
    summary: 'How people can sign in here: what a page for that offers.',
    permission: 'none',
    handle: async (ctx, { caller }) => ({
      status: 200,
      body: { ...(await waysIn(ctx)), passwords: true, passkeys: takesPasskeys(caller) },
    }),
  },
  {
    method: 'POST',
    path: '/session/passkey/begin',
    operationId: 'beginPasskeySignIn',
    summary: 'What a browser asks its passkeys with.',
    permission: 'none',
    handle: async (ctx, { caller }) => ({ status: 200, body: await beginPasskeySignIn(ctx, requireOwnUrl(caller)) }),
  },
  {
    method: 'POST',
    path: '/session/passkey',
    operationId: 'signInByPasskey',
    summary: 'Signs in by a passkey, which is both factors.',
    permission: 'none',
    body: PASSKEY_SIGN_IN,
    handle: async (ctx, request) => signedIn(await signInByPasskey(ctx, presented(request))),
  },
  {
    method: 'POST',
    path: '/session/passkey/prove',
    operationId: 'proveByPasskey',
    summary: 'Proves again who it is, by a passkey.',
    permission: 'self',
    body: PASSKEY_SIGN_IN,
    handle: async (ctx, request) => signedIn(await proveByPasskey(ctx, presented(request))),
  },
  {
    method: 'POST',
    path: '/me/passkeys/begin',
    operationId: 'beginPasskey',
    summary: 'What a browser makes a passkey with.',
    permission: 'self',
    handle: async (ctx, { caller }) => ({ status: 200, body: await beginPasskey(ctx, requireOwnUrl(caller)) }),
  },
  {
    method: 'POST',
    path: '/me/passkeys',
    operationId: 'addPasskey',
    summary: 'Keeps a passkey that the browser has made.',
    permission: 'self',
    body: ADD_PASSKEY,
    handle: async (ctx, { caller, body }) => {
      const { result } = await addPasskey(ctx, requireOwnUrl(caller), body);
      return { status: 201, body: { ...result } };
    },
  },
  {
    method: 'GET',
    path: '/me/passkeys',
    operationId: 'listPasskeys',
    summary: 'One’s own passkeys.',
    permission: 'self',
    handle: async (ctx) => ({ status: 200, body: { items: await listPasskeys(ctx) } }),
  },
  {
    method: 'DELETE',
    path: '/me/passkeys/{passkey}',
    operationId: 'removePasskey',
    summary: 'Removes one of one’s own passkeys.',
    permission: 'self',
    handle: async (ctx, { params }) => {
      await removePasskey(ctx, passkeyId(params));
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    path: '/users/{id}/passkeys',
    operationId: 'removePasskeysOfUser',
    summary: 'Removes the passkeys of a user who has lost them, and ends all sessions.',
    permission: 'users:update',
    handle: async (ctx, { params }) => {
      await removePasskeysOf(ctx, idOf(params));
      return { status: 204 };
    },
  },
];

/** Passkeys (Web Authentication Level 3): what browsers are told, and what they send back. */
export const PASSKEY_ROUTES: readonly Route[] = ROWS.map((row) => ({
  ...row,
  tag: 'people',
  once: true,
  replies: { 200: 'As asked; a session is in the cookie.', 201: 'It is kept.', 204: 'It is done.' },
}));
