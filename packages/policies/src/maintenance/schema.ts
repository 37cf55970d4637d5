import { Type, type Static } from 'typebox';
import { duration, moment, network } from '../schema-parts.ts';

export const summary = 'Refuses calls while something is being worked on, except those from some addresses.';

export const schema = Type.Object(
  {
    on: Type.Boolean({ default: true, description: 'Whether calls are refused; false keeps the rest for next time.' }),
    retryAfter: duration({ default: '5m', description: 'When callers may try again: `Retry-After`.' }),
    until: Type.Optional(
      moment('When it ends by itself. `Retry-After` then says how long that is, in place of `retryAfter`.'),
    ),
    allow: Type.Array(network, { default: [], description: 'Addresses and networks that may call all the same.' }),
    message: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '^[^\\p{Cc}]+$',
      default: 'this is being worked on, try again later',
      description: 'What callers are told.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
