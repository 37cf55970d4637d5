import { Type, type Static } from 'typebox';
import { share, timeout } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

const run = (description: string) => Type.Integer({ description, default: 5, minimum: 0, maximum: 1000 });
const requests = (description: string, byDefault: number) =>
  Type.Integer({ description, default: byDefault, minimum: 1, maximum: 1_000_000 });

export const ejection = strictObject(
  {
    consecutive: run('Replies of 502, 503 or 504 in a row that take a target out; 0: never.'),
    consecutiveLocal: run(
      'Tries in a row without a reply (not connected, broken off, too slow) that take a target out; 0: never.',
    ),
    interval: timeout({
      description: 'How often success rates are compared, and how long without an ejection forgives one.',
      default: '10s',
    }),
    base: timeout({
      description: 'How long the first ejection lasts; the next ones twice, three times … as long.',
      default: '30s',
    }),
    max: timeout({ description: 'How long one may last.', default: '5m' }),
    maxShare: share({
      description:
        'How many targets may be out at a time, rounded down but at least one of several; 0% turns ejection off.',
      default: '50%',
    }),
    failures: strictObject(
      {
        share: share({ description: 'That many failures of the last 10 s take a target out.', default: '85%' }),
        minRequests: requests('With fewer requests, nothing is said.', 50),
      },
      { description: 'Failures, any 5xx among them, as a share.', default: {} },
    ),
    successRate: strictObject(
      {
        stdevs: Type.Number({
          description:
            'A target is taken out when it succeeds less often than the mean of all less so many standard deviations; 0: never.',
          default: 1.9,
          minimum: 0,
          maximum: 10,
        }),
        minTargets: Type.Integer({
          description: 'With fewer targets, nothing is compared.',
          default: 5,
          minimum: 3,
          maximum: 1000,
        }),
        minRequests: requests('A target with fewer requests in the interval is not compared.', 100),
      },
      { description: 'Targets that do worse than the others.', default: {} },
    ),
  },
  {
    description: 'When a target that fails requests is left out for a while; each worker sees its own requests.',
    default: {},
  },
);

export const slowStart = strictObject(
  {
    window: timeout({ description: 'Until it has its whole share.', default: '30s' }),
    aggression: Type.Number({
      description: '1: the share grows evenly; more: faster at first.',
      default: 1,
      minimum: 0.1,
      maximum: 10,
    }),
  },
  { description: 'A target that is new, or well again, begins with a tenth of its share.' },
);

export const breaker = strictObject(
  {
    errors: share({ description: 'That many failures, any 5xx among them, open it.', default: '50%' }),
    minRequests: requests('With fewer requests in the window it stays closed.', 20),
    window: timeout({ description: 'Counted in whole seconds.', default: '10s' }),
    openFor: timeout({
      description: 'How long requests are refused before some are let through as probes.',
      default: '5s',
    }),
    probes: Type.Integer({
      description: 'Requests that must succeed in a row to close it again; not more are under way at a time.',
      default: 3,
      minimum: 1,
      maximum: 100,
    }),
  },
  {
    description:
      'Refuses requests with 503 `upstream.circuit_open` at once while the upstream as a whole fails; each worker has its own.',
  },
);

export type EjectionSource = Static<typeof ejection>;
export type BreakerSource = Static<typeof breaker>;
