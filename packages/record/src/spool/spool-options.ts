import { GatehouseError } from '@gatehouse/kernel';
import { writeAt } from './segment-file.ts';
import type { WriteAt } from './segment-file.ts';

export interface SpoolOptions {
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Who writes: whoever opens the folder with the name that its lock holds takes the lock over. */
  readonly owner: string;
  readonly segmentBytesMax?: number;
  readonly segmentAgeMs?: number;
  /** Bound of the whole folder, the segment in use counted at its full size. */
  readonly totalBytesMax?: number;
  /** Bound while `protect` holds segments back; past it the oldest goes all the same. */
  readonly protectedBytesMax?: number;
  readonly write?: WriteAt;
}

const DEFAULTS = {
  segmentBytesMax: 67_108_864,
  segmentAgeMs: 3_600_000,
  totalBytesMax: 1_073_741_824,
  protectedBytesMax: 4_294_967_296,
  write: writeAt,
};

/** Throws when the limits contradict each other. */
export function completeOptions(options: SpoolOptions): Required<SpoolOptions> {
  const full = { ...DEFAULTS, ...options };
  if (full.totalBytesMax < 2 * full.segmentBytesMax)
    throw new GatehouseError('config.invalid', 'the records folder must have room for two segments');
  return full;
}
