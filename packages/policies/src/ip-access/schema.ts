import { Type } from 'typebox';

const ranges = (description: string) =>
  Type.Array(Type.String({ examples: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'] }), { default: [], description });

export const schema = Type.Object(
  {
    allow: ranges('Addresses and networks that may call. When there are any, everybody else is refused.'),
    deny: ranges('Addresses and networks that may not call, also when `allow` names them.'),
  },
  { additionalProperties: false },
);
