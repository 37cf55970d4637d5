import type { Report, Place } from '../problems/report.ts';
import { quote } from '../problems/nearest.ts';
import type { RouteCondition, RouteSpec } from '../snapshot.ts';

/** A route on its way into the snapshot, with the file and the place it came from. */
export interface RouteDraft {
  readonly spec: RouteSpec;
  readonly report: Report;
  readonly place: Place;
}

/** `<api> <METHOD> <path>`, with the conditions behind where there are some: two routes never share a counter. */
export function routeId({ api, method, path, when }: Pick<RouteSpec, 'api' | 'method' | 'path' | 'when'>): string {
  const conditions = conditionTexts(when);
  return [api, method, path, ...(conditions.length > 0 ? ['when', ...conditions] : [])].join(' ');
}

/** The same for two routes that the same requests would take: names of parameters do not count. */
export function routeShape({ method, path, when }: Pick<RouteSpec, 'method' | 'path' | 'when'>): string {
  return [method, path.replaceAll(/\{[^/]*\}/g, '{}'), ...conditionTexts(when)].join('\n');
}

/** By host and shape: what only one route can have. */
export function placesOf(route: Pick<RouteSpec, 'hosts' | 'method' | 'path' | 'when'>): readonly string[] {
  const shape = routeShape(route);
  return (route.hosts.length === 0 ? ['*'] : route.hosts).map((host) => `${host}\n${shape}`);
}

function conditionTexts(when: RouteCondition | undefined): string[] {
  if (when === undefined) return [];
  const texts = (kind: string, wanted: Readonly<Record<string, string>>): string[] =>
    Object.entries(wanted).map(([name, value]) => `${kind}:${name}=${value}`);
  const { version } = when;
  const day = typeof version?.is === 'object' ? version.is.from : version?.is;
  const versions = version === undefined ? [] : [`version:${version.name}=${day}`];
  return [...texts('header', when.headers), ...texts('query', when.query), ...versions].toSorted();
}

/** Of two routes for the same requests one would be dead; which, the file does not say. */
export function checkDuplicates(drafts: readonly RouteDraft[]): void {
  const seen = new Map<string, RouteDraft>();
  for (const draft of drafts) {
    const shape = routeShape(draft.spec);
    const hosts = draft.spec.hosts.length === 0 ? ['*'] : draft.spec.hosts;
    const first = hosts.map((host) => seen.get(`${host}\n${shape}`)).find((found) => found !== undefined);
    if (first !== undefined) draft.report.problem(draft.place, () => duplicateMessage(draft, first));
    for (const host of hosts) if (!seen.has(`${host}\n${shape}`)) seen.set(`${host}\n${shape}`, draft);
  }
}

function duplicateMessage(draft: RouteDraft, first: RouteDraft): string {
  const where = first.report === draft.report ? ` of line ${first.report.line(first.place)}` : '';
  const right = 'give one of them another method, path, host or condition';
  return `this route takes the same requests as ${quote(first.spec.id)}${where}, ${right}`;
}
