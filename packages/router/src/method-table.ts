import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';

/** The routes of one path pattern. */
export class MethodTable {
  readonly #byMethod = new Map<string, RouteEntry[]>();
  readonly #anyMethod: RouteEntry[] = [];

  /** Routes come in the order of the list, which decides between those with equally many conditions. */
  add(entry: RouteEntry): void {
    const entries = entry.route.method === '*' ? this.#anyMethod : this.#entriesOf(entry.route.method);
    const index = entries.findIndex((other) => other.condition.size < entry.condition.size);
    entries.splice(index < 0 ? entries.length : index, 0, entry);
  }

  /** HEAD takes GET's route before one for any method: RFC 9110 §9.3.2 wants it to answer as GET would. */
  pick(input: MatchInput): RouteEntry | undefined {
    return (
      firstHolding(this.#byMethod.get(input.method), input) ??
      (input.method === 'HEAD' ? firstHolding(this.#byMethod.get('GET'), input) : undefined) ??
      firstHolding(this.#anyMethod, input)
    );
  }

  /** Adds the methods that this request could have come with. */
  collectAllowed(input: MatchInput, into: Set<string>): void {
    for (const [method, entries] of this.#byMethod) {
      if (firstHolding(entries, input) === undefined) continue;
      into.add(method);
      if (method === 'GET') into.add('HEAD');
    }
  }

  #entriesOf(method: string): RouteEntry[] {
    const found = this.#byMethod.get(method);
    if (found !== undefined) return found;
    const entries: RouteEntry[] = [];
    this.#byMethod.set(method, entries);
    return entries;
  }
}

function firstHolding(entries: readonly RouteEntry[] | undefined, input: MatchInput): RouteEntry | undefined {
  if (entries === undefined) return undefined;
  for (const entry of entries) if (entry.condition.holds(input)) return entry;
  return undefined;
}
