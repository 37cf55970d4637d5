import {
  ASK_RESET,
  ASK_SIGN_UP,
  askReset,
  askSignUp,
  beginTotp,
  CHANGE_PASSWORD,
  changePassword,
  COMPLETE_SIGN_UP,
  completeReset,
  completeSignUp,
  CONFIRM,
  confirmTotp,
  endOwnEmergency,
  endSessions,
  inviteAgain,
  listOwnTokens,
  myEmergencies,
  listSessions,
  PROVE,
  proveAgain,
  removeTotp,
  RESET,
  revokeOwnToken,
  ServiceError,
  SET_UP,
  setUp,
  SIGN_IN,
  signIn,
  TAKE,
  takeEmergency,
  type ServiceContext,
  type SignedIn,
} from '@gatehouse/services';
import { csrfToken } from '../browser-session.ts';
import { idOf, written } from './entity-routes.ts';
import type { AdminReply, AdminRequest, Caller, Route } from './route.ts';

type Handle = Route['handle'];
type Row = readonly [Route['method'], string, string, string, Route['permission'], Handle, Route['body']?];

const SESSION_ID = /^session_[0-9a-v]{9}[0-9a-f]{18}$/;

export function signedIn({ session, user }: SignedIn): AdminReply {
  return { status: 200, body: { user, csrf: csrfToken(session) }, session };
}

function door(open: (ctx: ServiceContext, caller: Caller, input: unknown) => Promise<SignedIn>): Handle {
  return async (ctx, { caller, body }) => signedIn(await open(ctx, caller, body));
}

const done: AdminReply = { status: 204 };

function sessionId({ session = '' }: AdminRequest['params']): string {
  if (!SESSION_ID.test(session)) throw new ServiceError('admin.not_found', 'this is no id of ours');
  return session;
}

function ownId({ principal }: ServiceContext): string {
  if (principal.kind === 'system') throw new ServiceError('admin.illegal', 'the token of the environment is no user');
  return principal.id;
}

const readSession: Handle = async (ctx, { caller }) => {
  const { id, name, via } = ctx.principal;
  if (via?.kind !== 'session') throw new ServiceError('admin.illegal', 'there is no session');
  const csrf = csrfToken(caller.session ?? '');
  return Promise.resolve({
    status: 200,
    body: { user: { id, name }, csrf, provedAt: new Date(via.provedMs).toISOString() },
  });
};

const ROWS: readonly Row[] = [
  [
    'POST',
    '/setup',
    'setUp',
    'Makes the first administrator, by the token that was printed at the start.',
    'none',
    door(setUp),
    SET_UP,
  ],
  ['POST', '/session', 'signIn', 'Signs in by name and password.', 'none', door(signIn), SIGN_IN],
  [
    'GET',
    '/session',
    'getSession',
    'Whose session it is, and what its pages send in `x-gatehouse-csrf`.',
    'self',
    readSession,
  ],
  [
    'POST',
    '/session/prove',
    'proveAgain',
    'Proves again who it is, which sensitive verbs ask for after 15 minutes.',
    'self',
    door(proveAgain),
    PROVE,
  ],
  [
    'GET',
    '/me/sessions',
    'listOwnSessions',
    'Where one is signed in.',
    'self',
    async (ctx) => ({ status: 200, body: { items: await listSessions(ctx, ownId(ctx)) } }),
  ],
  [
    'DELETE',
    '/me/sessions/{session}',
    'endOwnSession',
    'Ends one of one’s own sessions.',
    'self',
    async (ctx, { params }) => {
      await endSessions(ctx, { user: ownId(ctx), id: sessionId(params) });
      return done;
    },
  ],
  [
    'GET',
    '/users/{id}/sessions',
    'listSessionsOfUser',
    'Where a user is signed in.',
    'users:read',
    async (ctx, { params }) => ({ status: 200, body: { items: await listSessions(ctx, idOf(params)) } }),
  ],
  [
    'DELETE',
    '/users/{id}/sessions',
    'endSessionsOfUser',
    'Ends all sessions of a user.',
    'users:update',
    async (ctx, { params }) => {
      await endSessions(ctx, { user: idOf(params) });
      return done;
    },
  ],
  [
    'GET',
    '/me/tokens',
    'listOwnTokens',
    'One’s own personal tokens, and when each was last used.',
    'self',
    async (ctx) => ({ status: 200, body: { items: await listOwnTokens(ctx) } }),
  ],
  [
    'POST',
    '/me/tokens/{id}/revoke',
    'revokeOwnToken',
    'Ends one of one’s own personal tokens.',
    'self',
    async (ctx, { params }) => written(200, await revokeOwnToken(ctx, idOf(params))),
  ],
  [
    'GET',
    '/me/emergencies',
    'listOwnEmergencies',
    'What one may take for an emergency, and has taken.',
    'self',
    async (ctx) => ({ status: 200, body: await myEmergencies(ctx) }),
  ],
  [
    'POST',
    '/me/emergencies',
    'takeEmergency',
    'Breaks the glass: takes rights that are granted for emergencies, for a while and a reason. All administrators are told.',
    'self',
    async (ctx, { body }) => written(201, await takeEmergency(ctx, body)),
    TAKE,
  ],
  [
    'POST',
    '/me/emergencies/{id}/end',
    'endOwnEmergency',
    'Gives back what one has taken for an emergency.',
    'self',
    async (ctx, { params }) => written(200, await endOwnEmergency(ctx, idOf(params))),
  ],
  [
    'POST',
    '/users/{id}/invitation',
    'inviteUserAgain',
    'A new link by which a user chooses a password: sent by mail, and shown once.',
    'users:update',
    async (ctx, { params }) => ({ status: 200, body: { ...(await inviteAgain(ctx, idOf(params))) } }),
  ],
  [
    'POST',
    '/me/password',
    'changePassword',
    'Changes one’s password, and ends all other sessions.',
    'self',
    door(changePassword),
    CHANGE_PASSWORD,
  ],
  [
    'POST',
    '/password-reset',
    'askPasswordReset',
    'Sends a link, if there is such a user.',
    'none',
    async (ctx, { caller, body }) => {
      await askReset(ctx, caller, body);
      return done;
    },
    ASK_RESET,
  ],
  [
    'POST',
    '/password-reset/complete',
    'completePasswordReset',
    'Sets a password by the link of a reset or an invitation.',
    'none',
    async (ctx, { caller, body }) => {
      await completeReset(ctx, caller, body);
      return done;
    },
    RESET,
  ],
  [
    'POST',
    '/sign-up',
    'askSignUp',
    'Sends a link to whoever wants to come into a workspace that takes sign-ups; the same answer where there is such a user.',
    'none',
    async (ctx, { caller, body }) => {
      await askSignUp(ctx, caller, body);
      return done;
    },
    ASK_SIGN_UP,
  ],
  [
    'POST',
    '/sign-up/complete',
    'completeSignUp',
    'Makes the user and a team of its own by the link of a sign-up, and signs in; `waiting`: somebody has to agree first.',
    'none',
    async (ctx, { caller, body }) => {
      const { waiting, ...opened } = await completeSignUp(ctx, caller, body);
      const reply = signedIn(opened);
      return { ...reply, body: { ...reply.body, waiting } };
    },
    COMPLETE_SIGN_UP,
  ],
  [
    'POST',
    '/me/totp',
    'beginTotp',
    'Gives a secret for an authenticator, once.',
    'self',
    async (ctx) => ({ status: 200, body: { ...(await beginTotp(ctx)) } }),
  ],
  [
    'POST',
    '/me/totp/confirm',
    'confirmTotp',
    'Takes the first code of an authenticator, and gives recovery codes, once.',
    'self',
    async (ctx, { caller, body }) => ({ status: 200, body: { ...(await confirmTotp(ctx, caller.address, body)) } }),
    CONFIRM,
  ],
  [
    'DELETE',
    '/me/totp',
    'removeOwnTotp',
    'Removes one’s authenticator.',
    'self',
    async (ctx) => {
      await removeTotp(ctx, ownId(ctx));
      return done;
    },
  ],
  [
    'DELETE',
    '/users/{id}/totp',
    'removeTotpOfUser',
    'Removes the authenticator of a user who has lost it.',
    'users:update',
    async (ctx, { params }) => {
      await removeTotp(ctx, idOf(params));
      return done;
    },
  ],
];

/** Signing in and out, and what people do about themselves. */
export const PEOPLE_ROUTES: readonly Route[] = ROWS.map(
  ([method, path, operationId, summary, permission, handle, body]) => ({
    tag: 'people',
    method,
    path,
    operationId,
    summary,
    permission,
    handle,
    ...(body !== undefined && { body }),
    // No reply that opens a session, or shows a secret, is kept for a second time.
    once: true,
    replies: { 200: 'As asked; a session is in the cookie.', 204: 'It is done.' },
  }),
);
