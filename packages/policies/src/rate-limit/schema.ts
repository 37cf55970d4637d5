import { Type, type Static } from 'typebox';
import { costPart, duration, fixedCostMax, sharedBy } from '../schema-parts.ts';

const units = { minimum: 1, maximum: 1e12, description: 'Units that one caller may use in a window.' };
const window = duration({ description: 'Length of the window.' });
const by = sharedBy(
  'Who shares a count: application, credential, subject (whom a token speaks of), ip, route (everybody together), ' +
    'header:NAME or claim:NAME. Left out: the application when the caller is known, else the address.',
);
const name = Type.String({
  title: 'a name',
  pattern: '^[A-Za-z0-9_.:\\/\\-]{1,64}$',
  description: 'Name in replies and records. Left out: made of `by` and `window`, such as application-1m.',
});
const ALGORITHMS = ['sliding-window', 'gcra'] as const;
const algorithms =
  'sliding-window: never more than the limit in any window. gcra: evenly spaced, with a burst of the whole limit.';

const limit = Type.Object(
  {
    limit: Type.Integer(units),
    window,
    by: Type.Optional(by),
    cost: Type.Optional(costPart({ description: 'Units that one call uses of this limit.' })),
    algorithm: Type.Optional(Type.Enum(ALGORITHMS, { description: algorithms })),
    name: Type.Optional(name),
  },
  { additionalProperties: false, title: 'a limit' },
);

export const summary = 'Limits how much one caller may use in a window of time.';

const fields = Type.Object(
  {
    limit: Type.Optional(Type.Integer(units)),
    window: Type.Optional(window),
    by: Type.Optional(by),
    cost: costPart({
      default: 1,
      description:
        'Units that one call uses: a number, or by what the call is: `methods`, `routes`, `header`, `claim`, `default`.',
    }),
    algorithm: Type.Enum(ALGORITHMS, { default: 'sliding-window', description: algorithms }),
    name: Type.Optional(name),
    limits: Type.Array(limit, {
      maxItems: 16,
      default: [],
      description:
        'Several limits that are taken together, instead of `limit` and `window`: a call that one of them refuses ' +
        'uses nothing of the others.',
    }),
  },
  { additionalProperties: false },
);

type Fields = Static<typeof fields>;

export const schema = Type.Refine(
  fields,
  (config) => problemOf(config) === undefined,
  (config) => problemOf(config) ?? 'is right',
);

export type Config = Fields;

function problemOf(config: Fields): string | undefined {
  const { limits } = config;
  const single = config.limit !== undefined && config.window !== undefined;
  if (limits.length === 0 && !single) return 'must have required properties limit and window, or a list of `limits`';
  if (limits.length > 0 && (config.limit ?? config.window ?? config.name) !== undefined)
    return 'has `limits`, so that `limit`, `window` and `name` belong to each of them';
  const all = single ? [{ limit: config.limit ?? 0, cost: config.cost }] : limits;
  if (all.some(({ limit: most, cost }) => fixedCostMax(cost ?? config.cost) > most))
    return 'has a cost above its limit, so that no call could pass, write a lower cost';
  const names = limits.map((each) => each.name ?? `${each.by ?? config.by ?? ''}-${each.window}`);
  return new Set(names).size < names.length
    ? 'has two limits with the same `by` and `window`, give one of them a `name`'
    : undefined;
}
