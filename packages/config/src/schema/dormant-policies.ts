import { duration } from '../forms/units.ts';
import type { PolicySchema } from './policy-list.ts';
import { strictObject } from './strict-object.ts';

/**
 * Policies that a file may name and that this version does not act on: they are checked, warned of and left out of the
 * snapshot. Only what is as right without being acted on may stand here: a cache may always be cold.
 */
export const DORMANT_POLICIES: readonly PolicySchema[] = [
  {
    name: 'cache',
    summary:
      'Answers with a reply that was kept. This version accepts it and does not act on it: every call goes upstream, as with a cold cache.',
    schema: strictObject({ ttl: duration({ description: 'How long a reply may be given again.' }) }),
  },
];

/** All that a file may name: those of the table, and the dormant ones that the table does not have. */
export function knownPolicies(policies: readonly PolicySchema[]): readonly PolicySchema[] {
  const names = new Set(policies.map(({ name }) => name));
  return [...policies, ...DORMANT_POLICIES.filter(({ name }) => !names.has(name))];
}

/** Names of those that are known and not acted on. */
export function dormantNames(policies: readonly PolicySchema[]): ReadonlySet<string> {
  return new Set(
    knownPolicies(policies)
      .filter((policy) => !policies.includes(policy))
      .map(({ name }) => name),
  );
}
