import { Type, type Static } from 'typebox';
import { momentText } from '../forms/moment.ts';
import { digestText, labelText, nameText, secretText } from '../forms/tokens.ts';
import { otherCredentials } from './credential-schema.ts';
import { strictObject } from './strict-object.ts';

const keySchema = strictObject({
  name: nameText({ description: 'Shown in records instead of the key.' }),
  secret: Type.Optional(
    secretText({ description: 'The key in clear, best from the environment; only its hash is kept.' }),
  ),
  sha256: Type.Optional(digestText({ description: 'SHA-256 of the key, instead of `secret`.' })),
  owner: Type.Optional(
    labelText({ description: 'The person or program that it was given to, for records; who answers is the `team`.' }),
  ),
  expires: Type.Optional(
    momentText({
      description:
        'From when on it is refused, with `auth.expired`: a date (its beginning in UTC) or a time with a zone.',
    }),
  ),
});

const subscriptionSchema = strictObject({
  api: nameText({ title: 'the name of an API', description: 'An API.' }),
  plan: Type.Optional(
    nameText({ title: 'the name of a plan', description: 'A plan that contains the API; without, there is no limit.' }),
  ),
});

export const applicationSchema = strictObject(
  {
    team: Type.Optional(labelText({ description: 'Who answers for it.' })),
    keys: Type.Array(keySchema, {
      description: 'Several, so that a new one can replace an old one: all count against the same limits and budgets.',
      default: [],
    }),
    ...otherCredentials,
    subscriptions: Type.Array(subscriptionSchema, {
      description: 'APIs with `access: subscribed` that it may call.',
      default: [],
    }),
  },
  { description: 'A caller: something that holds keys and subscriptions.' },
);

export type ApplicationSource = Static<typeof applicationSchema>;
