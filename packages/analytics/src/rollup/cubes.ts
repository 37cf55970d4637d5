import type { Dimension } from '../query/dimensions.ts';
import { TIMINGS, type Timing } from '../query/metrics.ts';

/** Lengths of time over which calls are summed up, the longest first. */
export const LEVELS = ['days', 'hours', 'minutes'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_MS: Readonly<Record<Level, number>> = { days: 86_400_000, hours: 3_600_000, minutes: 60_000 };

/** Sums of calls that agree in these dimensions; what they do not tell apart is answered by records. */
export interface Cube {
  readonly name: 'traffic' | 'callers' | 'models';
  readonly dimensions: readonly Dimension[];
  /** A distribution has a row for each bucket, so that it is kept by fewer dimensions. */
  readonly spread: readonly Dimension[];
  readonly timings: readonly Timing[];
  readonly levels: readonly Level[];
  /** Only calls to models. */
  readonly modelsOnly?: boolean;
}

/** The smallest first: a question goes to the first that can answer it. */
export const CUBES: readonly Cube[] = [
  {
    name: 'traffic',
    dimensions: ['node', 'api', 'version', 'route', 'method', 'status', 'code', 'cache'],
    spread: ['node', 'api', 'version', 'route', 'status'],
    timings: TIMINGS,
    levels: ['days', 'hours', 'minutes'],
  },
  {
    name: 'models',
    dimensions: ['provider', 'model', 'api', 'team', 'application', 'status', 'cache'],
    spread: ['provider', 'model', 'api', 'application'],
    timings: TIMINGS,
    levels: ['days', 'hours', 'minutes'],
    modelsOnly: true,
  },
  {
    name: 'callers',
    dimensions: ['api', 'version', 'plan', 'team', 'application', 'credential', 'status'],
    spread: ['api', 'application'],
    timings: ['duration'],
    levels: ['days', 'hours'],
  },
];

export interface Wanted {
  readonly dimensions: readonly Dimension[];
  readonly timings: readonly Timing[];
}

/** `statusClass` is read off the status. Undefined: nothing but records can tell. */
export function cubeFor({ dimensions, timings }: Wanted): Cube | undefined {
  const needed = dimensions.map((each) => (each === 'statusClass' ? 'status' : each));
  const aboutModels = needed.some((each) => each === 'provider' || each === 'model');
  return CUBES.find(
    (cube) =>
      (cube.modelsOnly === true) === aboutModels &&
      needed.every((each) => cube.dimensions.includes(each)) &&
      timings.every((each) => cube.timings.includes(each)) &&
      (timings.length === 0 || needed.every((each) => cube.spread.includes(each))),
  );
}
