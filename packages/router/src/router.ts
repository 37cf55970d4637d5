import type { RouteSpec } from '@gatehouse/config';
import { addRoute, emptyNode, visit, type PathNode } from './path-tree.ts';

export interface MatchInput {
  /** Lower case, without port; '' when none was sent. */
  readonly host: string;
  readonly method: string;
  /** Canonical. */
  readonly path: string;
  /** With its `?`, or ''. */
  readonly query: string;
  header(name: string): string | undefined;
}

export interface RouteMatch {
  readonly route: RouteSpec;
  /** Values of `{name}` segments, still percent-encoded; `*` holds the rest without its leading slash. */
  readonly params: Readonly<Record<string, string>>;
}

export type RouteResult =
  | { readonly kind: 'match'; readonly match: RouteMatch }
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

export interface Router {
  match(input: MatchInput): RouteResult;
}

const NONE: RouteResult = { kind: 'none' };

/** Exact host before the longest wildcard before any host; inside a host the most specific path wins. */
export function compileRouter(routes: readonly RouteSpec[]): Router {
  const exact = new Map<string, PathNode>();
  const wildcards = new Map<string, PathNode>();
  const any = emptyNode();
  for (const route of routes) {
    if (route.hosts.length === 0) addRoute(any, route);
    for (const host of route.hosts) {
      const table = host.startsWith('*.') ? wildcards : exact;
      const key = host.startsWith('*.') ? host.slice(1) : host;
      const root = table.get(key) ?? emptyNode();
      table.set(key, root);
      addRoute(root, route);
    }
  }
  return { match: (input) => matchHosts(rootsFor(input.host, { exact, wildcards, any }), input) };
}

interface HostTables {
  readonly exact: ReadonlyMap<string, PathNode>;
  readonly wildcards: ReadonlyMap<string, PathNode>;
  readonly any: PathNode;
}

function rootsFor(host: string, tables: HostTables): readonly PathNode[] {
  const roots: PathNode[] = [];
  const own = tables.exact.get(host);
  if (own !== undefined) roots.push(own);
  if (tables.wildcards.size > 0) {
    for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const root = tables.wildcards.get(host.slice(dot));
      if (root !== undefined) roots.push(root);
    }
  }
  roots.push(tables.any);
  return roots;
}

function matchHosts(roots: readonly PathNode[], input: MatchInput): RouteResult {
  const allow = new Set<string>();
  let found: RouteSpec | undefined;
  const accept = (routes: readonly RouteSpec[]): boolean => {
    found = choose(routes, input);
    if (found === undefined) for (const route of routes) allow.add(route.method);
    return found !== undefined;
  };
  for (const root of roots) {
    if (visit(root, { path: input.path, from: 1 }, accept) && found !== undefined) {
      return { kind: 'match', match: { route: found, params: paramsOf(found.path, input.path) } };
    }
  }
  allow.delete('*');
  if (allow.size === 0) return NONE;
  if (allow.has('GET')) allow.add('HEAD');
  // A route of this very method was there, but its conditions did not hold: that is no matter of methods.
  return allow.has(input.method) ? NONE : { kind: 'method', allow: [...allow].toSorted() };
}

function choose(routes: readonly RouteSpec[], input: MatchInput): RouteSpec | undefined {
  let best: RouteSpec | undefined;
  let bestRank = 0;
  for (const route of routes) {
    const method = methodRank(route.method, input.method);
    if (method === 0 || !holds(route, input)) continue;
    const rank = method * 1000 + conditionCount(route);
    if (rank > bestRank) {
      best = route;
      bestRank = rank;
    }
  }
  return best;
}

function methodRank(offered: string, asked: string): number {
  if (offered === asked) return 3;
  if (asked === 'HEAD' && offered === 'GET') return 2;
  return offered === '*' ? 1 : 0;
}

function conditionCount(route: RouteSpec): number {
  if (route.when === undefined) return 0;
  return Object.keys(route.when.headers).length + Object.keys(route.when.query).length;
}

function holds(route: RouteSpec, input: MatchInput): boolean {
  const { when } = route;
  if (when === undefined) return true;
  const query = new URLSearchParams(input.query);
  return (
    Object.entries(when.headers).every(([name, wanted]) => fits(input.header(name), wanted)) &&
    Object.entries(when.query).every(([name, wanted]) => fits(query.get(name) ?? undefined, wanted))
  );
}

function fits(value: string | undefined, wanted: string): boolean {
  return value !== undefined && (wanted === '*' || value === wanted);
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

function paramsOf(pattern: string, path: string): Readonly<Record<string, string>> {
  if (!pattern.includes('{') && !pattern.endsWith('*')) return NO_PARAMS;
  const params: Record<string, string> = {};
  const values = path.slice(1).split('/');
  pattern
    .slice(1)
    .split('/')
    .forEach((segment, index) => {
      if (segment === '*') params['*'] = values.slice(index).join('/');
      else if (segment.startsWith('{')) params[segment.slice(1, -1)] = values[index] ?? '';
    });
  return params;
}
