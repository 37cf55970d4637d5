import type { RouteSpec } from '@gatehouse/config';

/** One level of a host's paths. Literal segments win over `{name}`, which wins over a last `*`. */
export interface PathNode {
  readonly literals: Map<string, PathNode>;
  parameter: PathNode | undefined;
  /** Routes that end here, and routes that take any rest from here. */
  readonly exact: RouteSpec[];
  readonly rest: RouteSpec[];
}

export function emptyNode(): PathNode {
  return { literals: new Map(), parameter: undefined, exact: [], rest: [] };
}

export function addRoute(root: PathNode, route: RouteSpec): void {
  let node = root;
  for (const segment of route.path.slice(1).split('/')) {
    if (segment === '*') {
      node.rest.push(route);
      return;
    }
    node = segment.startsWith('{') ? (node.parameter ??= emptyNode()) : childOf(node, segment);
  }
  node.exact.push(route);
}

function childOf(node: PathNode, segment: string): PathNode {
  const known = node.literals.get(segment);
  if (known !== undefined) return known;
  const child = emptyNode();
  node.literals.set(segment, child);
  return child;
}

/**
 * Offers the route lists that fit `path` to `accept`, most specific first, until it takes one.
 * Every node is entered at most once for a position, and a path has no more positions than segments.
 */
export function visit(
  node: PathNode,
  at: { path: string; from: number },
  accept: (routes: readonly RouteSpec[]) => boolean,
): boolean {
  const { path, from } = at;
  if (from > path.length) {
    return (node.exact.length > 0 && accept(node.exact)) || (node.rest.length > 0 && accept(node.rest));
  }
  const slash = path.indexOf('/', from);
  const end = slash < 0 ? path.length : slash;
  const literal = node.literals.size > 0 ? node.literals.get(path.slice(from, end)) : undefined;
  if (literal !== undefined && visit(literal, { path, from: end + 1 }, accept)) return true;
  if (node.parameter !== undefined && end > from && visit(node.parameter, { path, from: end + 1 }, accept)) return true;
  return node.rest.length > 0 && accept(node.rest);
}
