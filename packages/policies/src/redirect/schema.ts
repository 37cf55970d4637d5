import { Type, type Static } from 'typebox';
import { checkedText } from '../schema-parts.ts';
import { targetProblem } from './target-template.ts';

export const summary = 'Sends callers to another address.';

export const schema = Type.Object(
  {
    to: checkedText(targetProblem, {
      title: 'a URL or a path',
      maxLength: 2048,
      examples: ['https://example.com/{rest}', '/v2/users/{id}'],
      description:
        'Where to: a URL, or a path of this server. `{name}` is a segment of the route, `{rest}` what its `*` matched ' +
        'or the path behind the base path; behind `?` also `{query}`, the whole query as one value.',
    }),
    status: Type.Union(
      [Type.Literal(301), Type.Literal(302), Type.Literal(303), Type.Literal(307), Type.Literal(308)],
      {
        default: 307,
        description:
          '301 and 308 for good, 302 and 307 for now; 307 and 308 keep the method, 301 and 302 let browsers change ' +
          'POST to GET; 303 makes it GET.',
      },
    ),
    keepQuery: Type.Boolean({ default: true, description: "The request's query is put behind that of `to`." }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
