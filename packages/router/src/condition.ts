import type { RouteCondition } from '@gatehouse/config';
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
  ];
  return conditions.length === 0 ? undefined : conditions;
}

function fits(actual: string | undefined, wanted: string): boolean {
  return actual !== undefined && (wanted === '*' || actual === wanted);
}
