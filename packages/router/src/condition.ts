import type { RouteCondition } from '@gatehouse/config';
import { queryValue } from './query-value.ts';
import type { MatchInput } from './route-result.ts';

interface Wanted {
  readonly name: string;
  /** `*`: any value will do. */
  readonly value: string;
}

/** What else a request must carry to take a route. */
export class Condition {
  /** The route with more conditions is the more specific one. */
  readonly size: number;
  readonly #headers: readonly Wanted[];
  readonly #query: readonly Wanted[];

  constructor(when: RouteCondition | undefined) {
    this.#headers = wantedOf(when?.headers);
    this.#query = wantedOf(when?.query);
    this.size = this.#headers.length + this.#query.length;
  }

  holds(input: MatchInput): boolean {
    if (this.size === 0) return true;
    for (const wanted of this.#headers) if (!satisfies(input.header(wanted.name), wanted)) return false;
    for (const wanted of this.#query) if (!satisfies(queryValue(input.query, wanted.name), wanted)) return false;
    return true;
  }
}

function wantedOf(record: Readonly<Record<string, string>> | undefined): Wanted[] {
  return Object.entries(record ?? {}).map(([name, value]) => ({ name, value }));
}

function satisfies(actual: string | undefined, wanted: Wanted): boolean {
  return actual !== undefined && (wanted.value === '*' || actual === wanted.value);
}
