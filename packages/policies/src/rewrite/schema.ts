import { Type } from 'typebox';

export const schema = Type.Object(
  {
    path: Type.String({
      pattern: '^/',
      maxLength: 2048,
      examples: ['/v2/{rest}', '/people/{id}'],
      description:
        "Path that goes upstream, before the target's own base path. `{name}` is a segment of the route; `{rest}` is what " +
        'its `*` matched or, without one, the path behind the base path.',
    }),
  },
  { additionalProperties: false },
);
