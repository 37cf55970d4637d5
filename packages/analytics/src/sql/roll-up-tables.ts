import type { Cube, Level } from '../rollup/cubes.ts';

/** `traffic_minutes`: sums; `traffic_minutes_spread`: distributions of times. */
export const sumsTable = (cube: Cube, level: Level): string => `${cube.name}_${level}`;
export const spreadTable = (cube: Cube, level: Level): string => `${cube.name}_${level}_spread`;
