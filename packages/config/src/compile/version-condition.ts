import { basePath } from '../forms/path-pattern.ts';
import type { ApiSource } from '../schema/api-schema.ts';
import type { RouteCondition, VersionCondition } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';

/** What tells the requests for one version of an API from those for its others under the same address. */
export function versionCondition(
  api: ApiSource,
  { source, places, report }: Pick<Compilation, 'source' | 'places' | 'report'>,
): VersionCondition | undefined {
  const { versioning } = api;
  if (versioning === undefined) return undefined;
  const { by, date, default: byDefault } = versioning;
  const [kind, written = ''] = by.split(/:(.*)/s);
  const place = kind === 'query' || kind === 'media-type' ? kind : 'header';
  const name = place === 'query' ? written : written.toLowerCase();
  const siblings = Object.values(source.apis).filter((each) => areSiblings(each, api));
  if (byDefault && siblings.some((each) => each !== api && each.versioning?.default === true)) {
    report.problem(places.at(versioning, 'default'), 'two versions are the default, choose one');
  }
  if (date === undefined) {
    if (api.version !== undefined) return { in: place, name, is: api.version, byDefault };
    report.problem(
      places.of(versioning),
      '`version` or `versioning.date` is missing, callers need something to ask for',
    );
    return undefined;
  }
  if (Number.isNaN(Date.parse(date)) || !new Date(date).toISOString().startsWith(date)) {
    report.problem(places.at(versioning, 'date'), '`date` is no day of the calendar');
    return undefined;
  }
  const days = siblings.flatMap((each) => each.versioning?.date ?? []);
  if (days.filter((day) => day === date).length > 1) {
    report.problem(places.at(versioning, 'date'), 'two versions begin on this day, give each its own');
  }
  const until = days.filter((day) => day > date).toSorted()[0];
  return { in: place, name, is: { from: date, until }, byDefault };
}

function areSiblings(each: ApiSource, api: ApiSource): boolean {
  return (
    each.versioning?.by.toLowerCase() === api.versioning?.by.toLowerCase() &&
    basePath(each.basePath) === basePath(api.basePath) &&
    each.hosts.toSorted().join() === api.hosts.toSorted().join()
  );
}

/** The field of requests that replies depend on, for caches on their way (RFC 9110 §12.5.5); undefined: none. */
export function variesBy(version: VersionCondition | undefined): string | undefined {
  if (version === undefined || version.in === 'query') return undefined;
  return version.in === 'header' ? version.name : 'accept';
}

export function withVersion(
  when: RouteCondition | undefined,
  version: VersionCondition | undefined,
): RouteCondition | undefined {
  return version === undefined ? when : { headers: {}, query: {}, ...when, version };
}
