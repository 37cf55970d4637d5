import { MethodTable } from './method-table.ts';
import type { PathScan } from './path-scan.ts';
import type { PathPattern, PatternSegment } from './pattern.ts';
import type { RouteEntry } from './route-entry.ts';
import type { MatchInput } from './route-result.ts';
import type { Search } from './search.ts';

/**
 * A tree with one level per path segment. Every edge consumes exactly one segment, so a look-up enters a node at most
 * once: with all its backtracking it costs no more than the tree has nodes within the path's depth.
 */
export class PathNode {
  /** The first literal child is compared in place; most nodes have no other. */
  #text = '';
  #literal: PathNode | undefined;
  /** All literal children when there are several. */
  #literals: Map<string, PathNode> | undefined;
  /** A longer segment is none of them, and is not cut out and hashed to find that out. */
  #literalLengthMax = 0;
  #param: PathNode | undefined;
  /** Routes whose pattern ends here. */
  #exact: MethodTable | undefined;
  /** Routes whose pattern has a `*` here. */
  #rest: MethodTable | undefined;

  add(pattern: PathPattern, entry: RouteEntry): void {
    const end = pattern.segments.reduce<PathNode>((node, segment) => node.#childFor(segment), this);
    if (pattern.rest) (end.#rest ??= new MethodTable()).add(entry);
    else (end.#exact ??= new MethodTable()).add(entry);
  }

  /** Literal before parameter before rest; the first whose routes take the request. `depth` segments are consumed. */
  find(depth: number, input: MatchInput, search: Search): RouteEntry | undefined {
    const scan = search.scan;
    search.nodesVisited++;
    if (depth === scan.count) return search.pick(this.#exact, input) ?? search.pick(this.#rest, input);
    return (
      this.#literalChild(scan, depth)?.find(depth + 1, input, search) ??
      this.#paramChild(scan, depth)?.find(depth + 1, input, search) ??
      search.pick(this.#rest, input)
    );
  }

  #literalChild(scan: PathScan, depth: number): PathNode | undefined {
    if (this.#literal === undefined || scan.length(depth) > this.#literalLengthMax) return undefined;
    if (this.#literals !== undefined) return this.#literals.get(scan.segment(depth));
    return scan.equals(depth, this.#text) ? this.#literal : undefined;
  }

  /** A parameter holds at least one character, so `/users/` is not `/users/{id}`. */
  #paramChild(scan: PathScan, depth: number): PathNode | undefined {
    return this.#param !== undefined && scan.length(depth) > 0 ? this.#param : undefined;
  }

  #childFor(segment: PatternSegment): PathNode {
    if (segment.kind === 'param') return (this.#param ??= new PathNode());
    this.#literalLengthMax = Math.max(this.#literalLengthMax, segment.text.length);
    if (this.#literal === undefined) {
      this.#text = segment.text;
      return (this.#literal = new PathNode());
    }
    if (segment.text === this.#text) return this.#literal;
    this.#literals ??= new Map([[this.#text, this.#literal]]);
    return childOf(this.#literals, segment.text);
  }
}

function childOf(children: Map<string, PathNode>, text: string): PathNode {
  const found = children.get(text);
  if (found !== undefined) return found;
  const child = new PathNode();
  children.set(text, child);
  return child;
}
