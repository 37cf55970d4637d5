import { Type } from 'typebox';
import { duration, TOKEN } from '../schema-parts.ts';

const tokens = (description: string) =>
  Type.Array(Type.String({ pattern: `^${TOKEN}$` }), { default: [], description });

export const schema = Type.Object(
  {
    origins: Type.Array(
      Type.String({
        pattern: '^(\\*|[A-Za-z][A-Za-z0-9+.-]*://((\\*\\.)?[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?)$',
        examples: ['https://app.example.com', 'https://*.example.com', '*'],
      }),
      {
        default: [],
        description:
          'Origins whose pages may read replies: scheme, host and port. `*.` stands for one or more labels, `*` alone for any origin. Empty: none.',
      },
    ),
    methods: tokens('Methods that pages may use. Empty: GET, HEAD, POST, PUT, PATCH and DELETE.'),
    headers: tokens('Request fields that pages may send. Empty: whatever the preflight asks for.'),
    exposeHeaders: tokens('Reply fields that pages may read beside the usual ones.'),
    credentials: Type.Boolean({
      default: false,
      description: 'May pages send cookies and other credentials of the browser?',
    }),
    maxAge: duration({ default: '10m', description: 'How long a browser may keep the answer to a preflight.' }),
  },
  { additionalProperties: false },
);
