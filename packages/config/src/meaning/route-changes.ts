import { placesOf } from '../compile/route-identity.ts';
import { canonicalJson } from '../compile/snapshot-version.ts';
import type { PolicySpec, RouteSpec, Snapshot } from '../snapshot.ts';
import type { MeaningArea, MeaningChange } from './meaning.ts';
import { changedMembers } from './values.ts';

type Told = Omit<MeaningChange, 'requests'>;

/** What becomes of requests, told once for all that have it in common. */
export function routeChanges(before: Snapshot, after: Snapshot): readonly MeaningChange[] {
  const [old, now] = [byRequest(before), byRequest(after)];
  const told = new Map<string, { readonly change: Told; readonly requests: string[] }>();
  for (const request of new Set([...old.keys(), ...now.keys()])) {
    for (const change of between(old.get(request), now.get(request))) {
      const key = canonicalJson(change);
      const known = told.get(key) ?? { change, requests: [] };
      known.requests.push(nameOf(now.get(request) ?? old.get(request)));
      told.set(key, known);
    }
  }
  return [...told.values()].map(({ change, requests }) => ({ ...change, requests: [...new Set(requests)].toSorted() }));
}

/** By host and shape: names of parameters and of the route do not matter to whoever calls. */
function byRequest({ routes }: Snapshot): ReadonlyMap<string, RouteSpec> {
  return new Map(routes.flatMap((route) => placesOf(route).map((place) => [place, route] as const)));
}

function nameOf(route: RouteSpec | undefined): string {
  if (route === undefined) return '';
  const { hosts, method, path, when } = route;
  const [host] = hosts;
  const conditions = [
    ...Object.entries(when?.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...Object.entries(when?.query ?? {}).map(([name, value]) => `?${name}=${value}`),
  ];
  const { version } = when ?? {};
  if (version !== undefined)
    conditions.push(`${version.name}: ${typeof version.is === 'string' ? version.is : version.is.from}`);
  return `${method} ${host ?? ''}${path}${conditions.length === 0 ? '' : ` when ${conditions.join(', ')}`}`;
}

function between(before: RouteSpec | undefined, after: RouteSpec | undefined): readonly Told[] {
  if (before === undefined) {
    return after === undefined
      ? []
      : [
          {
            area: 'route',
            change: 'added',
            subject: after.api,
            detail: `answered: ${whereTo(after)}, access ${after.access}`,
          },
        ];
  }
  const subject = before.api;
  if (after === undefined) return [{ area: 'route', change: 'removed', subject, detail: 'not answered any more' }];
  const changed = (area: MeaningArea, what: string, [from, to]: readonly [string, string]): readonly Told[] =>
    from === to ? [] : [{ area, change: 'changed', subject: after.api, detail: `${what}: ${from} → ${to}` }];
  return [
    ...changed('route', 'goes to', [whereTo(before), whereTo(after)]),
    ...changed('route', 'belongs to', [before.api, after.api]),
    ...changed('route', 'version', [before.version, after.version]),
    ...changed('route', 'taken off the path', [before.strip, after.strip]),
    ...changed('access', 'access', [before.access, after.access]),
    ...changed('policy', 'largest body', [String(before.bodyBytesMax), String(after.bodyBytesMax)]),
    ...changed('policy', 'spellings let through', [listOf(before.allow), listOf(after.allow)]),
    ...policyChanges(before.policies, after.policies).map((change) => ({ ...change, subject: after.api })),
  ];
}

const listOf = (words: readonly string[]): string => words.toSorted().join(', ') || 'none';

function whereTo({ target }: RouteSpec): string {
  if (target.kind === 'upstream') return target.upstream;
  return target.kind === 'ai' ? 'models' : `the prompt ${target.prompt}`;
}

function policyChanges(before: readonly PolicySpec[], after: readonly PolicySpec[]): readonly Omit<Told, 'subject'>[] {
  const [old, now] = [numbered(before), numbered(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((name): readonly Omit<Told, 'subject'>[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === undefined) return [{ area: 'policy', change: 'added', detail: name }];
    if (is === undefined) return [{ area: 'policy', change: 'removed', detail: name }];
    const details = changedMembers(was.config, is.config);
    return details.map((detail) => ({ area: 'policy', change: 'changed', detail: `${name} ${detail}` }));
  });
  const [order, next] = [orderOf(before), orderOf(after)];
  if (changes.length > 0 || order === next) return changes;
  return [{ area: 'policy', change: 'changed', detail: `order: ${order} → ${next}` }];
}

const orderOf = (policies: readonly PolicySpec[]): string => policies.map(({ name }) => name).join(', ');

/** `rate-limit`, `rate-limit 2`. */
function numbered(policies: readonly PolicySpec[]): ReadonlyMap<string, PolicySpec> {
  const counts = new Map<string, number>();
  return new Map(
    policies.map((policy) => {
      const count = (counts.get(policy.name) ?? 0) + 1;
      counts.set(policy.name, count);
      return [count === 1 ? policy.name : `${policy.name} ${count}`, policy] as const;
    }),
  );
}
