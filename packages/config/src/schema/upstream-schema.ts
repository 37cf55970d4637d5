import { Type, type Static } from 'typebox';
import { endpointUrl } from '../forms/endpoint-url.ts';
import { hashKeyText } from '../forms/hash-key.ts';
import { hedgeMomentText } from '../forms/hedge-moment.ts';
import { headerNameText, labelText } from '../forms/tokens.ts';
import { parsedText } from '../forms/parsed.ts';
import { share, timeout } from '../forms/units.ts';
import { dnsTarget, urlResolution } from './discovery-schema.ts';
import { strictObject } from './strict-object.ts';
import { breaker, ejection, slowStart } from './upstream-health-schema.ts';
import { upstreamTls } from './upstream-tls-schema.ts';

export const weight = (description: string) => Type.Number({ description, default: 1, minimum: 0, maximum: 1_000_000 });

interface TimeoutDefaults {
  readonly connect: string;
  readonly firstByte: string;
  readonly idle: string;
}

const timeoutFields = (defaults: TimeoutDefaults) => ({
  connect: timeout({ description: 'Until a connection stands.', default: defaults.connect }),
  firstByte: timeout({
    description: 'From the last byte of a request to the first of its reply.',
    default: defaults.firstByte,
  }),
  idle: timeout({ description: 'Silence inside a reply or a request body.', default: defaults.idle }),
});
const TIMEOUTS = { description: 'How long the gate waits for an answer.', default: {} };

export const timeouts = (defaults: TimeoutDefaults) => strictObject(timeoutFields(defaults), TIMEOUTS);

const upstreamTimeouts = strictObject(
  {
    ...timeoutFields({ connect: '2s', firstByte: '30s', idle: '60s' }),
    total: Type.Optional(
      timeout({
        description:
          'From the first try to the last byte of the reply, all tries together; a call of gRPC may ask for less. Without, there is no bound.',
      }),
    ),
    header: Type.Optional(
      headerNameText({
        description: 'Tells targets how many ms are left of `total`, such as x-request-timeout-ms; gRPC has its own.',
      }),
    ),
  },
  TIMEOUTS,
);

const hash = strictObject(
  {
    by: hashKeyText({
      description: 'Requests that agree in it go to the same target; those that have none are spread.',
      default: 'ip',
    }),
    loadFactor: Type.Number({
      description: 'A target with more than so many times its share of the requests under way is passed over.',
      default: 1.25,
      minimum: 1.01,
      maximum: 100,
    }),
  },
  { description: 'What `balance: consistent-hash` goes by.' },
);

const hedge = strictObject(
  {
    after: hedgeMomentText({
      description: 'When the second is sent: after that share of replies of late, or a time.',
      default: 'p95',
    }),
  },
  {
    description:
      'Sends a request that can be repeated to a second target when the first is slow, out of the budget of retries; the first good answer counts.',
  },
);

const count = (description: string, byDefault: number) =>
  Type.Integer({ description, default: byDefault, minimum: 1, maximum: 100 });

const health = strictObject(
  {
    path: parsedText(
      (text) =>
        /^\/[!-~]{0,2047}$/.test(text) && !/[#{}*\\"<>^`|]/.test(text)
          ? { value: text }
          : { wrong: 'is not the path of a request, write one such as /readyz' },
      { title: 'a path', examples: ['/readyz'], description: 'Asked with GET; any status from 200 to 399 is healthy.' },
    ),
    interval: timeout({ description: 'Between two questions.', default: '5s' }),
    timeout: timeout({ description: 'How long one answer may take.', default: '1s' }),
    unhealthyAfter: count('Failures in a row that take a target out.', 2),
    healthyAfter: count('Successes in a row that bring it back.', 1),
  },
  { description: 'Questions that the gate asks each target by itself; without, only traffic tells.' },
);

const retries = strictObject(
  {
    attempts: Type.Integer({
      description: 'Further tries after the first; 0 for none.',
      default: 1,
      minimum: 0,
      maximum: 10,
    }),
    on: Type.Array(Type.Enum(['connect', 'reset', 'timeout', 500, 502, 503, 504, 429]), {
      description: 'What is tried again.',
      default: ['connect'],
      uniqueItems: true,
    }),
    budget: share({ description: 'How many of all requests may be retries.', default: '20%' }),
  },
  { description: 'When a request is tried again.', default: {} },
);

export const upstreamSchema = strictObject(
  {
    protocol: Type.Enum(['http1', 'h2', 'h2c', 'auto'], {
      description:
        'What the gate speaks to the targets: HTTP/1.1, HTTP/2 over TLS, HTTP/2 in plain text (both also for gRPC), or over TLS what a target prefers and else HTTP/1.1.',
      default: 'http1',
    }),
    balance: Type.Enum(['peak-ewma', 'round-robin', 'random', 'least-requests', 'consistent-hash'], {
      description: 'How a target is chosen.',
      default: 'peak-ewma',
    }),
    targets: Type.Array(
      Type.Union([
        endpointUrl({ description: 'The URL alone; its weight is 1.' }),
        strictObject({
          url: Type.Optional(
            endpointUrl({ description: 'Scheme, host, port and a path that all requests get in front.' }),
          ),
          resolve: Type.Optional(urlResolution),
          dns: Type.Optional(dnsTarget),
          weight: weight('Share of the requests, relative to the other targets, for each address; 0 for none.'),
        }),
      ]),
      { description: 'Where requests go.', minItems: 1 },
    ),
    tls: Type.Optional(upstreamTls),
    health: Type.Optional(health),
    timeouts: upstreamTimeouts,
    retries,
    hash: Type.Optional(hash),
    slowStart: Type.Optional(slowStart),
    ejection,
    panic: Type.Optional(
      share({
        description:
          'When fewer targets than that are well, nobody’s health counts, so that the last ones are not crushed. Without: below 50%, ejections do not count, and what `health` calls down stays out.',
      }),
    ),
    breaker: Type.Optional(breaker),
    hedge: Type.Optional(hedge),
  },
  { description: 'A service behind the gate: one or more targets that answer alike.' },
);

export type UpstreamSource = Static<typeof upstreamSchema>;
export type TimeoutsSource = Pick<UpstreamSource['timeouts'], 'connect' | 'firstByte' | 'idle'>;

export const upstreamReference = (description: string) =>
  labelText({ title: 'the name of an upstream or a URL', description });
