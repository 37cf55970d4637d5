/**
 * By what calls are told apart, and where that stands in a record. `statusClass` is `2xx` and so on; `cache` is what
 * became of the look-up, such as `hit`; `node` is the gate that served,
 * `limitedBy` the limit that decided.
 */
export const DIMENSIONS = [
  'api',
  'version',
  'route',
  'method',
  'status',
  'statusClass',
  'code',
  'plan',
  'team',
  'application',
  'credential',
  'subscription',
  'provider',
  'model',
  'cache',
  'upstream',
  'limitedBy',
  'config',
  'node',
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

export function isDimension(name: string): name is Dimension {
  return DIMENSIONS.some((known) => known === name);
}
