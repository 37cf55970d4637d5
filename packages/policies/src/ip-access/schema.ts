import { Type, type Static } from 'typebox';
import { network } from '../schema-parts.ts';

export const summary = 'Lets callers through, or refuses them, by their address.';

export const schema = Type.Object(
  {
    allow: Type.Array(network, {
      default: [],
      description: 'Addresses and networks that may call. When there are any, everybody else is refused.',
    }),
    deny: Type.Array(network, {
      default: [],
      description: 'Addresses and networks that may not call, also when `allow` names them.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
