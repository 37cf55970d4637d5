import { Type, type Static } from 'typebox';
import { checkedText, duration, size } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const share = checkedText(
  (text) => (/^\d{1,2}(?:\.\d+)?%$/.test(text) ? undefined : 'is not a share, write one such as 10%'),
  {
    title: 'a share',
    examples: ['10%'],
    default: '0%',
    description:
      'Of the time since a reply was last changed, for which it is taken to be good if it says nothing; HTTP suggests 10%.',
  },
);

export const summary = 'Answers with replies that were kept, as RFC 9111 says for a shared cache.';

export const schema = Type.Object(
  {
    ttl: Type.Optional(
      duration({
        description: 'How long a reply is good that does not say so itself. Left out: such replies are not kept.',
      }),
    ),
    negativeTtl: Type.Optional(duration({ description: 'The same for statuses from 400 on.' })),
    heuristic: share,
    staleWhileRevalidate: Type.Optional(
      duration({
        description:
          'How long behind its end a reply may still be given while a newer one is asked for, if it does not say so itself.',
      }),
    ),
    staleIfError: Type.Optional(
      duration({
        description:
          'How long behind its end a reply may be given when its upstream fails, if it does not say so itself.',
      }),
    ),
    maxBytes: size({ default: '1MiB', description: 'Larger replies are not kept.' }),
    query: Type.Union(
      [
        Type.Enum(['all', 'none']),
        Type.Array(Type.String({ title: 'the name of a parameter', minLength: 1 }), { uniqueItems: true }),
      ],
      {
        default: 'all',
        description: 'Parameters that tell replies apart: all, none, or those of a list.',
      },
    ),
    identity: Type.Enum(['caller', 'ignore'], {
      default: 'caller',
      description:
        'caller: what an identified caller gets is for it alone, unless the reply says that it is for all. ignore: replies do not depend on who calls.',
    }),
    cookies: Type.Boolean({
      default: false,
      description: 'Replies that set cookies are kept too, and set them for everybody.',
    }),
    obeyCallers: Type.Boolean({
      default: true,
      description: '`Cache-Control` of requests counts: callers may ask for newer replies.',
    }),
    tagHeader: Type.String({
      title: 'the name of a field',
      pattern: `^${TOKEN}$`,
      default: 'cache-tag',
      description: 'Reply field with the tags by which replies are purged; callers do not see it.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
