import { CHANGES } from './changes.ts';
import type { Level } from './variance.ts';

/** Id or fingerprint of a change → what it counts as here; `none`: it is not told. */
export type Overrides = ReadonlyMap<string, Level | 'none'>;

export class WrongOverrides extends Error {
  override readonly name = 'WrongOverrides';
}

const LEVELS: ReadonlySet<unknown> = new Set(['error', 'warning', 'info', 'none']);

function isLevel(value: unknown): value is Level | 'none' {
  return LEVELS.has(value);
}

/** Of an object `id: level`. Throws `WrongOverrides` that says which entry is wrong. */
export function parseOverrides(value: unknown): Overrides {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WrongOverrides(
      'overrides are an object of ids and levels, such as {"response-enum-value-added": "info"}',
    );
  }
  const overrides = new Map<string, Level | 'none'>();
  for (const [id, level] of Object.entries(value)) {
    if (!CHANGES.has(id) && !/^[0-9a-f]{16}$/.test(id)) {
      throw new WrongOverrides(`${id.slice(0, 80)} is no id of a change and no fingerprint`);
    }
    if (!isLevel(level)) throw new WrongOverrides(`${id}: write error, warning, info or none`);
    overrides.set(id, level);
  }
  return overrides;
}
