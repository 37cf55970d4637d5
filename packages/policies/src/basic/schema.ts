import { Type, type Static } from 'typebox';

export const summary = 'Finds out who calls by a user name and a password (RFC 7617).';

export const schema = Type.Object(
  {
    realm: Type.String({
      pattern: '^[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]{1,100}$',
      default: 'gatehouse',
      description: 'What browsers show when they ask for a password.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
