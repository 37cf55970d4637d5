import { Type, type Static } from 'typebox';
import { isPathTemplate } from '../path-template.ts';
import { checkedText } from '../schema-parts.ts';

export const summary = 'Replaces the path that goes upstream; the query stays.';

export const schema = Type.Object(
  {
    path: checkedText(
      (text) => (isPathTemplate(text) ? undefined : 'is not a canonical path, write one such as /v2/{rest}'),
      {
        title: 'a path',
        pattern: '^\\/',
        maxLength: 2048,
        examples: ['/v2/{rest}', '/people/{id}'],
        description:
          "Path that goes upstream, before the target's own base path. `{name}` is a segment of the route; `{rest}` is " +
          'what its `*` matched or, without one, the path behind the base path.',
      },
    ),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
