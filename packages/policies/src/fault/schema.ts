import { Type, type Static } from 'typebox';
import { milliseconds } from '../parsed-units.ts';
import { duration, share } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const WAIT_MS_MAX = 5 * 60_000;

const wait = (description: string) =>
  Type.Refine(
    duration({ description }),
    (text) => milliseconds(text) <= WAIT_MS_MAX,
    () => 'is too long, write one of 5m at most',
  );

const between = Type.Refine(
  Type.Object(
    { min: wait('The shortest.'), max: wait('The longest.') },
    { additionalProperties: false, title: 'between two times' },
  ),
  ({ min, max }) => milliseconds(min) <= milliseconds(max),
  () => 'has a `min` above its `max`, swap them',
);

export const summary = 'Delays, fails or cuts a share of calls on purpose, to see what callers make of it.';

export const schema = Type.Refine(
  Type.Object(
    {
      share: share({ description: 'Of the calls that come by. It has to be written: faults are never a surprise.' }),
      delay: Type.Optional(
        Type.Union([wait('How long a call waits before it goes on.'), between], {
          description: 'How long a call waits before it goes on: one time, or any between `min` and `max`.',
        }),
      ),
      abort: Type.Optional(
        Type.Union([Type.Integer({ minimum: 400, maximum: 599 }), Type.Literal('reset')], {
          description: 'The status that a call is answered with, or reset, which cuts the connection.',
        }),
      ),
      header: Type.Optional(
        Type.String({ pattern: `^${TOKEN}$`, description: 'Only calls that carry this field are meant.' }),
      ),
    },
    { additionalProperties: false },
  ),
  ({ delay, abort }) => delay !== undefined || abort !== undefined,
  () => 'does nothing, write `delay` or `abort`',
);

export type Config = Static<typeof schema>;
