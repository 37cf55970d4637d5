import { Type, type Static } from 'typebox';
import { ipRange } from '../ip-address.ts';
import { checkedText } from '../schema-parts.ts';

const network = checkedText(
  (text) =>
    ipRange(text) === undefined
      ? 'is not a network, write one such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7'
      : undefined,
  { title: 'a network', examples: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'] },
);

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
