import { Type, type Static } from 'typebox';

const names = (description: string) =>
  Type.Array(Type.String({ title: 'a name', pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,256}$' }), {
    default: [],
    uniqueItems: true,
    description,
  });

export const summary = 'Lets through callers who have the scopes, groups, applications or claims that are asked for.';

export const schema = Type.Refine(
  Type.Object(
    {
      scopes: names('Scopes that a caller must have, every one of them.'),
      scopesAny: names('Scopes of which a caller must have one.'),
      groups: names('Groups that a caller must be in, every one of them.'),
      groupsAny: names('Groups of which a caller must be in one.'),
      applications: names('Applications that may call.'),
      claims: Type.Record(
        Type.String(),
        Type.Union([Type.String(), Type.Number(), Type.Boolean()], { title: 'a text, a number, true or false' }),
        { default: {}, description: 'Claims of a token with the value that each must have, or hold if it is a list.' },
      ),
    },
    { additionalProperties: false },
  ),
  (config) =>
    Object.values(config).some((part) => (Array.isArray(part) ? part.length > 0 : Object.keys(part).length > 0)),
  () => 'asks for nothing, write what a caller must have',
);

export type Config = Static<typeof schema>;
