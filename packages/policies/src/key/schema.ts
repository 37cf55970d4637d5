import { Type, type Static } from 'typebox';
import { TOKEN } from '../token.ts';

export const summary = 'Finds out who calls by a key of an application; for routes that know other ways as well.';

export const schema = Type.Object(
  {
    headers: Type.Array(Type.String({ title: 'the name of a field', pattern: `^${TOKEN}$` }), {
      default: ['authorization', 'x-api-key', 'apikey'],
      uniqueItems: true,
      description: 'Fields that hold a key, in this order; of `authorization` what is behind `Bearer`.',
    }),
    query: Type.Optional(
      Type.String({
        pattern: `^${TOKEN}$`,
        description: 'A parameter of the query that holds a key. Others may see it, in logs and histories.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
