import { Type, type Static } from 'typebox';
import { duration } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const by = Type.Union(
  [
    Type.Enum(['application', 'credential', 'ip', 'route']),
    Type.String({ title: 'header:NAME', pattern: `^header:${TOKEN}$` }),
  ],
  {
    description:
      'Who shares a count: application, credential, ip, route (everybody together) or header:NAME. ' +
      'Left out: the application when the caller is known, else the address.',
  },
);

export const summary = 'Limits how much one caller may use in a window of time.';

export const schema = Type.Refine(
  Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 1e12, description: 'Units that one caller may use in a window.' }),
      window: duration({ description: 'Length of the window.' }),
      by: Type.Optional(by),
      cost: Type.Integer({ minimum: 1, default: 1, description: 'Units that one call uses.' }),
      algorithm: Type.Enum(['sliding-window', 'gcra'], {
        default: 'sliding-window',
        description:
          'sliding-window: never more than the limit in any window. gcra: evenly spaced, with a burst of the whole limit.',
      }),
      name: Type.Optional(
        Type.String({
          title: 'a name',
          pattern: '^[A-Za-z0-9_.:\\/\\-]{1,64}$',
          description: 'Name in replies and records. Left out: made of `by` and `window`, such as application-1m.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  ({ cost, limit }) => cost <= limit,
  () => 'has a cost above its limit, so that no call could pass, write a lower cost',
);

export type Config = Static<typeof schema>;
