import { Type, type Static } from 'typebox';
import { momentText } from '../forms/moment.ts';
import { digestText, identifierText, labelText, nameText, passwordText, usernameText } from '../forms/tokens.ts';
import { pem } from './pem-schema.ts';
import { strictObject } from './strict-object.ts';

export const SIGNATURE_ALGORITHMS = [
  'ed25519',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
  'hmac-sha256',
] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

const whose = {
  owner: Type.Optional(labelText({ description: 'The person or program that it was given to, for records.' })),
  expires: Type.Optional(
    momentText({ description: 'From when on it is refused: a date (its beginning in UTC) or a time with a zone.' }),
  ),
};
const optionalName = (instead: string) =>
  Type.Optional(nameText({ description: `Shown in records; left out: ${instead}, where that is a name.` }));

const basicSchema = strictObject({
  username: usernameText({ description: 'Sent as the user name.' }),
  password: Type.Optional(
    passwordText({ description: 'In clear, best from the environment; only its hash is kept, which takes 30 ms.' }),
  ),
  argon2: Type.Optional(
    Type.String({
      title: 'a hash by argon2id',
      minLength: 1,
      description: 'Instead of `password`: `$argon2id$v=19$…`, as `gatehouse hash-password` prints it.',
    }),
  ),
  name: optionalName('the user name'),
  ...whose,
});

const clientSchema = strictObject({
  issuer: identifierText({ description: 'Who vouches for it: the `iss` of its tokens.' }),
  id: identifierText({
    description:
      'The `azp` or `client_id` of its tokens; of tokens with neither, their `sub`. `*` stands for all that are not listed, for an issuer whose tokens are all those of one application.',
  }),
  name: optionalName('the id'),
  ...whose,
});

const certificateSchema = strictObject({
  name: nameText({ description: 'Shown in records.' }),
  sha256: Type.Optional(digestText({ description: 'SHA-256 of the certificate.' })),
  subject: Type.Optional(
    labelText({ description: 'Instead of `sha256`: its subject, such as `C=DE, O=Example, CN=ci`.' }),
  ),
  ...whose,
});

const signatureSchema = strictObject({
  keyId: identifierText({ description: 'The `keyid` of its signatures.' }),
  publicKey: Type.Optional(pem('Public key that verifies its signatures.')),
  secret: Type.Optional(
    passwordText({ minLength: 32, description: 'Instead of `publicKey`: a secret that both sides know.' }),
  ),
  secretEncoding: Type.Enum(['text', 'base64'], { default: 'text', description: 'How `secret` is written.' }),
  algorithm: Type.Optional(
    Type.Enum(SIGNATURE_ALGORITHMS, {
      description: 'The only algorithm of the key; left out: the one that is usual for its kind.',
    }),
  ),
  name: optionalName('the `keyId`'),
  ...whose,
});

/** Ways to show who calls besides keys. */
export const otherCredentials = {
  basic: Type.Array(basicSchema, { description: 'User names and passwords, for the policy `basic`.', default: [] }),
  clients: Type.Array(clientSchema, {
    description: 'Clients of issuers of tokens, for the policies `jwt`, `introspection` and `oidc`.',
    default: [],
  }),
  certificates: Type.Array(certificateSchema, {
    description: 'Certificates, for the policy `client-certificate`.',
    default: [],
  }),
  signatures: Type.Array(signatureSchema, {
    description: 'Keys that sign requests, for the policy `http-signature`.',
    default: [],
  }),
};

export type BasicSource = Static<typeof basicSchema>;
export type ClientSource = Static<typeof clientSchema>;
export type CertificateSource = Static<typeof certificateSchema>;
export type SignatureSource = Static<typeof signatureSchema>;
