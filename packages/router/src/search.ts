import type { MethodTable } from './method-table.ts';
import { PathScan } from './path-scan.ts';
import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';

/**
 * The scratch space of one look-up after another. A look-up is synchronous and is not entered again before it ends,
 * so one router needs one.
 */
export class Search {
  readonly scan: PathScan;
  /** Nodes that the last look-up has entered; a tree is entered at most once per node, never exponentially often. */
  nodesVisited = 0;
  #scanned = false;
  readonly #missed: MethodTable[] = [];

  constructor(segmentsMax: number) {
    this.scan = new PathScan(segmentsMax);
  }

  start(): void {
    this.#scanned = false;
    this.nodesVisited = 0;
    if (this.#missed.length > 0) this.#missed.length = 0;
  }

  /** Left until a tree is asked: most paths are found whole. */
  readPath(path: string): PathScan {
    if (!this.#scanned) this.scan.read(path);
    this.#scanned = true;
    return this.scan;
  }

  /** A route of a pattern that the path matches; remembers the pattern when none of its routes takes the request. */
  pick(table: MethodTable | undefined, input: MatchInput): RouteEntry | undefined {
    if (table === undefined) return undefined;
    const entry = table.pick(input);
    if (entry === undefined) this.#missed.push(table);
    return entry;
  }

  /** Sorted methods of all patterns that the path matched, in every host table that was asked. */
  allowed(input: MatchInput): readonly string[] {
    if (this.#missed.length === 0) return [];
    const methods = new Set<string>();
    for (const table of this.#missed) table.collectAllowed(input, methods);
    return [...methods].toSorted();
  }
}
