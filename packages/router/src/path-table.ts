import { MethodTable } from './method-table.ts';
import { PathNode } from './path-node.ts';
import type { PathPattern } from './pattern.ts';
import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';
import type { Search } from './search.ts';

/** The routes of one host name. */
export class PathTable {
  /** Whole paths. A pattern without variable parts is more specific than any other that matches the same path. */
  readonly #literal = new Map<string, MethodTable>();
  #tree: PathNode | undefined;

  add(pattern: PathPattern, entry: RouteEntry): void {
    if (pattern.literal === undefined) (this.#tree ??= new PathNode()).add(pattern, entry);
    else this.#literalTable(pattern.literal).add(entry);
  }

  find(input: MatchInput, search: Search): RouteEntry | undefined {
    const entry = search.pick(this.#literal.get(input.path), input);
    if (entry !== undefined || this.#tree === undefined) return entry;
    search.readPath(input.path);
    return this.#tree.find(0, input, search);
  }

  #literalTable(path: string): MethodTable {
    const found = this.#literal.get(path);
    if (found !== undefined) return found;
    const table = new MethodTable();
    this.#literal.set(path, table);
    return table;
  }
}
