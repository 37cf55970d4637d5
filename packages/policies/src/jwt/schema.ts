import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { keySetOfText } from '../key-set.ts';
import { allowHttp, isPrivateUrl, leeway, serverUrl, tokenPlaces } from '../schema-parts.ts';

const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519 Ed448 HS256 HS384 HS512'.split(
  ' ',
);
const SECRET_BYTES_MIN = 32;
const text = (description: string) => Type.String({ minLength: 1, maxLength: 512, description });

export const summary = 'Finds out who calls by a signed token (JWT) of an issuer.';

const fields = Type.Object(
  {
    issuer: Type.Optional(
      text('The `iss` of its tokens; also where its keys are found, when nothing else says where they are.'),
    ),
    audience: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description: 'Whom tokens must be meant for, by their `aud`: one of these; "*" takes tokens for anybody.',
    }),
    jwks: Type.Optional(serverUrl('Address of the key set of the issuer.')),
    keys: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000_000,
        description: 'Instead of `jwks`: a file or a text, which is a JWK Set, or public keys in PEM.',
      }),
    ),
    secret: Type.Optional(text('Instead of `jwks`: the secret of tokens that are signed by HMAC; 32 bytes or more.')),
    secretEncoding: Type.Enum(['text', 'base64', 'hex'], { default: 'text', description: 'How `secret` is written.' }),
    algorithms: Type.Optional(
      Type.Array(Type.Enum(ALGORITHMS), {
        minItems: 1,
        uniqueItems: true,
        description: 'Of the algorithms that the keys are for, those that are taken; left out: all.',
      }),
    ),
    leeway: leeway({ default: '30s', description: 'How far the clock of the issuer may be off.' }),
    required: Type.Array(Type.String({ pattern: '^[!#-\\[\\]-~]{1,200}$' }), {
      default: [],
      description: 'Claims that a token must have.',
    }),
    requireExp: Type.Boolean({ default: true, description: 'Refuses tokens that never end.' }),
    type: Type.Optional(
      Type.String({ pattern: '^[!-~]{1,200}$', description: 'The `typ` of tokens, such as `at+jwt` (RFC 9068).' }),
    ),
    from: tokenPlaces,
    scopes: Type.String({ minLength: 1, default: 'scope', description: 'The claim that holds scopes.' }),
    groups: Type.String({
      minLength: 1,
      default: 'groups',
      description: 'The claim that holds groups; `realm_access.roles` is `roles` inside of `realm_access`.',
    }),
    forward: Type.Boolean({ default: false, description: 'Sends the token on to the upstream.' }),
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

function problemOf(config: Config): string | undefined {
  const { issuer, jwks, keys, secret, algorithms = [] } = config;
  if ([jwks, keys, secret].filter((source) => source !== undefined).length > 1)
    return 'has more than one of `jwks`, `keys` and `secret`, write one of them';
  if (issuer === undefined && keys === undefined && secret === undefined)
    return 'has no `issuer`, write the `iss` of its tokens';
  const asked = keys === undefined && secret === undefined ? (jwks ?? issuer ?? '') : undefined;
  if (asked !== undefined && !URL.canParse(asked))
    return 'finds no keys at its `issuer`, write `jwks`, `keys` or `secret`';
  if (asked !== undefined && !config.allowHttp && !isPrivateUrl(asked))
    return 'asks for keys without TLS, write https or `allowHttp: true`';
  if (algorithms.some((name) => name.startsWith('HS') !== (secret !== undefined)))
    return 'has `algorithms` that do not go with its keys: HS256, HS384 and HS512 go with a `secret`, the others do not';
  if (secret === undefined) return undefined;
  const bytes = secretBytes({ secret, secretEncoding: config.secretEncoding });
  if (bytes === undefined) return 'has a `secret` that is not written as `secretEncoding` says';
  return bytes.length < SECRET_BYTES_MIN ? `has a \`secret\` of less than ${SECRET_BYTES_MIN} bytes` : undefined;
}

function secretBytes({ secret, secretEncoding }: Pick<Config, 'secretEncoding'> & { readonly secret: string }) {
  if (secretEncoding === 'text') return Buffer.from(secret);
  const bytes = Buffer.from(secret, secretEncoding === 'hex' ? 'hex' : 'base64');
  const same = (written: string): string => written.toLowerCase().replaceAll('=', '');
  return same(bytes.toString(secretEncoding === 'hex' ? 'hex' : 'base64')) === same(secret) ? bytes : undefined;
}

/** Reads a file of keys. */
export function compile(config: unknown, context: PolicyContext): unknown {
  const jwt = parsed(config);
  if (jwt.keys === undefined) return jwt;
  const keys = keysText(jwt.keys, context);
  if (keys === undefined || keySetOfText(keys) === undefined) {
    context.problem('has `keys` of no use, write a file or a text with a JWK Set or public keys in PEM');
  }
  return { ...jwt, keys: keys ?? '' };
}

function keysText(written: string, context: PolicyContext): string | undefined {
  if (/^\s*\{|-----BEGIN/.test(written)) return written.replaceAll(String.raw`\n`, '\n');
  try {
    return context.readText(written);
  } catch {
    return undefined;
  }
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Config {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Config;
}
