import { Type } from 'typebox';
import { TOKEN } from '../schema-parts.ts';

const values = (description: string) =>
  Type.Record(Type.String({ pattern: `^${TOKEN}$` }), Type.String({ pattern: '^[\\t\\x20-\\x7e]*$' }), {
    additionalProperties: false,
    default: {},
    description,
  });

const edits = (description: string) =>
  Type.Object(
    {
      set: values('Name to value; replaces every value of that name.'),
      add: values('Name to value; added beside what is there.'),
      remove: Type.Array(Type.String({ pattern: `^${TOKEN}$` }), { default: [], description: 'Names to take out.' }),
    },
    { additionalProperties: false, default: {}, description },
  );

export const schema = Type.Object(
  {
    request: edits('Changes to the request that goes to the upstream.'),
    response: edits('Changes to the reply that came from the upstream.'),
  },
  { additionalProperties: false },
);
