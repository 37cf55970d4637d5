import { Type, type Static } from 'typebox';
import { allowHttp, duration, isPrivateUrl, serverUrl, tokenPlaces } from '../schema-parts.ts';

const text = (description: string) => Type.String({ minLength: 1, maxLength: 1024, description });

export const summary = 'Finds out who calls by asking an authorization server about the token (RFC 7662).';

const fields = Type.Object(
  {
    url: serverUrl('The introspection endpoint of the authorization server.'),
    clientId: text('Who the gate is to that server.'),
    clientSecret: text('Its secret there, best from the environment.'),
    cache: duration({ default: '30s', description: 'How long an active token is believed without asking again.' }),
    negativeCache: duration({ default: '5s', description: 'How long a token is refused without asking again.' }),
    timeout: duration({ default: '5s', description: 'How long an answer is waited for.' }),
    issuer: Type.Optional(
      text('Whose tokens they are: where answers have an `iss` it must be this; also finds `clients` of applications.'),
    ),
    audience: Type.Optional(text('Whom tokens must be meant for, by the `aud` of answers.')),
    from: tokenPlaces,
    scopes: Type.String({ minLength: 1, default: 'scope', description: 'The member of answers that holds scopes.' }),
    groups: Type.String({ minLength: 1, default: 'groups', description: 'The member of answers that holds groups.' }),
    forward: Type.Boolean({ default: false, description: 'Sends the token on to the upstream.' }),
    allowHttp,
  },
  { additionalProperties: false },
);

export const schema = Type.Refine(
  fields,
  ({ url, allowHttp: allowed }) => allowed || isPrivateUrl(url),
  () => 'sends tokens without TLS, write https or `allowHttp: true`',
);

export type Config = Static<typeof fields>;
