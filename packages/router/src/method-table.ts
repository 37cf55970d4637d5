import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';

/** The routes of one path pattern. */
export class MethodTable {
  /** Those of one method before those of any; then more conditions before fewer; then by their order in the list. */
  readonly #entries: RouteEntry[] = [];

  add(entry: RouteEntry): void {
    const index = this.#entries.findIndex((other) => isBefore(entry, other));
    this.#entries.splice(index < 0 ? this.#entries.length : index, 0, entry);
  }

  /** HEAD takes GET's route before one for any method: RFC 9110 §9.3.2 wants it to answer as GET would. */
  pick(input: MatchInput): RouteEntry | undefined {
    let substitute: RouteEntry | undefined;
    for (const entry of this.#entries) {
      if (entry.method === input.method) {
        if (entry.holds(input)) return entry;
      } else if (substitute === undefined && standsIn(entry.method, input.method) && entry.holds(input)) {
        substitute = entry;
      }
    }
    return substitute;
  }

  /** Adds the methods that this request could have come with. */
  collectAllowed(input: MatchInput, into: Set<string>): void {
    for (const entry of this.#entries) {
      if (!entry.holds(input)) continue;
      into.add(entry.method);
      if (entry.method === 'GET') into.add('HEAD');
    }
  }
}

function standsIn(offered: string, asked: string): boolean {
  return offered === '*' || (offered === 'GET' && asked === 'HEAD');
}

function isBefore(entry: RouteEntry, other: RouteEntry): boolean {
  const forAny = entry.method === '*';
  return forAny === (other.method === '*') ? entry.conditionCount > other.conditionCount : !forAny;
}
