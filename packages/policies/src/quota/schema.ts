import { Type, type Static } from 'typebox';
import { costPart, fixedCostMax, sharedBy } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

export const summary =
  'Limits how much one caller may use in an hour, a day, a week, a month or a year of the calendar.';

const unitsFrom = Type.Object(
  {
    replyHeader: Type.String({
      title: 'a field name',
      pattern: `^${TOKEN}$`,
      description: "Field of the upstream's reply that says how many units the call has used.",
    }),
    max: Type.Integer({ minimum: 1, maximum: 1e12, default: 1e9, description: 'Most units that one reply may say.' }),
    hide: Type.Boolean({ default: false, description: 'Takes the field out of the reply that the caller gets.' }),
  },
  {
    additionalProperties: false,
    title: 'where units are said',
    description:
      'Units that are known only after the call: `cost` is taken before, and corrected by what the reply says.',
  },
);

export const schema = Type.Refine(
  Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 1e15, description: 'Units that one caller may use in a period.' }),
      per: Type.Enum(['hour', 'day', 'week', 'month', 'year'], {
        description: 'The period, by the calendar in UTC; weeks start on Monday.',
      }),
      by: Type.Optional(
        sharedBy(
          'Who shares a count: application, credential, subject, ip, route (everybody together), header:NAME or ' +
            'claim:NAME. Left out: the application when the caller is known, else the address.',
        ),
      ),
      cost: costPart({ default: 1, description: 'Units that one call uses, as in `rate-limit`.' }),
      unitsFrom: Type.Optional(unitsFrom),
      name: Type.Optional(
        Type.String({
          title: 'a name',
          pattern: '^[A-Za-z0-9_.:\\/\\-]{1,64}$',
          description: 'Name in replies and records. Left out: made of `by` and `per`, such as application-month.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  ({ cost, limit }) => fixedCostMax(cost) <= limit,
  () => 'has a cost above its limit, so that no call could pass, write a lower cost',
);

export type Config = Static<typeof schema>;
