import { Type, type Static } from 'typebox';
import { duration, sharedBy } from '../schema-parts.ts';

export const summary = 'Limits how many calls of one caller are under way at once.';

export const schema = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Calls that are under way at once.' }),
    by: Type.Optional(
      sharedBy(
        'Who shares a count: application, credential, subject, ip, route (everybody together), header:NAME or ' +
          'claim:NAME. Left out: the application when the caller is known, else the address.',
      ),
    ),
    queue: Type.Optional(
      Type.Object(
        {
          size: Type.Integer({
            minimum: 1,
            maximum: 1_000_000,
            description: 'Calls of one caller that may wait, over all workers; one more is refused.',
          }),
          timeout: duration({ default: '1s', description: 'How long one waits before it is refused.' }),
        },
        { additionalProperties: false, title: 'a queue', description: 'Lets calls wait for a place.' },
      ),
    ),
    name: Type.Optional(
      Type.String({
        title: 'a name',
        pattern: '^[A-Za-z0-9_.:\\/\\-]{1,64}$',
        description: 'Name in refusals and records. Left out: made of `by`, such as application-at-once.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
