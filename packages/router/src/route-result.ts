import type { RouteSpec } from '@gatehouse/config';

/** What a route is chosen by: the canonical view of the request, the same that is authorised, logged and forwarded. */
export interface MatchInput {
  /** Lower case, no port. */
  readonly host: string;
  readonly method: string;
  /** Canonical, starts with `/`. */
  readonly path: string;
  /** As it came, with its `?`; '' without. */
  readonly query: string;
  /** By lower-case name. Asked only for routes with `when.headers`. */
  header(name: string): string | undefined;
}

/** By parameter name, still percent-encoded; `*` holds the rest without its leading slash. Without a prototype. */
export type Params = Readonly<Record<string, string>>;

export interface RouteMatch {
  readonly kind: 'match';
  readonly route: RouteSpec;
  readonly params: Params;
}

/** The path is served, but not with this method. */
export interface MethodMismatch {
  readonly kind: 'method';
  /** Sorted; what the `Allow` field of a 405 says. */
  readonly allow: readonly string[];
}

export interface NoRoute {
  readonly kind: 'none';
}

/** Flat, so that a match of a route without parameters is one object made when the router was compiled. */
export type RouteResult = RouteMatch | MethodMismatch | NoRoute;

export const NO_ROUTE: NoRoute = Object.freeze({ kind: 'none' });
