import { Type, type Static } from 'typebox';
import { duration } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const origin = Type.String({
  title: 'an origin',
  pattern: '^(\\*|[A-Za-z][A-Za-z0-9+.\\-]*:\\/\\/((\\*\\.)?[A-Za-z0-9_.\\-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?)$',
  examples: ['https://app.example.com', 'https://*.example.com', '*'],
});

const tokens = (title: string, description: string) =>
  Type.Array(Type.String({ title, pattern: `^${TOKEN}$` }), { default: [], description });

export const summary = 'Lets pages of other origins call, and answers their preflights.';

export const schema = Type.Refine(
  Type.Object(
    {
      origins: Type.Array(origin, {
        default: [],
        description:
          'Origins whose pages may read replies: scheme, host and port. ' +
          '`*.` stands for one or more labels, `*` alone for any origin. Empty: none.',
      }),
      methods: tokens('a method', 'Methods that pages may use. Empty: GET, HEAD, POST, PUT, PATCH and DELETE.'),
      headers: tokens('the name of a field', 'Request fields that pages may send. Empty: whatever is asked for.'),
      exposeHeaders: tokens('the name of a field', 'Reply fields that pages may read beside the usual ones.'),
      credentials: Type.Boolean({
        default: false,
        description: "May pages send the browser's cookies and logins?",
      }),
      maxAge: duration({ default: '10m', description: 'How long a browser may keep the answer to a preflight.' }),
    },
    { additionalProperties: false },
  ),
  // With credentials browsers take `*` literally (Fetch, "CORS protocol and credentials"), and to echo the origin to
  // whoever asks instead would let every page act as its reader.
  ({ credentials, origins, methods, headers, exposeHeaders }) =>
    !credentials || ![origins, methods, headers, exposeHeaders].some((list) => list.includes('*')),
  () => 'has a * beside credentials, which browsers refuse, write out what it stands for',
);

export type Config = Static<typeof schema>;
