import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { allowHttp, checkedText, duration, isPrivateUrl, serverUrl } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const text = (description: string) => Type.String({ minLength: 1, maxLength: 1024, description });
const path = (options: { readonly default: string; readonly description: string }) =>
  Type.String({ title: 'a path', pattern: '^(/[A-Za-z0-9._~-]+)+$', maxLength: 200, ...options });

export const summary = 'Logs people in with a browser at an OpenID provider, and keeps their session in a cookie.';

const cookie = Type.Object(
  {
    name: Type.String({
      pattern: `^(?!__)${TOKEN}$`,
      maxLength: 64,
      default: 'gatehouse_session',
      description: 'Its name; over TLS it gets the prefix `__Host-`, or `__Secure-` with a `domain`.',
    }),
    domain: Type.Optional(
      Type.String({ pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$', description: 'Hosts below it get the cookie too.' }),
    ),
    sameSite: Type.Enum(['lax', 'strict', 'none'], {
      default: 'lax',
      description: 'Whether other sites may send it along; `none` needs TLS.',
    }),
    maxAge: duration({ default: '8h', description: 'How long a login is good, whatever happens.' }),
  },
  { additionalProperties: false, default: {}, description: 'The cookie of the session.' },
);

const fields = Type.Object(
  {
    issuer: serverUrl('The provider, as it calls itself; its addresses are found through its metadata.'),
    clientId: text('Who the gate is to the provider.'),
    clientSecret: Type.Optional(text('Its secret there, best from the environment; a public client has none.')),
    authentication: Type.Enum(['basic', 'post'], {
      default: 'basic',
      description: 'How the secret is shown: in `Authorization`, or in the body.',
    }),
    scopes: Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200}$' }), {
      default: ['openid'],
      uniqueItems: true,
      description: 'What is asked for; `openid` must be among them, `offline_access` often gives refresh tokens.',
    }),
    parameters: Type.Record(Type.String(), Type.String(), {
      propertyNames: Type.String({
        pattern: '^(?!(?:client_id|redirect_uri|response_type|scope|state|nonce|code_challenge.*)$)[a-z_]{1,50}$',
      }),
      default: {},
      description: 'More parameters of the login, such as `prompt`, `acr_values` or `audience`.',
    }),
    callback: path({ default: '/oauth2/callback', description: 'Where the provider sends people back to.' }),
    login: path({
      default: '/oauth2/login',
      description: 'Begins a login; `?return_to=/path` says what comes after it.',
    }),
    logout: path({ default: '/oauth2/logout', description: 'Ends the session, here and at the provider.' }),
    afterLogout: checkedText(
      (value) => (/^\/(?![/\\])[!-~]*$/.test(value) ? undefined : 'is no path, write one such as /goodbye'),
      { default: '/', description: 'Where people are after logging out.' },
    ),
    publicUrl: Type.Optional(
      serverUrl('How browsers reach the gate, where it does not see that itself: scheme and host.'),
    ),
    cookie,
    origins: Type.Array(Type.String({ pattern: '^https?://[^/\\s]+$' }), {
      default: [],
      description:
        'Other origins whose pages may make calls that change something, or open WebSockets, with the session.',
    }),
    groups: Type.String({ minLength: 1, default: 'groups', description: 'The claim that holds groups.' }),
    forward: Type.Enum(['none', 'access', 'id'], {
      default: 'none',
      description: 'The token that the upstream gets in `Authorization`: none, the access token or the ID token.',
    }),
    allowHttp,
  },
  { additionalProperties: false },
);

export type Config = Static<typeof fields>;

export const schema = Type.Refine(
  fields,
  (config) => problemOf(config) === undefined,
  (config) => problemOf(config) ?? 'is right',
);

function problemOf({ issuer, allowHttp: allowed, scopes, publicUrl, callback, login, logout }: Config) {
  if (!allowed && !isPrivateUrl(issuer)) return 'logs in without TLS, write https or `allowHttp: true`';
  if (!scopes.includes('openid')) return 'has `scopes` without `openid`';
  if (publicUrl !== undefined && new URL(publicUrl).origin !== publicUrl.replace(/\/$/, '')) {
    return 'has a `publicUrl` that is more than scheme and host';
  }
  return new Set([callback, login, logout]).size === 3
    ? undefined
    : 'has two of `callback`, `login` and `logout` alike';
}

/** Where it answers itself, whatever routes there are. */
export function paths(config: unknown): readonly string[] {
  const { callback, login, logout } = parsed(config);
  return [callback, login, logout];
}

export function compile(config: unknown, { basePath }: PolicyContext): unknown {
  const oidc = parsed(config);
  const { callback, login, logout } = oidc;
  return { ...oidc, callback: basePath + callback, login: basePath + login, logout: basePath + logout };
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Config {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Config;
}
