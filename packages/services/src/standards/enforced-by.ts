import { IDENTIFYING_POLICIES } from '@gatehouse/kernel';
import type { Enforced } from '@gatehouse/governance';
import { dataOf, listOf } from '../json-data.ts';

/** What a gate asks of callers of a version, as its `spec` says; of a route's own where that has any. */
export function enforcedBy(spec: unknown): Enforced {
  const api = dataOf(spec);
  const operations = listOf(api['routes']).flatMap((route): readonly (readonly [string, readonly string[]])[] => {
    const { method, path, access = api['access'], policies } = dataOf(route);
    if (typeof method !== 'string' || typeof path !== 'string') return [];
    return [[`${method} ${path}`, asked(access, [...listOf(api['policies']), ...listOf(policies)])]];
  });
  return { all: asked(api['access'], listOf(api['policies'])), operations: Object.fromEntries(operations) };
}

function asked(access: unknown, policies: readonly unknown[]): readonly string[] {
  const named = policies
    .flatMap((policy) => Object.keys(Object(policy)))
    .filter((name) => IDENTIFYING_POLICIES.has(name));
  if (named.length > 0) return named;
  return access === 'open' ? [] : ['key'];
}
