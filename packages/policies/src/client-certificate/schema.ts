import { Type, type Static } from 'typebox';

export const summary = 'Finds out who calls by the certificate that a caller shows in TLS.';

export const schema = Type.Object(
  {
    by: Type.Array(Type.Enum(['fingerprint', 'subject']), {
      minItems: 1,
      uniqueItems: true,
      default: ['fingerprint', 'subject'],
      description: 'How applications are found: by the SHA-256 of the certificate, or by its subject.',
    }),
    known: Type.Boolean({
      default: true,
      description: 'Refuses certificates that no application has; else any that an authority vouches for will do.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
