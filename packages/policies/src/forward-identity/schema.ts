import { Type, type Static } from 'typebox';
import { checkedText, duration } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

/** Fields that are somebody else's to write: the engine's, the gate's own, and the caller's credentials. */
const TAKEN =
  /^(?:host|connection|content-.*|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|cookie|date|via|forwarded|x-forwarded-.*|x-request-id|traceparent|x-gatehouse-(?:application|credential|plan))$/i;
/** Claims of the gate's own. */
const OWN_CLAIMS = new Set(
  'iss sub aud exp nbf iat jti idp method application credential team plan scope groups'.split(' '),
);

const fieldName = (options: { readonly default?: string; readonly description: string }) =>
  checkedText((name) => (TAKEN.test(name) ? 'is not for identities, write another name' : undefined), {
    title: 'the name of a field',
    pattern: `^${TOKEN}$`,
    ...options,
  });

const headers = Type.Refine(
  Type.Record(
    Type.String(),
    Type.String({
      title: 'a fact about the caller',
      pattern: '^(subject|scopes|groups|application|credential|owner|team|plan|method|claim:[!-~]{1,200})$',
      examples: ['subject', 'scopes', 'claim:email'],
    }),
    {
      propertyNames: fieldName({ description: 'The name of a field.' }),
      default: {},
      description:
        'Field to fact: subject, scopes, groups, application, credential, owner, team, plan, method or claim:NAME.',
    },
  ),
  (fields) => new Set(Object.keys(fields).map((name) => name.toLowerCase())).size === Object.keys(fields).length,
  () => 'names a field twice, write it once',
);

const jwt = Type.Object(
  {
    header: fieldName({ default: 'x-gatehouse-identity', description: 'The field that holds the token.' }),
    audience: Type.String({ minLength: 1, maxLength: 512, description: 'Whom it is meant for: its `aud`.' }),
    issuer: Type.String({ minLength: 1, maxLength: 512, default: 'gatehouse', description: 'Its `iss`.' }),
    ttl: duration({ default: '60s', description: 'How long it is valid.' }),
    claims: Type.Array(
      checkedText((name) => (OWN_CLAIMS.has(name) ? "is a claim of the gate's own, leave it out" : undefined), {
        pattern: '^[!-~]{1,200}$',
      }),
      { default: [], uniqueItems: true, description: "Claims of the caller's own token that it repeats." },
    ),
  },
  { additionalProperties: false, description: 'A token, signed by the gate, that tells who calls.' },
);

export const summary = 'Tells the upstream who calls, in fields or in a token that the gate signs.';

export const schema = Type.Refine(
  Type.Object({ headers, jwt: Type.Optional(jwt) }, { additionalProperties: false }),
  (config) => Object.keys(config.headers).length > 0 || config.jwt !== undefined,
  () => 'tells nothing, write `headers` or `jwt`',
);

export type Config = Static<typeof schema>;
export type TokenConfig = NonNullable<Config['jwt']>;
