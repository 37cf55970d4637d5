import type { RouteCondition, VersionCondition } from '@gatehouse/config';
import { mediaTypeVersion } from './media-type-version.ts';
import { queryValue } from './query-value.ts';
import type { MatchInput } from './route-result.ts';

/** Something that a request must carry to take a route. */
export type Condition = (input: MatchInput) => boolean;

/** Undefined for none. `*` as a value: any will do, but the header or parameter must be there. */
export function conditionsOf(when: RouteCondition | undefined): readonly Condition[] | undefined {
  if (when === undefined) return undefined;
  const conditions: Condition[] = [
    ...Object.entries(when.headers).map(
      ([name, wanted]) =>
        (input: MatchInput) =>
          fits(input.header(name), wanted),
    ),
    ...Object.entries(when.query).map(
      ([name, wanted]) =>
        (input: MatchInput) =>
          fits(queryValue(input.query, name), wanted),
    ),
    ...(when.version === undefined ? [] : [versionCondition(when.version)]),
  ];
  return conditions.length === 0 ? undefined : conditions;
}

function askedIn(place: VersionCondition['in'], name: string): (input: MatchInput) => string | undefined {
  if (place === 'header') return (input) => input.header(name);
  if (place === 'query') return (input) => queryValue(input.query, name);
  const versionIn = mediaTypeVersion(name);
  // What is sent says it as well, where nothing is said about what is wanted back.
  return (input) => versionIn(input.header('accept')) ?? versionIn(input.header('content-type'));
}

/** Days compare as their texts do. */
function versionCondition({ in: place, name, is, byDefault }: VersionCondition): Condition {
  const asked = askedIn(place, name);
  const wanted =
    typeof is === 'string'
      ? (version: string) => version === is
      : (version: string) => DAY.test(version) && version >= is.from && (is.until === undefined || version < is.until);
  return (input) => {
    const version = asked(input);
    return version === undefined || version === '' ? byDefault : wanted(version);
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function fits(actual: string | undefined, wanted: string): boolean {
  return actual !== undefined && (wanted === '*' || actual === wanted);
}
