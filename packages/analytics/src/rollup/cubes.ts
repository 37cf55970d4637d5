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
  /**
   * By what distributions of times are kept, on the levels that there are. A distribution has a row for each bucket, so
   * it tells less apart than sums do; over short times, where it would have as many rows as there are calls, still less.
   */
  readonly spread: Readonly<Partial<Record<Level, readonly Dimension[]>>>;
  readonly timings: readonly Timing[];
  /** Only calls to models. */
  readonly modelsOnly?: boolean;
}

const ROUTES: readonly Dimension[] = ['api', 'version', 'route'];
const MODELS: readonly Dimension[] = ['provider', 'model', 'api', 'application'];
const CALLERS: readonly Dimension[] = ['api', 'application'];

/** The smallest first: a question goes to the first that can answer it. */
export const CUBES: readonly Cube[] = [
  {
    name: 'traffic',
    dimensions: ['node', 'api', 'version', 'route', 'method', 'status', 'code', 'cache'],
    spread: { days: ROUTES, hours: ROUTES, minutes: ['api'] },
    timings: TIMINGS,
  },
  {
    name: 'models',
    dimensions: ['provider', 'model', 'api', 'team', 'application', 'status', 'cache'],
    spread: { days: MODELS, hours: MODELS, minutes: ['provider', 'model'] },
    timings: TIMINGS,
    modelsOnly: true,
  },
  {
    name: 'callers',
    dimensions: ['api', 'version', 'plan', 'team', 'application', 'credential', 'status'],
    spread: { days: CALLERS, hours: CALLERS },
    timings: ['duration'],
  },
];

export function levelsOf({ spread }: Cube): readonly Level[] {
  return LEVELS.filter((level) => spread[level] !== undefined);
}

export interface Wanted {
  readonly dimensions: readonly Dimension[];
  readonly timings: readonly Timing[];
}

export interface Fitting {
  readonly cube: Cube;
  /** The longest first. */
  readonly levels: readonly Level[];
}

/** `statusClass` is read off the status. Undefined: nothing but records can tell. */
export function cubeFor({ dimensions, timings }: Wanted): Fitting | undefined {
  const needed = dimensions.map((each) => (each === 'statusClass' ? 'status' : each));
  const aboutModels = needed.some((each) => each === 'provider' || each === 'model');
  for (const cube of CUBES) {
    const isFit =
      (cube.modelsOnly === true) === aboutModels &&
      needed.every((each) => cube.dimensions.includes(each)) &&
      timings.every((each) => cube.timings.includes(each));
    const levels = levelsOf(cube).filter(
      (level) => timings.length === 0 || needed.every((each) => cube.spread[level]?.includes(each)),
    );
    if (isFit && levels.length > 0) return { cube, levels };
  }
  return undefined;
}
