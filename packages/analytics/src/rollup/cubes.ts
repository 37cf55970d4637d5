import type { Dimension } from '../query/dimensions.ts';
import { TIMINGS, type Timing } from '../query/metrics.ts';

/** Lengths of time over which calls are summed up, the longest first. */
export const LEVELS = ['days', 'hours', 'minutes'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_MS: Readonly<Record<Level, number>> = { days: 86_400_000, hours: 3_600_000, minutes: 60_000 };

/** By what a level of a cube tells calls apart: sums, and distributions of times, which have a row for each bucket. */
export interface Grain {
  readonly sums: readonly Dimension[];
  readonly spread: readonly Dimension[];
}

/**
 * Sums of calls that agree in some dimensions; what they do not tell apart is answered by records. Over short times little
 * is told apart, or there would be as many rows as calls.
 */
export interface Cube {
  readonly name: 'traffic' | 'callers' | 'models';
  readonly grains: Readonly<Partial<Record<Level, Grain>>>;
  readonly timings: readonly Timing[];
  /** Only calls to models. */
  readonly modelsOnly?: boolean;
}

const ROUTES: Grain = {
  sums: ['node', 'api', 'version', 'route', 'method', 'status', 'code', 'cache'],
  spread: ['api', 'version', 'route'],
};
const MODELS: Grain = {
  sums: ['provider', 'model', 'api', 'team', 'application', 'status', 'cache'],
  spread: ['provider', 'model', 'api', 'application'],
};
const CALLERS: Grain = {
  sums: ['api', 'version', 'plan', 'team', 'application', 'credential', 'status'],
  spread: ['api', 'application'],
};

/** The smallest first: a question goes to the first that can answer it. */
export const CUBES: readonly Cube[] = [
  {
    name: 'traffic',
    grains: { days: ROUTES, hours: ROUTES, minutes: { sums: ['api', 'status'], spread: ['api'] } },
    timings: TIMINGS,
  },
  {
    name: 'models',
    grains: {
      days: MODELS,
      hours: MODELS,
      minutes: { sums: ['provider', 'model', 'status'], spread: ['provider', 'model'] },
    },
    timings: TIMINGS,
    modelsOnly: true,
  },
  { name: 'callers', grains: { days: CALLERS, hours: CALLERS }, timings: ['duration'] },
];

export function levelsOf({ grains }: Cube): readonly Level[] {
  return LEVELS.filter((level) => grains[level] !== undefined);
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
  const tells = (grain: Grain | undefined): boolean =>
    needed.every((each) => grain?.sums.includes(each)) &&
    (timings.length === 0 || needed.every((each) => grain?.spread.includes(each)));
  for (const cube of CUBES) {
    if ((cube.modelsOnly === true) !== aboutModels || !timings.every((each) => cube.timings.includes(each))) continue;
    const levels = levelsOf(cube).filter((level) => tells(cube.grains[level]));
    if (levels.length > 0) return { cube, levels };
  }
  return undefined;
}
