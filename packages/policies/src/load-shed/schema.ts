import { Type, type Static } from 'typebox';
import { checkedText, duration } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';
import { PRIORITIES } from './priority.ts';

export const summary = 'Refuses calls early when the upstream or the gate has too much to do, unimportant ones first.';

const calls = (description: string, usual: number) =>
  Type.Integer({ minimum: 1, maximum: 100_000, default: usual, description });

const adaptive = Type.Refine(
  Type.Object(
    {
      enabled: Type.Boolean({
        default: true,
        description: "Learns from the upstream's latency how much it can do at once.",
      }),
      initial: calls('Calls under way at once, to begin with.', 20),
      min: calls('The limit never falls below.', 20),
      max: calls('The limit never rises above.', 200),
      queue: Type.Integer({
        minimum: 0,
        maximum: 1000,
        default: 4,
        description: 'Calls that may wait at the upstream on top of what it works on.',
      }),
      tolerance: Type.Number({
        minimum: 1,
        maximum: 10,
        default: 1.5,
        description: 'How many times the usual latency is still usual.',
      }),
      smoothing: Type.Number({
        minimum: 0.01,
        maximum: 1,
        default: 0.2,
        description: 'Share of each new estimate that counts at once.',
      }),
      longWindow: Type.Integer({
        minimum: 10,
        maximum: 100_000,
        default: 600,
        description: 'Windows that the usual latency is an average of.',
      }),
      window: duration({ default: '250ms', description: 'How long calls are gathered; their mean is one sample.' }),
    },
    {
      additionalProperties: false,
      default: {},
      description: 'The limit of calls under way at once, for each worker.',
    },
  ),
  ({ min, initial, max }) => min <= initial && initial <= max,
  () => 'has an `initial` that is not from `min` to `max`',
);

const percent = checkedText(
  (text) => {
    const share = Number(text.slice(0, -1));
    return share >= 1 && share <= 100 ? undefined : 'is not a share of memory, write one from 1% to 100%';
  },
  {
    title: 'a share',
    pattern: String.raw`^\d{1,3}(\.\d{1,3})?%$`,
    default: '90%',
    description: 'Share of the memory (of the container or the machine, or of the heap) above which calls are shed.',
  },
);

const overload = Type.Object(
  {
    eventLoopDelay: duration({
      default: '250ms',
      description: 'How late the event loop of a worker may be, 99 times out of 100, before calls are shed.',
    }),
    memory: percent,
    inFlight: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Calls under way in a worker, at all places that shed, above which calls are shed.',
      }),
    ),
  },
  { additionalProperties: false, default: {}, description: 'Signs that the gate itself has too much to do.' },
);

const priority = { default: 'normal', description: 'How important calls are of which nothing else is known.' } as const;

export const schema = Type.Refine(
  Type.Object(
    {
      adaptive,
      overload,
      priority: Type.Enum(PRIORITIES, priority),
      priorityFrom: Type.Optional(
        Type.Union(
          [
            Type.Enum(['plan']),
            Type.String({ title: 'header:NAME', pattern: `^header:${TOKEN}$` }),
            Type.String({ title: 'claim:NAME', pattern: '^claim:[!-~]{1,200}$' }),
          ],
          { description: 'What says how important a call is: plan, header:NAME or claim:NAME.' },
        ),
      ),
      priorities: Type.Record(Type.String(), Type.Enum(PRIORITIES), {
        default: {},
        description: 'What it says, and how important that is, such as `{ gold: high, free: low }`.',
      }),
      retryAfter: duration({ default: '1s', description: 'When those that are refused are told to come back.' }),
    },
    { additionalProperties: false },
  ),
  ({ priorityFrom, priorities }) => (priorityFrom === undefined) === (Object.keys(priorities).length === 0),
  () => 'needs both of `priorityFrom` and `priorities`, or none',
);

export type Config = Static<typeof schema>;
